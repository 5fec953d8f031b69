import type { EffectJournal } from '../../turns/journal/effect.ts';
import { createPlatformClock } from '../../helpers/graph/platformClock.ts';
import type { JournaledSend } from '../../turns/journal/outgoingMessage.ts';
import { createJournaledSend } from '../../turns/journal/journaledSend.ts';
import { createRetryPolicy, type RetryPolicyOptions } from '../../turns/retryPolicy.ts';
import { createReconcileSend, type ReconcileSendOptions } from '../../turns/reconcile/reconcileSend.ts';
import type { InboxEvent, Store } from '../../store/store.ts';
import { TurnJournal, type TurnJournalOptions } from '../../turns/journal/turnJournal.ts';
import { TurnRunner } from '../../turns/turnRunner.ts';
import { createTurnScopes, type TurnScopes } from '../../turns/turnScope.ts';
import { createRecordingLogger } from './recordingLogger.ts';

/** Messages that reached the customer, in order. */
export interface FakePlatform {
  sent: { mid: string; text: string; at: number }[];
  /** What the next calls do, beside the default: deliver and answer. */
  script: ('refuse' | 'loseAnswer' | 'loseRequest' | 'work')[];
  send(text: string): Promise<{ id: string }>;
}

export function createFakePlatform(now: () => number = () => 1_700_000_000_000): FakePlatform {
  const platform: FakePlatform = {
    sent: [],
    script: [],
    send: async (text) => {
      const step = platform.script.shift();
      if (step === 'refuse') throw Object.assign(new Error('no'), { statusCode: 400 });
      if (step !== 'loseRequest') platform.sent.push({ mid: `m_${platform.sent.length + 1}`, text, at: now() });
      if (step === 'loseAnswer' || step === 'loseRequest')
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      return { id: platform.sent.at(-1)!.mid };
    },
  };
  return platform;
}

export interface TurnStage {
  runner: TurnRunner;
  scopes: TurnScopes;
  journal: EffectJournal;
  logger: ReturnType<typeof createRecordingLogger>;
  /** Sends a text in the turn that is running, through the journal. */
  say(text: string): Promise<string>;
  /** Sends past the journal. */
  platformSend(text: string): Promise<{ id: string }>;
  send: JournaledSend;
  /** Waits that the runner asked for; they end at once. */
  waits: number[];
}

export interface TurnStageOptions {
  store: Store;
  platform: FakePlatform;
  run: (stage: TurnStage, event: InboxEvent) => Promise<void>;
  /** Whether the conversation can be read back. */
  readBack?: 'works' | 'none';
  reconcile?: Partial<ReconcileSendOptions>;
  retries?: RetryPolicyOptions;
  /** Whether a turn that goes well has called the platform with success. Default: each has. */
  calls?: 'each' | 'none';
  onUnknownOutcome?: TurnJournalOptions['onUnknownOutcome'];
  divergedTurns?: TurnJournalOptions['divergedTurns'];
  now?: () => number;
  /** The clock of the journal, where it is another one. */
  journalNow?: () => number;
  /** Moves the clocks on by what the runner waits. */
  pass?: (ms: number) => void;
}

/** A runner with journal, retries and a platform that can fail, on any store; nothing in it waits for real. */
export function createTurnStage(options: TurnStageOptions): TurnStage {
  const { store, platform, run, readBack = 'works', now = () => 1_700_000_000_000, pass = () => undefined } = options;
  const logger = createRecordingLogger();
  const scopes = createTurnScopes();
  const { onUnknownOutcome = 'deadLetter', divergedTurns = 'goOn' } = options;
  const journalNow = options.journalNow ?? now;
  const choices = { onUnknownOutcome, divergedTurns };
  const journal = new TurnJournal({ table: store.journal, scopes, logger, now: journalNow, ...choices });
  const sentMessages = {
    recent: async () => ({ messages: [...platform.sent].reverse(), completeSince: 0 }),
  };
  // What an answer of the platform has told.
  const clock = createPlatformClock(journalNow);
  clock.learn(new Date(now()).toUTCString(), journalNow());
  const reconcile = createReconcileSend({
    table: store.journal,
    clock,
    ...(readBack === 'works' ? { sentMessages } : {}),
    sleep: async () => undefined,
    now: journalNow,
    startedAt: journalNow(),
    ...options.reconcile,
  });
  const send = createJournaledSend({ journal, scopes, reconcile, clock, now: journalNow });
  const waits: number[] = [];
  const stage: TurnStage = {
    scopes,
    journal,
    logger,
    waits,
    send,
    platformSend: (text) => platform.send(text),
    say: async (text) => {
      const message = { content: { type: 'message', text }, text, duplicate: 'visible' } as const;
      return (await send(message, () => platform.send(text))).id;
    },
    runner: new TurnRunner({
      store,
      logger,
      scopes,
      run: async (event) => {
        await run(stage, event);
        if (options.calls !== 'none') scopes.current()?.recordCall('worked');
      },
      // The same as the store's: that of an engine which was opened without a clock is this one.
      monotonicNow: options.now ?? (() => performance.now()),
      every: () => () => undefined,
      retries: createRetryPolicy({ random: () => 0.5, now, monotonicNow: now, ...options.retries }),
      after: (ms, work) => {
        waits.push(ms);
        pass(ms);
        const timer = setImmediate(work);
        return () => clearImmediate(timer);
      },
    }),
  };
  return stage;
}
