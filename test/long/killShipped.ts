import { setTimeout as delay } from 'node:timers/promises';
import { pageInboxAppId, type EmulatorEvent } from '../../emulator/startPlatform.ts';
import type { KillPlayer, KillPlayerOptions, PlayedResult } from './killPlayer.ts';

export type ShippedRole = 'primary' | 'secondary' | 'liveChat';

/** What the shipped bots say, by what is to be told apart. `couldNot` may be said in place of a pass whose outcome is not known. */
const words: Record<ShippedRole, Readonly<Record<string, RegExp>>> = {
  primary: {
    answer: /Write something or choose what should happen next\.$/,
    goes: /^Primary bot: The thread goes to the page inbox now/,
    returned: /^Primary bot: The thread was passed/,
    couldNot: /Thread control could not be passed/,
  },
  secondary: {
    answer: /Write something or choose what should happen next\.$/,
    goes: /^Secondary bot: The thread goes back to the primary receiver now/,
    returned: /^Secondary bot: The thread was passed/,
    taken: /^Secondary bot: Thread control was taken/,
    couldNot: /Thread control could not be passed/,
  },
  liveChat: {
    answer: /^Live chat bot: Hello! You are talking to a bot/,
    goes: /^Live chat bot: A person in the page inbox will answer you/,
    returned: /^Live chat bot: The person has closed the conversation/,
    takenBack: /^Live chat bot: You are talking to the bot again/,
    couldNot: /could not be passed/,
  },
};

/** A turn of the bot that somebody brought about. */
interface OpenTurn {
  kind: 'message' | 'pass_thread_control' | 'take_thread_control';
  /** Of the message that it answers. */
  mid: string | undefined;
  /** What has to be said in it. */
  words: readonly string[];
  /** What may be said besides, when the thread comes back in time. */
  may: readonly string[];
  parked: boolean;
}

/** How many messages the customer writes without waiting for an answer. */
const ahead = 3;

/** How long the customer waits for a bot that takes a thread, in milliseconds. A take that Graph refuses is left at that, with a line in the log. */
const patienceMs = 20_000;

/**
 * A customer of one of the bots that ship, with a person in the Page Inbox and, for the secondary bot, the primary app. The bots' words do
 * not tell what they answer, so they are counted: between two moments at which nothing was open, each has to be said as often as it was asked
 * for, in that order.
 */
export function playShipped(role: ShippedRole, options: KillPlayerOptions): KillPlayer {
  const { emulator, psid, appId, messages, random, isClassic, saying } = options;
  const customer = emulator.customer(psid);
  const inbox = emulator.inbox(psid);
  const all: string[] = [];
  const totals = { lost: 0, doubled: 0, reordered: 0, handovers: 0 };
  const delivered = new Set<string>();
  let turns: OpenTurn[] = [];
  /** What may have been said in turns that were given up. It may have stood in for an answer that comes late. */
  let left: string[] = [];
  let seen: string[] = [];
  let toldThatItCouldNot = 0;
  let look: () => void = () => undefined;

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (look = resolve));
  };
  const owner = () => emulator.state().threads[psid]?.owner;
  const asked = () => turns.filter(({ parked }) => !parked).flatMap((turn) => turn.words);
  const open = () => missing(asked(), seen).length;
  const expectTurn = (kind: OpenTurn['kind'], expected: readonly string[], more: Partial<OpenTurn> = {}): OpenTurn => {
    const turn: OpenTurn = { kind, words: expected, may: [], mid: undefined, parked: false, ...more };
    turns.push(turn);
    return turn;
  };

  /** Nothing is open: what was said is held against what was asked for. */
  async function settle(): Promise<void> {
    await until(() => open() === 0);
  }

  function endEpoch(): void {
    const more = turns.flatMap((turn) => (turn.parked ? [...turn.words, ...turn.may] : turn.may));
    const expected = asked();
    const surplus = missing(seen, expected);
    const mayBe = [...left, ...more];
    totals.lost += missing(expected, seen).length;
    totals.doubled += missing(surplus, mayBe).length;
    // Words that a turn said before it was given up stand in for those of the next, as long as nobody knows whether it said them.
    if (mayBe.length === 0 && surplus.length === 0) totals.reordered += outOfOrder(expected, seen);
    left = missing(mayBe, surplus);
    turns = [];
    seen = [];
  }

  /** What the turn has to say it may say from here on. */
  function excuse(turn: OpenTurn): void {
    if (turn.parked) return;
    turn.may = [...turn.may, ...turn.words];
    turn.words = [];
  }

  /**
   * A handover whose turn was given up is one that the live-chat bot knows nothing of: if a person spoke in it, it is to the bot one that the person
   * began, and its end is told to nobody.
   */
  function forget(returning: OpenTurn): void {
    if (role === 'liveChat') excuse(returning);
  }

  async function say(text: string, expected: readonly string[]): Promise<OpenTurn> {
    saying();
    if (random() < 0.2) emulator.injectWebhookFault({ fault: 'duplicate', match: { kind: 'message', appId } });
    const mid = customer.say(text);
    const turn = expectTurn('message', expected, { mid });
    await until(() => delivered.has(mid));
    return turn;
  }

  async function asPrimary(edge: string, params: object): Promise<void> {
    const [primary] = emulator.apps;
    await fetch(`${emulator.graphBaseUrl}/me/${edge}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${primary?.pageToken ?? ''}`, 'content-type': 'application/json' },
      body: JSON.stringify({ recipient: { id: psid }, ...params }),
    });
  }

  /** To the Page Inbox and back, by the person or by the customer. Answers how many messages it took. */
  async function toInbox(phrase: string, back: string): Promise<number> {
    const told = toldThatItCouldNot;
    const passing = await say(phrase, ['goes']);
    await until(() => owner() === pageInboxAppId || toldThatItCouldNot > told || turns.some(({ parked }) => parked));
    // The bot has said so, perhaps in place of the words that announce it.
    if (toldThatItCouldNot > told) excuse(passing);
    await settle();
    if (owner() !== pageInboxAppId) return 1;
    if (random() < 0.5) inbox.reply('A person is here.');
    let written = 1;
    if (random() < 0.5) {
      await say(back, role === 'liveChat' ? ['takenBack'] : []);
      if (role === 'primary' && isClassic) expectTurn('pass_thread_control', ['returned', 'answer']);
      const taken = until(() => owner() !== pageInboxAppId || turns.some(({ parked }) => parked));
      const isTaken = await Promise.race([taken.then(() => true), delay(patienceMs, false, { ref: false })]);
      // Nobody waits for it any more, but a bot that was down may still take the thread, and say so.
      if (!isTaken) turns.filter(({ words: expected }) => missing(expected, seen).length > 0).forEach(excuse);
      await settle();
      if (owner() !== pageInboxAppId) return 2;
      written = 2;
    }
    inbox.markAsDone();
    const returning = expectTurn('pass_thread_control', role === 'primary' ? ['returned', 'answer'] : ['returned']);
    if (passing.parked) forget(returning);
    await settle();
    return written;
  }

  /** From the secondary bot to the primary app, by itself or because that one takes it, and back. */
  async function toPrimary(): Promise<number> {
    const primary = emulator.apps[0]?.id;
    let written = 0;
    if (random() < 0.5) {
      const told = toldThatItCouldNot;
      const passing = await say('Pass to primary', ['goes']);
      written = 1;
      await until(() => owner() === primary || toldThatItCouldNot > told || turns.some(({ parked }) => parked));
      // The bot has said so, perhaps in place of the words that announce it.
      if (toldThatItCouldNot > told) excuse(passing);
    } else {
      expectTurn('take_thread_control', isClassic ? ['taken'] : [], { may: isClassic ? [] : ['taken'] });
      await asPrimary('take_thread_control', { metadata: 'for a moment' });
    }
    await settle();
    if (owner() === primary) await giveToSecondary();
    return written;
  }

  async function giveToSecondary(): Promise<void> {
    expectTurn('pass_thread_control', ['returned', 'answer']);
    await asPrimary('pass_thread_control', { target_app_id: appId, metadata: 'yours' });
    await settle();
  }

  async function play(): Promise<void> {
    if (role === 'secondary') {
      saying();
      customer.say('hello');
      await giveToSecondary();
    }
    for (let n = role === 'secondary' ? 2 : 1; n <= messages;) {
      await until(() => open() < ahead);
      if (n % 5 === 0) {
        await settle();
        endEpoch();
        if (role === 'secondary') n += await toPrimary();
        else if (role === 'primary') n += await toInbox('Pass to page inbox', 'Have control taken');
        else n += await toInbox('Pass to Inbox', 'Take From Inbox');
        endEpoch();
      }
      await say(`This is message ${n}.`, ['answer']);
      n += 1;
    }
    await settle();
  }

  function heard(event: EmulatorEvent): void {
    if (event.type === 'pageMessage' && event.appId === appId) {
      const { text } = event;
      all.push(text);
      const [name = text] = Object.entries(words[role]).find(([, pattern]) => pattern.test(text)) ?? [];
      if (name === 'couldNot') toldThatItCouldNot += 1;
      else seen.push(name);
    }
    if (event.type === 'ownershipChanged' && (event.cause === 'pass' || event.cause === 'take')) totals.handovers += 1;
    if (event.type === 'webhookDelivered' && event.kind === 'message' && event.appId === appId) {
      const { payload } = event as { payload?: { message?: { mid?: string } } };
      if (payload?.message?.mid !== undefined) delivered.add(payload.message.mid);
    }
    look();
  }

  return {
    played: Promise.resolve().then(play),
    heard,
    heardParked(kind, turn) {
      // Events have no id: it is one of which something has not been said.
      const isIt = ({ mid, words: expected }: OpenTurn) =>
        mid === undefined ? missing(expected, seen).length > 0 : turn.includes(mid);
      const found = turns.find((one) => one.kind === kind && !one.parked && isIt(one));
      if (found !== undefined) found.parked = true;
      if (found?.words.includes('goes') === true) {
        turns.filter((one) => one.kind === 'pass_thread_control').forEach(forget);
      }
      look();
    },
    result: (): PlayedResult => {
      endEpoch();
      return { ...totals, seen: all };
    },
  };
}

/** What is in the first list more often than in the second. */
function missing(wanted: readonly string[], found: readonly string[]): string[] {
  const left = [...found];
  return wanted.filter((name) => {
    const place = left.indexOf(name);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
}

/** How many stand before something that should stand before them; both lists hold the same. */
function outOfOrder(expected: readonly string[], seen: readonly string[]): number {
  return seen.filter((name, index) => name !== expected[index]).length;
}
