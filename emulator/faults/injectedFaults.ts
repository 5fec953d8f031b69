import type { TraceLog } from '../trace/traceLog.ts';
import { createFaultList, type Armed, type FaultList } from './faultList.ts';
import type { ArmedFault, FaultHits, FaultPlace, FaultSpec, WebhookFaultMatch, WebhookFaultSpec } from './faultSpec.ts';
import { isOfAttempt, type WebhookFaultKind } from './webhookFaultKinds.ts';

interface Call {
  readonly at?: FaultPlace;
  readonly method: string;
  readonly edge: string;
  readonly appId?: string;
  readonly psid?: string;
}

export interface InjectedFaults {
  /** Returns the fault's id, as in the event stream. Throws a RangeError when it would never hit. */
  add(spec: FaultSpec): number;
  /** The oldest fault that hits this call. */
  take(call: Call): FaultSpec | undefined;
  addForWebhooks(spec: WebhookFaultSpec): number;
  /** The oldest fault that hits this webhook before it is sent. */
  takeForWebhook(webhook: WebhookFaultMatch): WebhookFaultSpec | undefined;
  /** The oldest fault that hits an attempt to post one of these webhooks. */
  takeForAttempt(webhooks: readonly WebhookFaultMatch[]): WebhookFaultSpec | undefined;
  /** The oldest first. */
  armed(): readonly ArmedFault[];
  /** Arms these in the place of all others. */
  restore(armed: readonly ArmedFault[]): void;
  /** Returns whether there was one with this id. */
  disarm(faultId: number): boolean;
  clear(): void;
}

export function createInjectedFaults(trace: TraceLog): InjectedFaults {
  let count = 0;
  const calls = createFaultList<FaultSpec>();
  const webhooks = createFaultList<WebhookFaultSpec>();

  const arm = <Spec extends FaultHits>(list: FaultList<Spec>, spec: Spec, about: About): number => {
    const { faultId, mode } = list.add(count + 1, spec);
    count = faultId;
    const often = typeof mode === 'object' && 'next' in mode ? { times: mode.next } : { mode };
    trace.add({ type: 'faultInjected', faultId, ...often, ...about });
    return faultId;
  };
  const hit = <Spec>(taken: Armed<Spec> | undefined, about: (spec: Spec) => About): Spec | undefined => {
    if (taken === undefined) return undefined;
    const { faultId, timesLeft, hits, spec } = taken;
    const often = timesLeft === undefined ? { hits } : { timesLeft };
    trace.add({ type: 'faultUsed', faultId, ...often, ...about(spec) });
    return spec;
  };
  const aboutWebhook = ({ fault }: WebhookFaultSpec): About => ({ webhookFault: fault });
  const applies = ({ match = {} }: WebhookFaultSpec, webhook: WebhookFaultMatch): boolean =>
    isMatch(match, webhook, ['appId', 'kind', 'channel', 'psid']);

  return {
    add: (spec) => arm(calls, spec, {}),
    take: (call) =>
      hit(
        calls.take(
          ({ match = {} }) =>
            (match.at ?? 'graph') === (call.at ?? 'graph') && isMatch(match, call, ['method', 'edge', 'appId', 'psid']),
        ),
        () => ({}),
      ),
    addForWebhooks: (spec) => arm(webhooks, spec, aboutWebhook(spec)),
    takeForWebhook: (webhook) =>
      hit(
        webhooks.take((spec) => !isOfAttempt(spec.fault) && applies(spec, webhook)),
        aboutWebhook,
      ),
    takeForAttempt: (posted) =>
      hit(
        webhooks.take((spec) => isOfAttempt(spec.fault) && posted.some((webhook) => applies(spec, webhook))),
        aboutWebhook,
      ),
    armed: () =>
      [
        ...calls.armed().map((one) => ({ ...one, of: 'calls' as const })),
        ...webhooks.armed().map((one) => ({ ...one, of: 'webhooks' as const })),
      ].toSorted((one, other) => one.faultId - other.faultId),
    restore(armed) {
      count = Math.max(count, ...armed.map(({ faultId }) => faultId));
      calls.replace(armed.filter((one) => one.of === 'calls'));
      webhooks.replace(armed.filter((one) => one.of === 'webhooks'));
    },
    disarm(faultId) {
      if (!calls.remove(faultId) && !webhooks.remove(faultId)) return false;
      trace.add({ type: 'faultDisarmed', faultId });
      return true;
    },
    clear() {
      calls.replace([]);
      webhooks.replace([]);
    },
  };
}

interface About {
  readonly webhookFault?: WebhookFaultKind;
}

/** Whether each of these fields is the same in both, or left open by the fault. */
function isMatch<Field extends string>(
  match: Partial<Record<Field, string>>,
  found: Partial<Record<Field, string>>,
  fields: readonly Field[],
): boolean {
  return fields.every((field) => match[field] === undefined || match[field] === found[field]);
}
