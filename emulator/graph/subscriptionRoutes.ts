import { answer, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { stringParam } from './graphParams.ts';

/**
 * Which fields of the Page an app gets by webhook.
 * Source: https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
 */
export const subscriptionRoutes: readonly GraphRoute[] = [
  { method: 'GET', edge: 'subscribed_apps', handle: read },
  { method: 'POST', edge: 'subscribed_apps', handle: subscribe },
];

/** A token sees its own app alone. That is how tools use the edge; Meta's page does not say it. */
function read({ appId, state, accounts }: GraphCall): GraphReply {
  const { pageFields } = accounts.of(appId);
  if (pageFields === null) return answer({ data: [] });
  const name = state.apps.find(({ id }) => id === appId)?.name ?? '';
  const link = `https://www.facebook.com/games/?app_id=${appId}`;
  return answer({ data: [{ category: 'Messenger Bot', link, name, id: appId, subscribed_fields: pageFields }] });
}

/** Meta's page prints `"success": "true"`, with quotes, and so does the emulator. */
function subscribe({ appId, params, accounts }: GraphCall): GraphReply {
  const fields = fieldsOf(params['subscribed_fields'] ?? stringParam(params, 'subscribed_fields'));
  if (fields.length === 0) throw new ParameterError('subscribed_fields is required: names of fields.');
  accounts.change(appId, { pageFields: fields });
  return answer({ success: 'true' });
}

function fieldsOf(value: unknown): readonly string[] {
  const names = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(names)) return [];
  return names.flatMap((name: unknown) => (typeof name === 'string' && name.trim() !== '' ? [name.trim()] : []));
}
