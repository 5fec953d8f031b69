import { fieldsParam, pick, strangeFields } from './fieldList.ts';
import { isPageField } from './pageFields.ts';
import { answer, faulty, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';

/** Reading the Page. */
export const pageRoutes: readonly GraphRoute[] = [{ method: 'GET', edge: '', params: [], handle: page }];

/**
 * One unknown name among the fields voids the whole answer, as vendors recorded in August 2026; a field that a Page has and the emulator has not
 * is left out, as Graph leaves out what is empty. `messaging_feature_status` is said to tell whether conversation routing is on. Of two Pages that worked in July and August 2026 one had
 * `msgr_multi_app`, and the other `hop_v2` alone. Source: Meta, Conversation Routing; reports of vendors.
 */
function page(call: GraphCall): GraphReply {
  const { mode, switches } = call.state;
  const { id, name } = call.state.page;
  const node = {
    messaging_feature_status: {
      hop_v2: mode !== 'classic',
      msgr_multi_app: mode === 'routing' && switches.routingFlag === 'whenRouting',
      ig_multi_app: false,
    },
    name,
    id,
    ...{ username: 'emulated.page', category: 'Product/service', link: `https://www.facebook.com/${id}` },
    ...{
      about: 'A Page of the emulator.',
      fan_count: 0,
      followers_count: 0,
      is_published: true,
      is_webhooks_subscribed: true,
    },
    picture: { data: { url: `${call.origin}/_emulator/page/icon.svg`, is_silhouette: false, height: 50, width: 50 } },
    access_token: call.pageToken,
  };
  const fields = fieldsParam(call.params, 'name,id');
  const unknown = fields.find((field) => !isPageField(field.name));
  if (unknown !== undefined) return faulty('noSuchField', `(${unknown.name.slice(0, 100)}) on node type (Page)`);
  strangeFields(fields, Object.keys(node)).forEach(call.passOver);
  return answer(pick(node, fields));
}
