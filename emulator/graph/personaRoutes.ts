import type { Persona } from '../core/state.ts';
import type { JsonObject } from '../json.ts';
import { fieldsParam, pick } from './fieldList.ts';
import { answer, ParameterError, success, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { stringParam } from './graphParams.ts';
import { listAnswer, pageAsked, paged } from './paging.ts';

/** Names in which apps speak for the Page. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/personas */
export const personaRoutes: readonly GraphRoute[] = [
  { method: 'GET', edge: 'personas', params: ['limit', 'after'], handle: list },
  { method: 'POST', edge: 'personas', params: ['name', 'profile_picture_url'], handle: create },
  { method: 'GET', on: 'persona', edge: '', params: [], handle: read },
  { method: 'DELETE', on: 'persona', edge: '', params: [], handle: remove },
];

const usual = 'name,profile_picture_url,id';

const nodeOf = ({ id, name, pictureUrl }: Persona): JsonObject => ({ name, profile_picture_url: pictureUrl, id });

function list(call: GraphCall): GraphReply {
  const { state, params } = call;
  const { page, paging } = paged(call, state.personas.map(nodeOf), {
    path: `${state.page.id}/personas`,
    ...pageAsked(call),
  });
  const fields = fieldsParam(params, usual);
  return answer(
    listAnswer(
      page.map((node) => pick(node, fields)),
      paging,
    ),
  );
}

function create({ params, run }: GraphCall): GraphReply {
  const name = stringParam(params, 'name') ?? '';
  const pictureUrl = stringParam(params, 'profile_picture_url') ?? '';
  if (name === '' || !URL.canParse(pictureUrl)) {
    throw new ParameterError('A persona needs a name, and the address of a picture as profile_picture_url.');
  }
  const made = run({ type: 'addPersona', name, pictureUrl });
  return answer({ id: made.type === 'done' ? made.id : undefined });
}

function read({ state, nodeId, params }: GraphCall): GraphReply {
  const [persona] = state.personas.filter(({ id }) => id === nodeId).map(nodeOf);
  return answer(pick(persona ?? {}, fieldsParam(params, usual)));
}

function remove({ nodeId, run }: GraphCall): GraphReply {
  run({ type: 'deletePersona', id: nodeId });
  return success;
}
