import type { FaultName, GraphFault } from '../core/graphFaults.ts';
import type { Channel, WebhookKind } from '../core/webhookKinds.ts';
import type { BrokenBody, BrokenConnection } from '../http/brokenAnswer.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import type { WebhookFaultKind } from './webhookFaultKinds.ts';

/** Where a call arrives: at Graph, or at the emulated Azure's Connector or token endpoint. */
export const faultPlaces = ['graph', 'connector', 'token'] as const;
export type FaultPlace = (typeof faultPlaces)[number];

/** Which calls a fault applies to. An absent field matches everything, but `at` defaults to Graph. */
export interface FaultMatch {
  readonly at?: FaultPlace;
  readonly method?: string;
  /** The last part of the path, such as `pass_thread_control`; at Azure `activities` and `token`. */
  readonly edge?: string;
  /** The Facebook app's id; at Azure the bot's. */
  readonly appId?: string;
}

/** Makes the next calls fail. Without `fault`, `connection` and `body` it only delays them. */
export interface FaultSpec {
  readonly match?: FaultMatch;
  /** How many calls, by default one. */
  readonly times?: number;
  /** `before`: the call has no effect. `after`: it has, but the caller does not learn of it. Default `before`. */
  readonly when?: 'before' | 'after';
  /** Waits first, in milliseconds of the emulator's clock, which passes or is put forward. */
  readonly delayMs?: number;
  /** Answers with this fault, by name or as given. Azure puts its status and message into its own form. */
  readonly fault?: FaultName | GraphFault;
  /** Cuts the connection instead of answering, or never answers. */
  readonly connection?: BrokenConnection;
  /** Spoils the response on its way: that of `fault`, or the real one. With a dripping response, the call takes effect. */
  readonly body?: BrokenBody;
}

/** Makes the next webhooks go wrong. */
export interface WebhookFaultSpec {
  /**
   * `drop`: never sent. `duplicate`: sent again with the same bytes. `delay`: sent after `delayMs`, with later ones before it.
   * `reorder`: sent after the next one of its conversation. `hold`: sent with `releaseWebhooks`.
   */
  readonly fault: WebhookFaultKind;
  readonly match?: { readonly appId?: string; readonly kind?: WebhookKind; readonly channel?: Channel };
  /** How many webhooks, by default one. */
  readonly times?: number;
  /** For `delay`, in milliseconds of the emulator's clock. Default: one minute. */
  readonly delayMs?: number;
  /** For `duplicate`: how many more. Default: one. */
  readonly copies?: number;
}

/** A fault that waits for what it matches. */
export type ArmedFault = { readonly faultId: number; readonly timesLeft: number } & (
  { readonly of: 'calls'; readonly spec: FaultSpec } | { readonly of: 'webhooks'; readonly spec: WebhookFaultSpec }
);

interface Call {
  readonly at?: FaultPlace;
  readonly method: string;
  readonly edge: string;
  readonly appId?: string;
}

type WebhookCall = Required<NonNullable<WebhookFaultSpec['match']>>;

export interface InjectedFaults {
  /** Returns the fault's id, as in the event stream. */
  add(spec: FaultSpec): number;
  /** The oldest fault that matches, used once. */
  take(call: Call): FaultSpec | undefined;
  addForWebhooks(spec: WebhookFaultSpec): number;
  takeForWebhook(webhook: WebhookCall): WebhookFaultSpec | undefined;
  /** The oldest first. */
  armed(): readonly ArmedFault[];
  /** Returns whether there was one with this id. */
  disarm(faultId: number): boolean;
  clear(): void;
}

export function createInjectedFaults(trace: TraceLog): InjectedFaults {
  let count = 0;
  const nextId = (): number => (count += 1);
  const calls = createFaultList<FaultSpec>(trace, nextId, () => ({}));
  const webhooks = createFaultList<WebhookFaultSpec>(trace, nextId, ({ fault }) => ({ webhookFault: fault }));
  return {
    add: (spec) => calls.add(spec),
    take: (call) =>
      calls.take(
        ({ match = {} }) =>
          (match.at ?? 'graph') === (call.at ?? 'graph') &&
          (['method', 'edge', 'appId'] as const).every((key) => match[key] === undefined || match[key] === call[key]),
      ),
    addForWebhooks: (spec) => webhooks.add(spec),
    takeForWebhook: (webhook) =>
      webhooks.take(({ match = {} }) =>
        (['appId', 'kind', 'channel'] as const).every((key) => match[key] === undefined || match[key] === webhook[key]),
      ),
    armed: () =>
      [
        ...calls.waiting().map((one) => ({ ...one, of: 'calls' as const })),
        ...webhooks.waiting().map((one) => ({ ...one, of: 'webhooks' as const })),
      ].toSorted((one, other) => one.faultId - other.faultId),
    disarm(faultId) {
      if (!calls.remove(faultId) && !webhooks.remove(faultId)) return false;
      trace.add({ type: 'faultDisarmed', faultId });
      return true;
    },
    clear() {
      calls.clear();
      webhooks.clear();
    },
  };
}

interface FaultList<Spec> {
  add(spec: Spec): number;
  take(matches: (spec: Spec) => boolean): Spec | undefined;
  waiting(): readonly { readonly faultId: number; readonly timesLeft: number; readonly spec: Spec }[];
  /** Returns whether it was there. */
  remove(faultId: number): boolean;
  clear(): void;
}

function createFaultList<Spec extends { readonly times?: number }>(
  trace: TraceLog,
  nextId: () => number,
  told: (spec: Spec) => { readonly webhookFault?: WebhookFaultKind },
): FaultList<Spec> {
  let waiting: { readonly id: number; readonly spec: Spec; left: number }[] = [];
  return {
    add(spec) {
      const times = spec.times ?? 1;
      if (!Number.isInteger(times) || times < 1) throw new RangeError('times has to be a whole number from 1.');
      const id = nextId();
      waiting.push({ id, spec, left: times });
      trace.add({ type: 'faultInjected', faultId: id, times, ...told(spec) });
      return id;
    },
    take(matches) {
      const found = waiting.find(({ spec }) => matches(spec));
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left === 0) waiting = waiting.filter((fault) => fault !== found);
      trace.add({ type: 'faultUsed', faultId: found.id, timesLeft: found.left, ...told(found.spec) });
      return found.spec;
    },
    waiting: () => waiting.map(({ id, left, spec }) => ({ faultId: id, timesLeft: left, spec })),
    remove(faultId) {
      const before = waiting.length;
      waiting = waiting.filter(({ id }) => id !== faultId);
      return waiting.length < before;
    },
    clear() {
      waiting = [];
    },
  };
}
