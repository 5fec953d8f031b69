import { fieldsParam, pick, strangeFields } from './fieldList.ts';
import { answer, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';

/** Reading the Page. */
export const pageRoutes: readonly GraphRoute[] = [{ method: 'GET', edge: '', params: [], handle: page }];

/**
 * `messaging_feature_status` is said to tell whether conversation routing is on. Of two Pages that worked in July and August 2026 one had
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
  };
  const fields = fieldsParam(call.params, 'name,id');
  strangeFields(fields, Object.keys(node)).forEach(call.passOver);
  return answer(pick(node, fields));
}
