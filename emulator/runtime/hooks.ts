import type { BrokenBody, BrokenConnection } from '../http/brokenAnswer.ts';

/**
 * What the emulator offers to parts beside its core, such as Azure's Facebook channel. Such a part uses the emulated Messenger only over
 * HTTP, as everybody does, and the emulator knows only this interface.
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
  /** Resolves once there is none, which may be at once. Must not reject. */
  idle(): Promise<void>;
}

/** Makes `settled()` wait for the source too. Returns a function that removes it. */
export type AddBusySource = (source: BusySource) => () => void;

/** A call that arrives at a part beside the core. */
export interface OutsideCall {
  readonly at: 'connector' | 'token';
  readonly method: string;
  readonly edge: string;
  readonly appId?: string;
  readonly psid?: string;
}

/** How a call should fail. The part gives that its own form. */
export interface ForcedFailure {
  /** `after`: the call takes effect, and the caller does not learn it. */
  readonly when: 'before' | 'after';
  /** The call has its effect twice, and the second answer counts. */
  readonly effect?: 'twice';
  /** What to answer instead. */
  readonly answer?: { readonly status: number; readonly message: string; readonly retryAfterSeconds?: number };
  readonly connection?: BrokenConnection;
  readonly body?: BrokenBody;
  /** Resolves when the call may go on, at once if it is not delayed. */
  readonly delay: () => Promise<void>;
  /** Waits for a number of milliseconds, by the emulator's clock. */
  readonly pace: (ms: number) => Promise<void>;
}

/** Everything the emulator offers a part beside its core. `Emulator` has these members, so it can be passed as it is. */
export interface EmulatorHooks {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly addBusySource: AddBusySource;
  /** From now on this value appears nowhere in the event stream. */
  readonly hideSecret: (value: string) => void;
  /** How this call should fail, if it should: a fault injected by the control API, which counts it. */
  readonly takeFault?: (call: OutsideCall) => ForcedFailure | undefined;
  /** Where Graph is served, without a version and without a slash at the end: `http://127.0.0.1:4000`. */
  readonly graphBaseUrl: string;
  /**
   * Registers the callback of an app: sends it a `hub.challenge`, and rejects with a sentence if the answer is wrong.
   * From then on the app's webhooks go there, signed with the app's secret.
   */
  readonly registerWebhook: (appId: string, callback: WebhookCallback) => Promise<void>;
}

export interface WebhookCallback {
  readonly callbackUrl: string;
  readonly verifyToken: string;
}
