import { threadOf, type MessengerState, type ThreadMessage } from '../core/state.ts';
import { fieldsParam, parseFields, pick, strangeFields, type Field } from './fieldList.ts';
import { answer, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { idParam, stringParam } from './graphParams.ts';

/** Reading the Page and its conversations. */
export const pageRoutes: readonly GraphRoute[] = [
  { method: 'GET', edge: '', params: [], handle: page },
  { method: 'GET', edge: 'conversations', params: ['platform', 'user_id', 'folder', 'tags'], handle: conversations },
];

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

/**
 * The conversation with one customer, the newest message first.
 * Source: https://developers.facebook.com/docs/graph-api/reference/page/conversations
 */
function conversations(call: GraphCall): GraphReply {
  const { state, params } = call;
  const platform = stringParam(params, 'platform') ?? 'messenger';
  if (platform !== 'messenger') {
    throw new ParameterError('platform has to be messenger, the emulator has no other.', 'notModelled');
  }
  const wanted = idParam(params, 'user_id');
  const fields = fieldsParam(params, 'id,updated_time');
  const nodes = state.customers
    .filter(({ psid }) => wanted === undefined || psid === wanted)
    .filter(({ psid }) => threadOf(state, psid).messages.length > 0)
    .map(({ psid }) => conversation(call, psid, fields));
  return answer({ data: nodes });
}

function conversation(call: GraphCall, psid: string, fields: readonly Field[]): Record<string, unknown> {
  const { state, appId } = call;
  const { messages, owner, unread } = threadOf(state, psid);
  return pick(
    {
      id: `t_emulated${psid}`,
      updated_time: graphTime(messages.at(-1)?.at ?? 0),
      message_count: messages.length,
      unread_count: unread,
      participants: { data: [customerNode(state, psid), state.page] },
      // Meta has it only with routing on.
      ...(state.mode === 'routing' ? { is_owner: owner === appId } : {}),
      messages: messagesPage(
        call,
        psid,
        fields.find(({ name }) => name === 'messages'),
      ),
    },
    // Those of messages are chosen already, for each by its age.
    fields.map((field) => (field.name === 'messages' ? { name: field.name, alias: field.alias, fields: [] } : field)),
  );
}

/** Of how many messages of a conversation more can be had than that they exist. */
const detailed = 20;
const usualPage = 25;

/**
 * The newest messages first. Which fields an older message still has where the newest ones are asked for theirs is not recorded: here those
 * that Meta lists messages with.
 * Source: https://developers.facebook.com/docs/messenger-platform/conversations
 */
function messagesPage({ state }: GraphCall, psid: string, asked: Field | undefined): Record<string, unknown> {
  const { fields = [], limit = usualPage } = asked ?? {};
  const bare = parseFields('id,created_time');
  const { messages } = threadOf(state, psid);
  const page = messages.toReversed().slice(0, limit);
  const data = page.map((message, index) =>
    pick(messageNode(state, psid, message), index < detailed && fields.length > 0 ? fields : bare),
  );
  const [first, last] = [page[0]?.mid, page.at(-1)?.mid];
  if (first === undefined || last === undefined) return { data };
  const next = `https://graph.facebook.com/t_emulated${psid}/messages?limit=${limit}&after=${last}`;
  return {
    data,
    paging: { cursors: { before: first, after: last }, ...(page.length < messages.length ? { next } : {}) },
  };
}

function messageNode(state: MessengerState, psid: string, message: ThreadMessage): Record<string, unknown> {
  const customer = customerNode(state, psid);
  const [from, to] = message.from === 'customer' ? [customer, state.page] : [state.page, customer];
  return {
    id: message.mid,
    created_time: graphTime(message.at),
    from,
    to: { data: [to] },
    message: message.text,
  };
}

const customerNode = (state: MessengerState, psid: string): { name: string; id: string } => ({
  name: state.customers.find((customer) => customer.psid === psid)?.name ?? '',
  id: psid,
});

/** Graph tells times to the second. */
const graphTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+0000');
