import { isKnownField, silentFields, subscribedFields } from '../core/subscribedFields.ts';
import { answer, ParameterError, success, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { listOfTexts } from './graphParams.ts';

/**
 * Which fields of the Page an app gets by webhook.
 * Source: https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
 */
export const subscriptionRoutes: readonly GraphRoute[] = [
  { method: 'GET', edge: 'subscribed_apps', params: [], handle: read },
  { method: 'POST', edge: 'subscribed_apps', params: ['subscribed_fields'], handle: subscribe },
  { method: 'DELETE', edge: 'subscribed_apps', params: [], handle: unsubscribe },
];

/** A token sees its own app alone. That is how tools use the edge; Meta's page does not say it. */
function read({ appId, state, accounts }: GraphCall): GraphReply {
  const { pageFields } = accounts.of(appId);
  if (pageFields === null) return answer({ data: [] });
  const name = state.apps.find(({ id }) => id === appId)?.name ?? '';
  const link = `https://www.facebook.com/games/?app_id=${appId}`;
  return answer({ data: [{ category: 'Messenger Bot', link, name, id: appId, subscribed_fields: pageFields }] });
}

/** Replaces all fields. Meta's page prints `"success": "true"`, with quotes, and so does the emulator. */
function subscribe(call: GraphCall): GraphReply {
  const fields = listOfTexts(call.params, 'subscribed_fields') ?? [];
  if (fields.length === 0) throw new ParameterError('subscribed_fields is required: names of fields.');
  const strange = fields.findIndex((field) => !isKnownField(field));
  if (strange !== -1) {
    const known = [...subscribedFields, ...silentFields].join(', ');
    throw new ParameterError(`Param subscribed_fields[${strange}] must be one of {${known}}.`);
  }
  call.run({ type: 'subscribe', appId: call.appId, fields });
  return answer({ success: 'true' });
}

function unsubscribe(call: GraphCall): GraphReply {
  call.run({ type: 'subscribe', appId: call.appId, fields: null });
  return success;
}
