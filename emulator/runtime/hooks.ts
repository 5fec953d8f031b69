import type { BrokenBody, BrokenConnection } from '../http/brokenAnswer.ts';

/**
 * What a part of the emulator that lives beside its core gets from it: Azure's Facebook channel is such a part. It knows
 * the emulated Messenger only as the world does, over HTTP, and the emulator knows of it only what stands here.
 */

/** The emulator's time in milliseconds since 1970: real time plus what was added with `advanceClock`. */
export type Clock = () => number;

/**
 * Something that happened, to be added to the event stream. `type` names it, with the part's name in front
 * (`azureChannel.activitySent`); the other fields are JSON. The emulator adds `id` and `at`.
 *
 * Put no token, password or signed JWT into it. As a second fence, values given to `hideSecret` are replaced.
 */
export interface TraceRecord {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Adds one record to the event stream. Never throws. */
export type Trace = (record: TraceRecord) => void;

/**
 * Work that `settled()` has to wait for. A part must be busy before it answers the request that started the work,
 * otherwise `settled()` can slip through between the answer and the work.
 */
export interface BusySource {
  /** Whether there is work under way now. */
  busy(): boolean;
  /** Resolves once there is none, at once when there is none now. It must not reject. */
  idle(): Promise<void>;
}

/** Makes `settled()` wait for the source too. The answer takes it out again. */
export type AddBusySource = (source: BusySource) => () => void;

/** A call that arrives at a part beside the core. */
export interface OutsideCall {
  readonly at: 'connector' | 'token';
  readonly method: string;
  readonly edge: string;
  readonly appId?: string;
}

/** What has to go wrong with a call. The part does it in its own form. */
export interface ForcedFailure {
  /** `after`: the call takes effect, and the caller does not learn it. */
  readonly when: 'before' | 'after';
  /** What to answer instead. */
  readonly answer?: { readonly status: number; readonly message: string; readonly retryAfterSeconds?: number };
  readonly connection?: BrokenConnection;
  readonly body?: BrokenBody;
  /** Resolves when the call may go on; at once when it is not to be delayed. */
  readonly delay: () => Promise<void>;
  /** Waits so many milliseconds of the emulator's clock. */
  readonly pace: (ms: number) => Promise<void>;
}

/** Everything the emulator offers a part beside its core. `Emulator` has these members, so it can be passed as it is. */
export interface EmulatorHooks {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly addBusySource: AddBusySource;
  /** From now on this value appears nowhere in the event stream. */
  readonly hideSecret: (value: string) => void;
  /** What has to go wrong with this call, if anything: the faults of the control API, each used once. */
  readonly takeFault?: (call: OutsideCall) => ForcedFailure | undefined;
  /** Where Graph is served, without a version and without a slash at the end: `http://127.0.0.1:4000`. */
  readonly graphBaseUrl: string;
  /**
   * Registers the callback of an app: asks it with `hub.challenge` and rejects with a sentence when it answers wrongly.
   * From then on the app's webhooks go there, signed with the app's secret.
   */
  readonly registerWebhook: (appId: string, callback: WebhookCallback) => Promise<void>;
}

export interface WebhookCallback {
  readonly callbackUrl: string;
  readonly verifyToken: string;
}
