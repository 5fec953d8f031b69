import { setTimeout as delay } from 'node:timers/promises';
import type { EmulatorEvent } from '../../emulator/startPlatform.ts';
import type { KillPlayer, KillPlayerOptions } from './killPlayer.ts';
import type { CallOutcome } from './killProcess.ts';
import { compareTranscript, type ExpectedTurn } from './killTranscript.ts';
import type { OutsideCall } from './outsideBot.ts';

export interface KillCallerOptions extends Pick<
  KillPlayerOptions,
  'emulator' | 'psid' | 'appId' | 'messages' | 'saying'
> {
  call: (call: OutsideCall) => Promise<CallOutcome>;
}

interface Said extends ExpectedTurn {
  text: string;
}

/** How many are under way at the same time. */
const atOnce = 3;

/**
 * Somebody who asks the bot from outside to say something to a customer, who writes now and then. A call by `run` is made once: what was
 * acknowledged must have been said, what was not may have been. A call by `timer` is made again until it is acknowledged. Nothing may be said twice.
 */
export function playCaller({ emulator, psid, appId, messages, saying, call }: KillCallerOptions): KillPlayer {
  const turns: Said[] = [];
  const seen: string[] = [];
  let unacknowledged = 0;
  let look: () => void = () => undefined;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (look = resolve));
  };
  const expect = (text: string): Said => {
    const turn: Said = { text, texts: [`${text} first`, `${text} last`], parked: false };
    turns.push(turn);
    return turn;
  };
  const isOver = ({ texts, parked }: Said): boolean => parked || texts.every((text) => seen.includes(text));

  async function make(n: number): Promise<void> {
    saying();
    const how = n % 2 === 0 ? 'run' : 'timer';
    const turn = expect(`${n} by ${how}`);
    let outcome = await call({ psid, text: turn.text, how });
    while (how === 'timer' && outcome !== 'done') {
      await delay(50);
      outcome = await call({ psid, text: turn.text, how });
    }
    // Once more, as one whose acknowledgement was lost on its way back does.
    if (how === 'timer' && n % 3 === 0) await call({ psid, text: turn.text, how });
    if (outcome === 'done') return;
    turn.parked = true;
    unacknowledged += 1;
  }

  async function write(n: number): Promise<void> {
    saying();
    const turn = expect(`${n} by customer`);
    emulator.customer(psid).say(turn.text);
    await until(() => isOver(turn));
  }

  async function play(): Promise<void> {
    await write(0);
    for (let n = 1; n < messages; n += atOnce) {
      const numbers = Array.from({ length: Math.min(atOnce, messages - n) }, (_, more) => n + more);
      await Promise.all(numbers.map((one) => (one % 10 === 0 ? write(one) : make(one))));
    }
    await until(() => turns.every(isOver));
  }

  return {
    played: Promise.resolve().then(play),
    heard(event: EmulatorEvent) {
      if (event.type === 'pageMessage' && event.appId === appId) seen.push(event.text);
      look();
    },
    heardParked(_kind, stored) {
      for (const turn of turns) if (stored.includes(`"${turn.text}"`)) turn.parked = true;
      look();
    },
    result: () => {
      const { lost, doubled } = compareTranscript(turns, seen);
      const isTurned = ({ texts: [first = '', last = ''] }: Said): boolean =>
        seen.includes(last) && seen.indexOf(last) < seen.indexOf(first);
      // Those that are under way at the same time may overtake each other.
      return { lost, doubled, reordered: turns.filter(isTurned).length, handovers: 0, unacknowledged, seen };
    },
  };
}
