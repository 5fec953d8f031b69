import type { Emulator } from '../emulator/emulator.ts';
import type { PlatformBot } from '../emulator/startPlatform.ts';
import { durationOf, type Duration } from '../helpers/duration.ts';
import type { DeadLetter } from '../server.ts';
import { createConversation, type Conversation } from './conversation.ts';
import { createStageGraph, type StageGraph } from './graphFaults.ts';
import type { LeftOpen } from './leftOpen.ts';
import type { LogLine } from './recordedLog.ts';
import { createSettling } from './settling.ts';
import type { StageBot, StageFailure } from './stageBot.ts';
import { timelineOf } from './stageTimeline.ts';

/** A Page on Messenger with the bot under test behind it, in this process. */
export interface Stage extends Conversation, AsyncDisposable {
  /** One more customer, in a conversation of his own. */
  anotherCustomer(name: string): Conversation;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    /**
     * Lets time go by for Messenger and for the bot's server: what is due happens at its time, in order, with all that follows from it.
     * `Date` and `setTimeout` stay as they are.
     */
    advance(time: Duration): Promise<void>;
  };
  readonly graph: StageGraph;
  /** Turns that were given up. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** What the bots threw, each attempt of a turn by itself. */
  failures(): readonly StageFailure[];
  /** What the bots and their servers logged. Nothing of it is printed. */
  log(): readonly LogLine[];
  /**
   * Kills the bot under test in the middle of whatever it does: what is not in its store yet never gets there, and Messenger finds nobody
   * until `restart`. The bot itself may call it, and so may a listener of the emulator's events. What its code waits for then never comes.
   */
  kill(): void;
  /** Ends the bot under test and starts it again on the same store. What a bot kept in its own memory is gone. */
  restart(): Promise<void>;
  /** All that happened, a line each, for people. */
  timeline(): string;
  /** Resolves when nothing is under way any more. Whatever is done through the stage has waited for it already. */
  settled(): Promise<void>;
  /** Everything else: see `emulator/emulator.ts`. */
  readonly emulator: Emulator;
  close(): Promise<void>;
}

export interface StageParts {
  readonly endpoint: 'direct' | 'azure';
  readonly settleMs: number;
  readonly emulator: Emulator;
  readonly platformBot: PlatformBot;
  readonly bot: StageBot;
  readonly bots: readonly StageBot[];
  readonly log: readonly LogLine[];
  readonly failures: readonly StageFailure[];
  readonly leftOpen: LeftOpen;
  readonly close: () => Promise<void>;
}

export function createStage(parts: StageParts): Stage {
  const { endpoint, settleMs, emulator, platformBot, bot, bots, log, failures, leftOpen } = parts;
  const opened = { at: emulator.clock(), eventId: emulator.events().at(-1)?.id ?? 0 };
  const timeline = (): string => timelineOf(emulator, log, opened);
  const rest = createSettling({ emulator, bots, timeline, limitMs: settleMs });
  const [psid = ''] = emulator.customers;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    leftOpen.stop();
    return (closing ??= parts.close());
  };
  const refuseIfClosed = (): void => {
    if (closing !== undefined) throw new Error('This stage is closed, perhaps because an await is missing before.');
  };
  const settled = async (): Promise<void> => {
    refuseIfClosed();
    leftOpen.stop();
    await rest().finally(() => {
      if (closing === undefined) leftOpen.start();
    });
    refuseIfClosed();
  };
  leftOpen.start();
  const conversationOf = (customer: string): Conversation => ({
    ...createConversation(emulator, customer, settled),
    plans: () => bot.plansOf({ pageId: emulator.pageId, psid: customer }),
  });
  return {
    ...conversationOf(psid),
    anotherCustomer: (name) => conversationOf(emulator.addCustomer({ name })),
    clock: {
      now: emulator.clock,
      advance: async (time) => {
        const end = emulator.clock() + lengthOf(time);
        await settled();
        for (let now = emulator.clock(); now < end; now = emulator.clock()) {
          // Never in one leap, so that what is done at a time may ask for something at a later one.
          emulator.advanceClock(Math.max(1, Math.min(end, emulator.nextDue() ?? end) - now));
          await settled();
        }
      },
    },
    graph: createStageGraph(emulator, platformBot, endpoint),
    deadLetters: async () => (await Promise.all(bots.map((each) => each.deadLetters()))).flat(),
    failures: () => [...failures],
    log: () => [...log],
    kill: () => bot.kill(),
    restart: async () => {
      await settled();
      await bot.restart();
      await settled();
    },
    timeline,
    settled,
    emulator,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** @throws RangeError when it is no whole number of milliseconds */
function lengthOf(time: Duration): number {
  const ms = durationOf(time);
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new RangeError(`${JSON.stringify(time)} is no time. Write milliseconds, or one of '90s', '20m', '2h', '1d'.`);
}
