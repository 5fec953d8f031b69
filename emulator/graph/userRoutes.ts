import { fieldsParam, pick, strangeFields } from './fieldList.ts';
import { answer, faulty, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';

/** Reading a customer. Source: https://developers.facebook.com/docs/messenger-platform/identity/user-profile */
export const userRoutes: readonly GraphRoute[] = [{ method: 'GET', on: 'user', edge: '', params: [], handle: profile }];

/** All customers are from the same place. The picture is the emulator's own. */
function profile(call: GraphCall): GraphReply {
  const { state, nodeId: id, origin, params } = call;
  if (state.switches.userProfiles === 'closed') return faulty('profileClosed');
  const name = state.customers.find(({ psid }) => psid === id)?.name ?? '';
  const [first, ...rest] = name.split(' ');
  const node = {
    ...{ first_name: first, last_name: rest.join(' '), profile_pic: `${origin}/_emulator/page/icon.svg` },
    ...{ name, locale: 'en_US', timezone: 0, gender: 'female', id },
  };
  const fields = fieldsParam(params, 'first_name,last_name,profile_pic,id');
  strangeFields(fields, Object.keys(node)).forEach(call.passOver);
  return answer(pick(node, fields));
}
