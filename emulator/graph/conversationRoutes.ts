import { threadOf, type Attachment, type MessengerState, type ThreadMessage } from '../core/state.ts';
import type { JsonObject } from '../json.ts';
import { fieldsParam, parseFields, pick, strangeFields, type Field } from './fieldList.ts';
import { answer, faulty, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { idParam, stringParam } from './graphParams.ts';
import { listAnswer, pageAsked, paged, type Paging } from './paging.ts';

/**
 * Conversations and their messages, the newest first.
 * Source: https://developers.facebook.com/docs/messenger-platform/conversations
 */
export const conversationRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    edge: 'conversations',
    params: ['platform', 'user_id', 'folder', 'tags', 'limit', 'after'],
    handle: conversations,
  },
  { method: 'GET', on: 'conversation', edge: '', params: [], handle: conversation },
  { method: 'GET', on: 'conversation', edge: 'messages', params: ['limit', 'after'], handle: messages },
  { method: 'GET', on: 'message', edge: '', params: [], handle: message },
];

const prefix = 't_emulated';

/** The customer whose conversation has this id. */
export function findConversation(state: MessengerState, id: string): string | undefined {
  const psid = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  return Object.hasOwn(state.threads, psid) ? psid : undefined;
}

export function findMessage(
  state: MessengerState,
  id: string,
): { readonly psid: string; readonly message: ThreadMessage; readonly age: number } | undefined {
  for (const { psid, messages: all } of Object.values(state.threads)) {
    const index = all.findIndex(({ mid }) => mid === id);
    const found = all[index];
    if (found !== undefined) return { psid, message: found, age: all.length - 1 - index };
  }
  return undefined;
}

function conversations(call: GraphCall): GraphReply {
  const { state, params } = call;
  const platform = stringParam(params, 'platform') ?? 'messenger';
  if (platform.toLowerCase() !== 'messenger') {
    throw new ParameterError('platform has to be messenger, the emulator has no other.', 'notModelled');
  }
  const wanted = idParam(params, 'user_id');
  const fields = fieldsParam(params, 'id,updated_time');
  const found = state.customers
    .filter(({ psid }) => wanted === undefined || psid === wanted)
    .filter(({ psid }) => threadOf(state, psid).messages.length > 0)
    .map(({ psid }) => ({ id: `${prefix}${psid}`, psid }));
  const { page, paging } = paged(call, found, { path: `${state.page.id}/conversations`, ...pageAsked(call) });
  return answer(
    listAnswer(
      page.map(({ psid }) => conversationNode(call, psid, fields)),
      paging,
    ),
  );
}

function conversation(call: GraphCall): GraphReply {
  const psid = findConversation(call.state, call.nodeId) ?? '';
  return answer(conversationNode(call, psid, fieldsParam(call.params, 'id,updated_time')));
}

function messages(call: GraphCall): GraphReply {
  const psid = findConversation(call.state, call.nodeId) ?? '';
  const fields = fieldsParam(call.params, '');
  return answer(messagesPage(call, psid, fields, pageAsked(call)));
}

/** Older ones than the newest 20 are said to be deleted. */
function message(call: GraphCall): GraphReply {
  const found = findMessage(call.state, call.nodeId);
  if (found === undefined || found.age >= detailed) return faulty('noSuchObject');
  const fields = fieldsParam(call.params, 'id,created_time');
  const node = messageNode(call.state, found.psid, found.message);
  strangeFields(fields, [...Object.keys(node), ...sometimes]).forEach(call.passOver);
  return answer(pick(node, fields));
}

/** Fields that not every message has. */
const sometimes = ['attachments', 'tags', 'sticker', 'shares', 'reactions', 'is_unsupported'];

function conversationNode(call: GraphCall, psid: string, fields: readonly Field[]): JsonObject {
  const { state, appId } = call;
  const { messages: all, owner, unread } = threadOf(state, psid);
  const asked = fields.find(({ name }) => name === 'messages');
  const node = {
    id: `${prefix}${psid}`,
    updated_time: graphTime(all.at(-1)?.at ?? 0),
    message_count: all.length,
    unread_count: unread,
    participants: { data: [customerNode(state, psid), state.page] },
    senders: { data: [customerNode(state, psid), state.page] },
    // Meta has it only with routing on.
    ...(state.mode === 'routing' ? { is_owner: owner === appId } : {}),
    messages: messagesPage(call, psid, asked?.fields ?? [], {
      ...(asked?.limit === undefined ? {} : { limit: asked.limit }),
    }),
  };
  strangeFields(fields, [...Object.keys(node), 'is_owner', 'link', 'can_reply', 'snippet']).forEach(call.passOver);
  // Those of messages are chosen already, for each by its age.
  return pick(
    node,
    fields.map((field) => (field === asked ? { name: field.name, alias: field.alias, fields: [] } : field)),
  );
}

/** Of how many messages of a conversation more can be had than that they exist. */
const detailed = 20;

/**
 * The newest messages first. Which fields an older message still has where the newest ones are asked for theirs is not recorded: here those
 * that Meta lists messages with.
 */
function messagesPage(
  call: GraphCall,
  psid: string,
  fields: readonly Field[],
  which: Pick<Paging, 'limit' | 'after'>,
): JsonObject {
  const { state } = call;
  const bare = parseFields('id,created_time');
  const nodes = threadOf(state, psid)
    .messages.toReversed()
    .map((one, age) => ({ id: one.mid, one, age }));
  const { page, paging } = paged(call, nodes, { path: `${prefix}${psid}/messages`, ...which });
  const data = page.map(({ one, age }) =>
    pick(messageNode(state, psid, one), age < detailed && fields.length > 0 ? fields : bare),
  );
  return listAnswer(data, paging);
}

function messageNode(state: MessengerState, psid: string, told: ThreadMessage): JsonObject {
  const customer = customerNode(state, psid);
  const [from, to] = told.from === 'customer' ? [customer, state.page] : [state.page, customer];
  const files = (told.attachments ?? []).filter(({ type }) => type !== 'template');
  return {
    id: told.mid,
    created_time: graphTime(told.at),
    from,
    to: { data: [to] },
    message: told.text,
    ...(files.length === 0
      ? {}
      : { attachments: { data: files.map((file, index) => fileNode(file, told.mid, index)) } }),
  };
}

function fileNode({ type, payload }: Attachment, mid: string, index: number): JsonObject {
  const { url } = payload;
  return { id: `${mid}:${index}`, ...(type === 'image' ? { image_data: { url } } : { file_url: url }) };
}

const customerNode = (state: MessengerState, psid: string): { name: string; id: string } => ({
  name: state.customers.find((customer) => customer.psid === psid)?.name ?? '',
  id: psid,
});

/** Graph tells times to the second. */
const graphTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+0000');
