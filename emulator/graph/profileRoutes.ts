import type { MessengerProfile } from '../core/state.ts';
import { answer, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { listOfTexts } from './graphParams.ts';
import { isProfileProperty, profileProperties, readProfile } from './profileParams.ts';

const succeeded = answer({ result: 'success' });

/**
 * The Messenger Profile of the calling app: stored and given back.
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api
 */
export const profileRoutes: readonly GraphRoute[] = [
  { method: 'GET', edge: 'messenger_profile', params: ['platform'], handle: readBack },
  { method: 'POST', edge: 'messenger_profile', params: ['platform', ...profileProperties], handle: set },
  { method: 'DELETE', edge: 'messenger_profile', params: ['platform'], handle: takeAway },
];

const profileOf = ({ state, appId }: GraphCall): MessengerProfile =>
  state.apps.find(({ id }) => id === appId)?.profile ?? {};

function fieldsOf(call: GraphCall): readonly string[] {
  const fields = listOfTexts(call.params, 'fields');
  if (fields === undefined || fields.length === 0) throw new ParameterError('fields is required.');
  for (const field of fields) if (!isProfileProperty(field)) call.passOver(`fields=${field}`);
  return fields;
}

function readBack(call: GraphCall): GraphReply {
  const fields = fieldsOf(call);
  const asked = Object.entries(profileOf(call)).filter(([name]) => fields.includes(name));
  return answer({ data: asked.length === 0 ? [] : [Object.fromEntries(asked)] });
}

function set(call: GraphCall): GraphReply {
  const profile = readProfile(call);
  const after = { ...profileOf(call), ...profile };
  if (after['persistent_menu'] !== undefined && after['get_started'] === undefined) {
    throw new ParameterError('persistent_menu needs get_started.');
  }
  call.run({ type: 'setProfile', appId: call.appId, profile });
  return succeeded;
}

function takeAway(call: GraphCall): GraphReply {
  const fields = fieldsOf(call);
  if (fields.includes('get_started') && !fields.includes('persistent_menu') && 'persistent_menu' in profileOf(call)) {
    throw new ParameterError('get_started cannot go while there is a persistent_menu.');
  }
  const profile = Object.fromEntries(fields.map((field) => [field, undefined]));
  call.run({ type: 'setProfile', appId: call.appId, profile });
  return succeeded;
}
