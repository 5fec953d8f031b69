import { nextOwner } from './applyApp.ts';
import type { CustomerCommand } from './commands.ts';
import {
  changeOwner,
  changeThread,
  moveToFolder,
  nextMid,
  nextTimestamp,
  postponeExpiry,
  ruleForActor,
  tellEveryApp,
  type Draft,
} from './draft.ts';
import type { Result } from './effects.ts';
import { listenerOf, pageInboxAppId, threadOf, type Offer } from './state.ts';
import { deliveryItem, messageItem, postbackItem, readItem } from './webhookItems.ts';

/** What the customer does. */
export function applyCustomerCommand(draft: Draft, command: CustomerCommand): Result {
  const { psid } = command;
  if (!draft.state.customers.some((customer) => customer.psid === psid)) {
    return { type: 'impossible', because: `There is no customer ${psid}.` };
  }
  switch (command.type) {
    case 'say':
      return say(draft, psid, command.text);
    case 'tap': {
      const { quickReplies } = threadOf(draft.state, psid);
      const tapped = quickReplies.find(({ title }) => title === command.title);
      if (tapped === undefined) return notOffered('quick reply', command.title, quickReplies);
      return say(draft, psid, tapped.title, tapped.payload);
    }
    case 'postback':
      return postback(draft, command);
    case 'read':
    case 'receive':
      return acknowledge(draft, command.type, psid);
  }
}

function notOffered(what: string, title: string, offers: readonly Offer[]): Result {
  const titles = [...new Set(offers.map((offer) => `"${offer.title}"`))].join(', ');
  return {
    type: 'impossible',
    because: `There is no ${what} "${title}" to tap; ${titles === '' ? 'none is offered' : `offered: ${titles}`}.`,
  };
}

function say(draft: Draft, psid: string, text: string, quickReplyPayload?: string): Result {
  const mid = nextMid(draft);
  const timestamp = nextTimestamp(draft);
  draft.effects.push({
    type: 'customerMessage',
    psid,
    mid,
    text,
    ...(quickReplyPayload === undefined ? {} : { quickReplyPayload }),
  });
  wakeUp(draft, psid);
  changeThread(draft, psid, {
    messages: [...threadOf(draft.state, psid).messages, { mid, at: timestamp, from: 'customer', text }],
    quickReplies: [],
  });
  const item = messageItem({ pageId: draft.state.page.id, psid, timestamp }, mid, text, quickReplyPayload);
  tellEveryApp(draft, psid, 'message', timestamp, () => ({ item }));
  return { type: 'done', mid };
}

function postback(draft: Draft, command: Extract<CustomerCommand, { type: 'postback' }>): Result {
  const { psid, title } = command;
  const button = buttonFor(draft, command);
  if (button === undefined) return notOffered('button', title, threadOf(draft.state, psid).buttons);
  const mid = nextMid(draft);
  const timestamp = nextTimestamp(draft);
  draft.effects.push({ type: 'customerPostback', psid, mid, title });
  wakeUp(draft, psid);
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  tellEveryApp(draft, psid, 'postback', timestamp, (appId) =>
    // The app that sent the button gets the whole event as if it owned the thread; nobody else gets the payload.
    appId === button.appId
      ? { item: postbackItem(ends, mid, title, button.payload), channel: 'messaging' }
      : { item: postbackItem(ends, mid, title) },
  );
  return { type: 'done', mid };
}

function buttonFor(draft: Draft, command: Extract<CustomerCommand, { type: 'postback' }>): Offer | undefined {
  const thread = threadOf(draft.state, command.psid);
  const { payload, title } = command;
  if (payload !== undefined) return { title, payload, appId: command.appId ?? listenerOf(draft.state, thread) };
  return thread.buttons.findLast(
    (offer) => offer.title === title && (command.appId === undefined || offer.appId === command.appId),
  );
}

function acknowledge(draft: Draft, type: 'read' | 'receive', psid: string): Result {
  const sent = threadOf(draft.state, psid).messages.filter(({ from }) => from === 'page');
  const last = sent.at(-1);
  if (last === undefined) return { type: 'impossible', because: 'The Page has not sent this customer anything yet.' };
  const timestamp = nextTimestamp(draft);
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  const item = type === 'read' ? readItem(ends, last.at) : deliveryItem(ends, [last.mid], last.at);
  tellEveryApp(draft, psid, type === 'read' ? 'read' : 'delivery', timestamp, () => ({ item }));
  return { type: 'done' };
}

/** The customer is active: an idle thread gets an owner, ownership lasts longer, and the window to answer opens. */
function wakeUp(draft: Draft, psid: string): void {
  const rule = ruleForActor(draft, psid, 'customer', 'customer', 'customerWrites');
  if (!('next' in rule.then)) throw new Error('The customer is refused nothing: the table of rules is wrong.');
  const owner = nextOwner(draft, rule.then.next, psid, 'customer');
  if (owner !== threadOf(draft.state, psid).owner) changeOwner(draft, psid, owner, 'customer', rule);
  postponeExpiry(draft, psid);
  changeThread(draft, psid, { lastCustomerMessageAt: draft.now });
  // A conversation that a person moved to Main without owning it drops back as soon as the customer writes.
  // Source: https://github.com/microsoft/botframework-sdk/issues/4946
  if (owner !== pageInboxAppId) moveToFolder(draft, psid, 'Done');
}
