import { isReceiver, nextOwner } from './applyApp.ts';
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
  tellWhoMayAnswer,
  type Draft,
} from './draft.ts';
import type { Result } from './effects.ts';
import {
  listenerOf,
  pageInboxAppId,
  threadOf,
  type Attachment,
  type Offer,
  type Referral,
  type ThreadMessage,
} from './state.ts';
import { replyOf } from './sayAsPage.ts';
import { tellReceipt } from './tellReceipt.ts';
import {
  accountLinkingItem,
  messageItem,
  optinItem,
  postbackItem,
  reactionItem,
  referralItem,
} from './webhookItems.ts';

/** What the customer does. */
export function applyCustomerCommand(draft: Draft, command: CustomerCommand): Result {
  const { psid } = command;
  if (!draft.state.customers.some((customer) => customer.psid === psid)) {
    return { type: 'impossible', because: `There is no customer ${psid}.` };
  }
  switch (command.type) {
    case 'say':
      return say(draft, psid, command);
    case 'tap': {
      const { quickReplies } = threadOf(draft.state, psid);
      const tapped = quickReplies.find(({ title }) => title === command.title);
      if (tapped === undefined) return notOffered('quick reply', command.title, quickReplies);
      return say(draft, psid, { text: tapped.title, quickReplyPayload: tapped.payload });
    }
    case 'postback':
      return postback(draft, command);
    case 'getStarted':
      return getStarted(draft, psid);
    case 'react':
      return react(draft, command);
    case 'follow':
      return follow(draft, command);
    case 'sendUnsupported':
      return say(draft, psid, { text: '', unsupported: true });
    case 'optIn':
      return optIn(draft, psid, command.payload, command.title);
    case 'read':
    case 'receive':
      return acknowledge(draft, command.type === 'read' ? 'read' : 'delivery', psid);
  }
}

function notOffered(what: string, title: string, offers: readonly Offer[]): Result {
  const titles = [...new Set(offers.map((offer) => `"${offer.title}"`))].join(', ');
  return {
    type: 'impossible',
    because: `There is no ${what} "${title}" to tap; ${titles === '' ? 'none is offered' : `offered: ${titles}`}.`,
  };
}

interface Said {
  readonly text: string;
  readonly replyTo?: string;
  readonly attachments?: readonly Attachment[];
  readonly unsupported?: true;
  readonly quickReplyPayload?: string;
}

function say(draft: Draft, psid: string, said: Said): Result {
  const { text, attachments = [], unsupported, quickReplyPayload, replyTo } = said;
  const before = threadOf(draft.state, psid);
  if (replyTo !== undefined && before.messages.every(({ mid }) => mid !== replyTo)) {
    return { type: 'impossible', because: 'There is no such message to answer.' };
  }
  const attached = {
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(unsupported === undefined ? {} : { unsupported }),
  };
  const mid = nextMid(draft);
  const timestamp = nextTimestamp(draft);
  draft.effects.push({
    type: 'customerMessage',
    psid,
    mid,
    text,
    ...attached,
    ...(quickReplyPayload === undefined ? {} : { quickReplyPayload }),
  });
  const referral = wakeUp(draft, psid);
  const { messages, unread } = threadOf(draft.state, psid);
  changeThread(draft, psid, {
    messages: [
      ...messages,
      { mid, at: timestamp, from: 'customer', text, ...attached, ...(replyTo === undefined ? {} : { replyTo }) },
    ],
    quickReplies: [],
    unread: unread + 1,
  });
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  const item = messageItem(
    ends,
    mid,
    { text, ...attached, ...replyOf(before, 'customer', replyTo) },
    {
      ...(quickReplyPayload === undefined ? {} : { quickReplyPayload }),
      ...(referral === undefined ? {} : { referral }),
    },
  );
  tellEveryApp(draft, psid, 'message', timestamp, () => ({ item }));
  return { type: 'done', mid };
}

function postback(draft: Draft, command: Extract<CustomerCommand, { type: 'postback' }>): Result {
  const { psid, title } = command;
  const button = buttonFor(draft, command);
  if (button === undefined) return notOffered('button', title, threadOf(draft.state, psid).buttons);
  if (button.account !== undefined) return tapAccountButton(draft, psid, button.account);
  return tapButton(draft, psid, button);
}

/**
 * The customer has logged in at the address of the button, or out. Who hears of it beside the app that may answer is not published.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking
 */
function tapAccountButton(draft: Draft, psid: string, account: 'linked' | 'unlinked'): Result {
  draft.effects.push({ type: 'customerAccount', psid, account });
  const timestamp = nextTimestamp(draft);
  const code = account === 'linked' ? `emulated-authorization-code-${psid}-${timestamp}` : undefined;
  const item = accountLinkingItem({ pageId: draft.state.page.id, psid, timestamp }, account, code);
  tellWhoMayAnswer(draft, psid, 'account_linking', item, timestamp);
  return { type: 'done' };
}

/** Without a Get Started button of its own, an app cannot be started. The primary receiver's goes before the others'. */
function getStarted(draft: Draft, psid: string): Result {
  const { apps, primaryAppId } = draft.state;
  const inOrder = [...apps.filter(({ id }) => id === primaryAppId), ...apps];
  for (const { id: appId, profile } of inOrder) {
    const payload = payloadOf(profile['get_started']);
    if (payload !== undefined) return tapButton(draft, psid, { title: 'Get Started', payload, appId });
  }
  return { type: 'impossible', because: 'No app has set get_started in its Messenger Profile.' };
}

function payloadOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('payload' in value)) return undefined;
  return typeof value.payload === 'string' ? value.payload : undefined;
}

function tapButton(draft: Draft, psid: string, button: Offer): Result {
  const { title } = button;
  const mid = nextMid(draft);
  const timestamp = nextTimestamp(draft);
  draft.effects.push({ type: 'customerPostback', psid, mid, title });
  const referral = wakeUp(draft, psid);
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  tellEveryApp(draft, psid, 'postback', timestamp, (appId) =>
    // The app that sent the button gets the whole event as if it owned the thread; nobody else gets the payload.
    appId === button.appId
      ? { item: postbackItem(ends, mid, title, button.payload, referral), channel: 'messaging' }
      : { item: postbackItem(ends, mid, title, undefined, referral) },
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

/** What stands for Meta's words of reactions. Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-reactions */
export const reactions: Readonly<Record<string, string>> = {
  love: '\u2764',
  smile: '\u{1F606}',
  wow: '\u{1F62E}',
  sad: '\u{1F622}',
  angry: '\u{1F620}',
  like: '\u{1F44D}',
  dislike: '\u{1F44E}',
};

function react(draft: Draft, command: Extract<CustomerCommand, { type: 'react' }>): Result {
  const { psid, action, reaction } = command;
  const emoji = reactions[reaction];
  if (emoji === undefined) {
    return { type: 'impossible', because: `A reaction is one of ${Object.keys(reactions).join(', ')}.` };
  }
  const { messages } = threadOf(draft.state, psid);
  const message = messages.findLast(({ mid, from }) =>
    command.mid === undefined ? from === 'page' : mid === command.mid,
  );
  if (message === undefined) return { type: 'impossible', because: 'There is no such message to react to.' };
  const { mid } = message;
  const { reaction: _before, ...bare } = message;
  const after: ThreadMessage = action === 'react' ? { ...bare, reaction } : bare;
  changeThread(draft, psid, { messages: messages.map((other) => (other === message ? after : other)) });
  const timestamp = nextTimestamp(draft);
  draft.effects.push({ type: 'customerReaction', psid, mid, action, reaction });
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  tellWhoMayAnswer(draft, psid, 'reaction', reactionItem(ends, { reaction, emoji, action, mid }), timestamp);
  return { type: 'done' };
}

/**
 * A customer who has never written is unknown to the Page: apps learn what brought them with the first thing that they do. In an
 * existing conversation they learn it at once.
 */
function follow(draft: Draft, { psid, ref, adId }: Extract<CustomerCommand, { type: 'follow' }>): Result {
  if (ref === undefined && adId === undefined) {
    return { type: 'impossible', because: 'A link needs a ref, an ad needs its id.' };
  }
  const referral: Referral = {
    ...(ref === undefined ? {} : { ref }),
    ...(adId === undefined ? { source: 'SHORTLINK' } : { ad_id: adId, source: 'ADS' }),
    type: 'OPEN_THREAD',
  };
  draft.effects.push({
    type: 'customerReferral',
    psid,
    ...(ref === undefined ? {} : { ref }),
    ...(adId === undefined ? {} : { adId }),
  });
  const { lastCustomerMessageAt, owner } = threadOf(draft.state, psid);
  if (lastCustomerMessageAt === null) {
    changeThread(draft, psid, { referral });
    return { type: 'done' };
  }
  const entry = entryPointOf(draft, referral);
  if (owner === null && entry !== undefined) changeOwner(draft, psid, entry, 'customer');
  const timestamp = nextTimestamp(draft);
  const item = referralItem({ pageId: draft.state.page.id, psid, timestamp }, referral);
  tellWhoMayAnswer(draft, psid, 'referral', item, timestamp);
  return { type: 'done' };
}

/** The owner that the customer's entry point has. Without a default app, only ads have one. */
function entryPointOf(draft: Draft, referral: Referral | null): string | undefined {
  const { mode, entryPoints } = draft.state;
  const { social, ad, links = {} } = entryPoints;
  const ref = referral?.ref ?? '';
  const byLink = Object.hasOwn(links, ref) ? links[ref] : undefined;
  const organic = referral === null ? social : byLink;
  const wanted = referral?.source === 'ADS' ? ad : mode === 'routing' ? organic : undefined;
  // Meta's AI can have been switched off since.
  const hasThem = mode === 'routing' || mode === 'open';
  return hasThem && wanted !== undefined && isReceiver(draft, wanted) ? wanted : undefined;
}

function optIn(draft: Draft, psid: string, payload: string, title: string): Result {
  const timestamp = nextTimestamp(draft);
  draft.effects.push({ type: 'customerOptIn', psid, payload });
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  const item = optinItem(ends, payload, title, `emulated-notification-token-${psid}-${timestamp}`);
  tellWhoMayAnswer(draft, psid, 'optin', item, timestamp);
  return { type: 'done' };
}

function acknowledge(draft: Draft, receipt: 'read' | 'delivery', psid: string): Result {
  if (threadOf(draft.state, psid).messages.every(({ from }) => from === 'customer')) {
    return { type: 'impossible', because: 'The Page has not sent this customer anything yet.' };
  }
  tellReceipt(draft, psid, receipt);
  return { type: 'done' };
}

/**
 * The customer is active: an idle thread gets an owner, ownership lasts longer, and the window to answer opens. Returns what brought
 * the customer, if the Page does not know yet.
 */
function wakeUp(draft: Draft, psid: string): Referral | undefined {
  const { referral } = threadOf(draft.state, psid);
  const rule = ruleForActor(draft, psid, 'customer', 'customer', 'customerWrites');
  if (!('next' in rule.then)) throw new Error('The customer is refused nothing: the table of rules is wrong.');
  const owner = nextOwner(draft, rule.then.next, psid, 'customer', entryPointOf(draft, referral));
  if (owner !== threadOf(draft.state, psid).owner) changeOwner(draft, psid, owner, 'customer', rule);
  postponeExpiry(draft, psid);
  changeThread(draft, psid, { lastCustomerMessageAt: draft.now, referral: null, inARow: 0 });
  // A conversation that a person moved to Main without owning it drops back as soon as the customer writes.
  // Source: https://github.com/microsoft/botframework-sdk/issues/4946
  if (owner !== pageInboxAppId) moveToFolder(draft, psid, 'Done');
  return referral ?? undefined;
}
