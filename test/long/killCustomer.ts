import { setTimeout as delay } from 'node:timers/promises';
import { pageInboxAppId, type EmulatorEvent } from '../../emulator/startPlatform.ts';
import type { KillPlayer, KillPlayerOptions, PlayedResult } from './killPlayer.ts';
import { compareTranscript, type ExpectedTurn } from './killTranscript.ts';

interface OpenTurn extends ExpectedTurn {
  kind: 'message' | 'pass_thread_control';
  /** Of the message that it answers. */
  mid: string | undefined;
  /** What has not been seen of it. */
  left: string[];
}

/** How many messages the customer writes without waiting for an answer. */
const ahead = 3;

/**
 * A customer who writes numbered messages, one after the other was delivered. At some of them the bot passes the thread to the Page
 * Inbox, where a person gives it back, or the customer writes something at which the bot takes it back.
 */
export function playCustomer(options: KillPlayerOptions): KillPlayer {
  const { emulator, psid, messages, random, personTakesMs, isClassic, saying } = options;
  const customer = emulator.customer(psid);
  const inbox = emulator.inbox(psid);
  const turns: OpenTurn[] = [];
  const seen: string[] = [];
  const handovers: string[] = [];
  const expectedHandovers: OpenTurn[] = [];
  const delivered = new Set<string>();
  let mayBePassed: 'yes' | 'no' = 'no';
  let look: () => void = () => undefined;

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (look = resolve));
  };
  const owner = () => emulator.state().threads[psid]?.owner;
  const open = () => turns.filter(({ left, parked }) => left.length > 0 && !parked);
  const expectTurn = (kind: OpenTurn['kind'], texts: readonly string[], mid?: string): OpenTurn => {
    const turn: OpenTurn = { kind, texts, mid, left: [...texts], parked: false };
    turns.push(turn);
    return turn;
  };

  async function say(text: string, texts: readonly string[]): Promise<OpenTurn> {
    saying();
    if (random() < 0.2) emulator.injectWebhookFault({ fault: 'duplicate', match: { kind: 'message' } });
    const mid = customer.say(text);
    const turn = expectTurn('message', texts, mid);
    await until(() => delivered.has(mid));
    return turn;
  }

  async function giveBack(): Promise<void> {
    if (random() < 0.5) inbox.reply('A person is here.');
    await delay(personTakesMs);
    inbox.markAsDone();
    expectTurn('pass_thread_control', ['back again']);
    await until(() => open().length === 0);
  }

  /** Over to the Page Inbox and back. Answers how many messages it took. */
  async function handover(n: number): Promise<number> {
    await until(() => open().length === 0);
    mayBePassed = 'yes';
    const passing = await say(`${n} pass`, [`${n} pass first`]);
    expectedHandovers.push(passing);
    await until(() => passing.parked || (passing.left.length === 0 && owner() === pageInboxAppId));
    if (owner() !== pageInboxAppId) return 1;
    if (n === messages || random() < 0.5) {
      await giveBack();
      return 1;
    }
    const taking = await say(`${n + 1} take`, [`${n + 1} take taken`]);
    expectedHandovers.push(taking);
    await until(() => taking.parked || taking.left.length === 0);
    if (owner() === pageInboxAppId) await giveBack();
    // Under the classic protocol a taker hears of it as if the inbox had passed the thread.
    else if (isClassic) expectTurn('pass_thread_control', ['back again']);
    await until(() => open().length === 0);
    return 2;
  }

  async function play(): Promise<void> {
    for (let n = 1; n <= messages;) {
      await until(() => open().length < ahead);
      if (n % 10 === 5) n += await handover(n);
      else {
        await say(String(n), [`${n} first`, 'Anything else?']);
        n += 1;
      }
    }
    await until(() => open().length === 0);
  }

  function heard(event: EmulatorEvent): void {
    if (event.type === 'pageMessage' && event.appId !== pageInboxAppId) {
      // Markdown that the platform rendered, or not, and without the words that are random.
      const text = event.text.replaceAll('*', '').replace(/ ~.*/s, '');
      seen.push(text);
      const turn = open().find(({ left }) => left.includes(text));
      turn?.left.splice(turn.left.indexOf(text), 1);
    }
    if (event.type === 'ownershipChanged' && (event.cause === 'pass' || event.cause === 'take')) {
      handovers.push(event.cause);
      // Nobody asked for it again, so the thread goes back, or the customer would wait for ever.
      if (event.cause === 'pass' && mayBePassed === 'no') setTimeout(() => inbox.markAsDone(), personTakesMs);
      mayBePassed = 'no';
    }
    if (event.type === 'webhookDelivered' && event.kind === 'message') {
      const { payload } = event as { payload?: { message?: { mid?: string } } };
      if (payload?.message?.mid !== undefined) delivered.add(payload.message.mid);
    }
    look();
  }

  return {
    played: Promise.resolve().then(play),
    heard,
    heardParked(kind, turn) {
      // Of a message it may be known that all of its words were said, and not what became of the pass behind them.
      const isIt = ({ mid, left }: OpenTurn) => (mid === undefined ? left.length > 0 : turn.includes(mid));
      const found = turns.find((one) => one.kind === kind && !one.parked && isIt(one));
      if (found !== undefined) found.parked = true;
      look();
    },
    result: (): PlayedResult => {
      const { lost, doubled, reordered } = compareTranscript(turns, seen);
      const surplus = handovers.length - expectedHandovers.filter(({ parked }) => !parked).length;
      const mayBe = expectedHandovers.filter(({ parked }) => parked).length;
      return {
        lost: lost + Math.max(0, -surplus),
        doubled: doubled + Math.max(0, surplus - mayBe),
        ...{ reordered, handovers: handovers.length, seen },
      };
    },
  };
}
