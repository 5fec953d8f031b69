import type { Emulator } from '../emulator/emulator.ts';
import { metaAiAppId, pageInboxAppId } from '../emulator/startPlatform.ts';
import type { BotServer } from '../server.ts';
import { lineOf, repliesIn, type Reply } from './replies.ts';

/** Timers that wait, and a handover that has not ended with what comes next in it. */
export type Plans = Awaited<ReturnType<BotServer['plansOf']>>;

/** A customer, and everything in the conversation with the Page. Whatever somebody does resolves once all that follows from it has happened. */
export interface Conversation {
  readonly customer: StageCustomer;
  /** People in the Page Inbox. */
  readonly inbox: StageInbox;
  /** Meta's AI, which the stage has to be opened with. */
  readonly metaAi: StageMetaAi;
  /** What the bots have said since this was last asked. */
  replies(): readonly Reply[];
  /** The same as `replies()` with nothing but the words: a card is told by its titles, a picture as `[image]`. */
  texts(): readonly string[];
  /** Who owns the conversation: `primary`, `secondary`, `inbox`, `metaAi` or `nobody`. */
  owner(): string;
  /** What the bot under test is going to do although nothing happens: its timers, and the steps of its handover. */
  plans(): Promise<Plans>;
}

export interface StageCustomer {
  readonly psid: string;
  /** Writes a message, or several so fast that the bot gets them together. */
  says(...texts: readonly string[]): Promise<void>;
  /** Taps a quick reply or a button with this title that a bot has offered. */
  taps(title: string): Promise<void>;
  sendsAttachment(attachment: Parameters<EmulatedCustomer['sendAttachment']>[0]): Promise<void>;
  /** Taps Get Started, which an app has to have set in its Messenger Profile. */
  getsStarted(): Promise<void>;
  /** Follows an m.me link with this `ref`. */
  follows(ref: string): Promise<void>;
  /** Reacts to the Page's last message by one of Meta's words, such as `love`. */
  reacts(reaction: string): Promise<void>;
  /** Reads the Page's last message. */
  reads(): Promise<void>;
}

export interface StageInbox {
  says(text: string): Promise<void>;
  /** Clicks *Mark as done*. */
  marksDone(): Promise<void>;
  /** Clicks *Move to Main*: takes the conversation under today's rules, asks for it in mode `classic`. */
  movesToMain(): Promise<void>;
}

export interface StageMetaAi {
  takes(): Promise<void>;
  /** It has to own the conversation. */
  says(text: string): Promise<void>;
  handsBack(how?: Parameters<ReturnType<Emulator['metaAi']>['handBack']>[0]): Promise<void>;
}

type EmulatedCustomer = ReturnType<Emulator['customer']>;

/** @param settled waits for everything that follows from an action */
export function createConversation(
  emulator: Emulator,
  psid: string,
  settled: () => Promise<void>,
): Omit<Conversation, 'plans'> {
  const [customer, inbox, metaAi] = [emulator.customer(psid), emulator.inbox(psid), emulator.metaAi(psid)];
  let asked = emulator.events().at(-1)?.id ?? 0;
  const does = async (...actions: readonly (() => unknown)[]): Promise<void> => {
    for (const action of actions) action();
    await settled();
  };
  const replies = (): Reply[] => {
    const events = emulator.events(asked);
    asked = events.at(-1)?.id ?? asked;
    return repliesIn(events, emulator, psid);
  };
  return {
    customer: {
      psid,
      says: (...texts) => does(...texts.map((text) => () => customer.say(text))),
      taps: (title) => does(() => tap(emulator, customer, title)),
      sendsAttachment: (attachment) => does(() => customer.sendAttachment(attachment)),
      getsStarted: () => does(() => customer.getStarted()),
      follows: (ref) => does(() => customer.follow(ref)),
      reacts: (reaction) => does(() => customer.react(reaction)),
      reads: () => does(() => customer.read()),
    },
    inbox: {
      says: (text) => does(() => inbox.reply(text)),
      marksDone: () => does(() => inbox.markAsDone()),
      movesToMain: () => does(() => inbox.moveToMain()),
    },
    metaAi: {
      takes: () => does(() => metaAi.take()),
      says: (text) => does(() => metaAi.answer(text)),
      handsBack: (how) => does(() => metaAi.handBack(how)),
    },
    replies,
    texts: () => replies().map(lineOf),
    owner: () => ownerOf(emulator, psid),
  };
}

/** A quick reply goes first, since it stands below everything else on a phone. */
function tap(emulator: Emulator, customer: EmulatedCustomer, title: string): void {
  const thread = emulator.state().threads[customer.psid];
  const isButton = thread?.buttons.some((button) => button.title === title) === true;
  const isQuickReply = thread?.quickReplies.some((offer) => offer.title === title) === true;
  if (isButton && !isQuickReply) customer.postback({ title });
  else customer.tap(title);
}

function ownerOf(emulator: Emulator, psid: string): string {
  const { threads, newThreadOwner, apps } = emulator.state();
  const thread = threads[psid];
  const owner = thread === undefined ? newThreadOwner : thread.owner;
  if (owner === null) return 'nobody';
  if (owner === pageInboxAppId) return 'inbox';
  if (owner === metaAiAppId) return 'metaAi';
  return apps.find(({ id }) => id === owner)?.name ?? owner;
}
