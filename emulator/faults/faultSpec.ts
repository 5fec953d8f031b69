import type { FaultName, GraphFault } from '../core/graphFaults.ts';
import type { Channel, WebhookKind } from '../core/webhookKinds.ts';
import type { BrokenBody, BrokenConnection } from '../http/brokenAnswer.ts';
import type { WebhookFaultKind } from './webhookFaultKinds.ts';

/** Where a call arrives: at Graph, or at the emulated Azure's Connector or token endpoint. */
export const faultPlaces = ['graph', 'connector', 'token'] as const;
export type FaultPlace = (typeof faultPlaces)[number];

/**
 * Which of the calls or webhooks that match a fault hits: every one until it is disarmed, only the next few, or one in so many, such as the
 * third, the sixth and so on.
 */
export type FaultMode = 'always' | { readonly next: number } | { readonly every: number };

/** How often a fault hits. Without either, once. */
export interface FaultHits {
  readonly mode?: FaultMode;
  /** The same as `mode: { next: times }`; only one of the two may be given. */
  readonly times?: number;
}

/** Which calls a fault applies to. An absent field matches everything, but `at` defaults to Graph. */
export interface FaultMatch {
  readonly at?: FaultPlace;
  readonly method?: string;
  /** The last part of the path, such as `pass_thread_control`; at Azure `activities` and `token`. */
  readonly edge?: string;
  /** The Facebook app's id; at Azure the bot's. */
  readonly appId?: string;
  /** The customer that the call is about. Calls of the token endpoint are about nobody. */
  readonly psid?: string;
}

/** Makes calls fail. Without `fault`, `connection`, `body` and `effect` it only delays them. */
export interface FaultSpec extends FaultHits {
  readonly match?: FaultMatch;
  /** `before`: the call has no effect. `after`: it has, but the caller does not learn of it. Default `before`. */
  readonly when?: 'before' | 'after';
  /** The call has its effect twice, as behind a proxy that repeats requests; the second answer is the one that the caller gets. */
  readonly effect?: 'twice';
  /** Waits first, in milliseconds of the emulator's clock, which passes or is put forward. */
  readonly delayMs?: number;
  /** Answers with this fault, by name or as given. Azure puts its status and message into its own form. */
  readonly fault?: FaultName | GraphFault;
  /** Cuts the connection instead of answering, or never answers. */
  readonly connection?: BrokenConnection;
  /** Spoils the response on its way: that of `fault`, or the real one. With a dripping response, the call takes effect. */
  readonly body?: BrokenBody;
}

/** Which webhooks a fault applies to: those to the receiver `appId`, of a kind, on a channel, about a customer. */
export interface WebhookFaultMatch {
  readonly appId?: string;
  readonly kind?: WebhookKind;
  readonly channel?: Channel;
  readonly psid?: string;
}

/** Makes webhooks go wrong. */
export interface WebhookFaultSpec extends FaultHits {
  /**
   * `drop`: never sent. `duplicate`: sent again with the same bytes. `delay`: sent after `delayMs`, with later ones before it.
   * `reorder`: sent after the next one of its conversation. `hold`: sent with `releaseWebhooks`.
   *
   * The others hit single attempts, behind which Meta tries again: `refuse`, the callback seems to answer 503 and gets nothing; `timeout`,
   * it seems not to answer in time and gets nothing; `loseAnswer`, it gets the webhook and its answer is lost.
   */
  readonly fault: WebhookFaultKind;
  readonly match?: WebhookFaultMatch;
  /** For `delay`, in milliseconds of the emulator's clock. Default: one minute. */
  readonly delayMs?: number;
  /** For `duplicate`: how many more. Default: one. */
  readonly copies?: number;
}

/** A fault that waits for what it matches, with how often it has hit so far. */
export type ArmedFault = {
  readonly faultId: number;
  readonly mode: FaultMode;
  /** How many calls or webhooks that match have come by since it was armed. */
  readonly matched: number;
  readonly hits: number;
  /** Absent where it goes on until it is disarmed. */
  readonly timesLeft?: number;
} & ({ readonly of: 'calls'; readonly spec: FaultSpec } | { readonly of: 'webhooks'; readonly spec: WebhookFaultSpec });
