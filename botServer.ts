import type { Bot } from './bots/botModule.ts';
import type { BotParts } from './bots/botParts.ts';
import type { HandoverPlan } from './bots/takeover/takeoverWatcher.ts';
import type { Thread } from './bots/threadNotes.ts';
import type { GraphClientOptions } from './helpers/graph/graphClient.ts';
import type { Logger } from './helpers/logging/logger.ts';
import type { Scrubber } from './helpers/logging/scrubLine.ts';
import type { Store, WaitingTimer } from './store/store.ts';
import type { RetryPolicy } from './turns/retryPolicy.ts';
import type { TurnRunner, TurnRunnerOptions } from './turns/turnRunner.ts';
import type { TurnServicesOptions } from './turns/turnServices.ts';

export interface BotServerOptions {
  logger: Logger;
  /**
   * Where accepted events wait for their turn, or what opens it: that is called once the server listens, requests wait meanwhile, and the
   * server closes what was opened. Default: the memory of this process.
   */
  store?: Store | (() => Promise<Store>);
  /** Makes the bot to run. Default: the bot of the settings' role. */
  createBot?(parts: BotParts): Bot | Promise<Bot>;
  /** Knows the secrets that must not get into dead letters and journals. Default: one that knows those of the settings. */
  scrubber?: Scrubber;
  /** Makes calls to Graph. Default: an axios of the client's own. */
  http?: GraphClientOptions['http'];
  /** How long a call to the Bot Connector, or to a token endpoint on this machine, may take, in milliseconds. Default: 15 seconds. */
  connectorTimeoutMs?: number;
  /** How long an attempt to call Graph may take, in milliseconds. Default: 10 seconds. */
  graphTimeoutMs?: number;
  /** How long `close` waits for turns that are running or may begin at once, in milliseconds. Default: 8 seconds. */
  drainMs?: number;
  /** When a failed turn runs again. Default: five attempts, or a day while the platform has trouble. */
  retries?: RetryPolicy;
  turnWork?: Partial<TurnServicesOptions>;
  /**
   * Dates what is accepted, measures and ends the waits before another attempt, and says when the bot's timers are due. Default: the system's clock
   * and timers.
   */
  clock?: Pick<TurnRunnerOptions, 'now' | 'monotonicNow' | 'after' | 'every'>;
}

/** The timers of a conversation that wait, and its handover that has not ended. */
export interface ConversationPlans {
  timers: readonly WaitingTimer[];
  handover?: HandoverPlan;
}

export interface BotServer {
  /** `http://address:port`, without a slash at the end. */
  url: string;
  /** The address of the metrics, if the settings ask for them. */
  metricsUrl?: string;
  /** What is to come in a conversation although nothing happens, as the store has it. */
  plansOf(thread: Thread): Promise<ConversationPlans>;
  /** Resolves once no accepted event is waiting and no turn is running. */
  settled(): Promise<void>;
  /** Resolves once no turn is running and none may begin now. Turns that wait for a time do not count. */
  drained(): Promise<void>;
  /** Must be told of every rejection and exception of the process that nothing handled. Resolves once it is noted which turn it came from, with whether the process may go on. */
  stray: TurnRunner['stray'];
  /**
   * Lets accepted turns run for a while, and resolves once everything is closed. With a store on disk it goes on accepting meanwhile: the
   * next process runs what comes then, and turns that only wait for another attempt.
   */
  close(): Promise<void>;
}
