import type { MessageTemplate } from '../core/state.ts';
import { isJsonObject, textAt, type JsonObject } from '../json.ts';
import { fieldsParam, pick } from './fieldList.ts';
import {
  answer,
  faulty,
  ParameterError,
  success,
  type GraphCall,
  type GraphReply,
  type GraphRoute,
} from './graphCall.ts';
import { membersParam, stringParam } from './graphParams.ts';
import { listAnswer, pageAsked, paged } from './paging.ts';

/**
 * Templates of utility messages. Source: https://developers.facebook.com/docs/graph-api/reference/page/message_templates
 */
export const messageTemplateRoutes: readonly GraphRoute[] = [
  { method: 'GET', edge: 'message_templates', params: ['limit', 'after', 'name', 'language'], handle: list },
  {
    method: 'POST',
    edge: 'message_templates',
    params: ['name', 'language', 'category', 'components', 'parameter_format'],
    handle: create,
  },
  { method: 'DELETE', edge: 'message_templates', params: ['name'], handle: remove },
];

/** As long as any message. */
export const maxTemplateText = 2000;

const usual = 'id,name,language,status,category,components';

const nodeOf = ({ id, name, language, components }: MessageTemplate): JsonObject => ({
  ...{ id, name, language, components },
  ...{ status: 'APPROVED', category: 'UTILITY' },
});

function list(call: GraphCall): GraphReply {
  const { state, params } = call;
  const [name, language] = [stringParam(params, 'name'), stringParam(params, 'language')];
  const nodes = state.messageTemplates
    .filter((one) => (name ?? one.name) === one.name && (language ?? one.language) === one.language)
    .map(nodeOf);
  const { page, paging } = paged(call, nodes, { path: `${state.page.id}/message_templates`, ...pageAsked(call) });
  const fields = fieldsParam(params, usual);
  const data = page.map((node) => pick(node, fields));
  return answer(listAnswer(data, paging));
}

function create({ params, state, run }: GraphCall): GraphReply {
  const [name = '', language = ''] = [stringParam(params, 'name'), stringParam(params, 'language')];
  const components = (membersParam(params, 'components') ?? []).filter(isJsonObject);
  if (!/^[a-z0-9_]{1,512}$/.test(name) || language === '') {
    throw new ParameterError('A template needs a name of small letters, digits and _, and a language.');
  }
  if (stringParam(params, 'category') !== 'UTILITY') throw new ParameterError('category has to be UTILITY.');
  const text = bodyOf(components);
  if (text === undefined || text.length > maxTemplateText) {
    throw new ParameterError(
      `components needs one of the type BODY with a text of at most ${maxTemplateText} characters.`,
    );
  }
  if (state.messageTemplates.some((one) => one.name === name && one.language === language)) {
    throw new ParameterError('There is a template of this name in this language.');
  }
  const made = run({ type: 'addMessageTemplate', name, language, components });
  return answer({ id: made.type === 'done' ? made.id : undefined, status: 'APPROVED', category: 'UTILITY' });
}

function remove({ params, state, run }: GraphCall): GraphReply {
  const name = stringParam(params, 'name') ?? '';
  if (state.messageTemplates.every((one) => one.name !== name)) return faulty('noSuchTemplate');
  run({ type: 'deleteMessageTemplate', name });
  return success;
}

/** The text of the part that every template has. Types are in capitals where a template is made, and small where it is sent. */
export const bodyOf = (components: readonly JsonObject[]): string | undefined =>
  textAt(partOf(components, 'body'), 'text');

export const partOf = (components: readonly JsonObject[], type: string): JsonObject | undefined =>
  components.find((component) => textAt(component, 'type')?.toLowerCase() === type);
