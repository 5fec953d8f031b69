import { setTimeout as wait } from 'node:timers/promises';
import type { Webhook, WebhookDelivery } from '../delivery/webhookDelivery.ts';
import type { TraceLog } from '../trace/traceLog.ts';

/**
 * What can happen to a webhook on its way. `reorder` lets the app's next one pass first; without a next one it waits for
 * ever, as one that is held does. All of it happens at Meta, who promises neither order nor a single delivery.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export const webhookHarms = ['delay', 'duplicate', 'reorder', 'drop'] as const;
export type WebhookHarm = (typeof webhookHarms)[number];

/** Something to happen to the next webhooks. What is absent of app and kind matches every one. */
export interface WebhookFaultSpec {
  readonly harm: WebhookHarm;
  readonly appId?: string;
  readonly kind?: Webhook['kind'];
  /** How many webhooks, by default one. */
  readonly times?: number;
  /** For `delay`, in milliseconds of real time. Default 3000. */
  readonly delayMs?: number;
}

export interface WebhookFaults {
  /** The answer is the fault's id, as the event stream names it. */
  add(spec: WebhookFaultSpec): number;
  clear(): void;
}

export interface HarmedDelivery {
  readonly delivery: WebhookDelivery;
  readonly faults: WebhookFaults;
}

const defaultDelayMs = 3000;

/** A delivery with injected faults in front of it. */
export function withWebhookFaults(inner: WebhookDelivery, trace: TraceLog): HarmedDelivery {
  let waiting: { readonly id: number; readonly spec: WebhookFaultSpec; left: number }[] = [];
  const overtaken = new Map<string, () => void>();
  const stop = new AbortController();
  let count = 0;

  function take(webhook: Webhook): { readonly id: number; readonly spec: WebhookFaultSpec } | undefined {
    const found = waiting.find(
      ({ spec: { appId = webhook.appId, kind = webhook.kind } }) => appId === webhook.appId && kind === webhook.kind,
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left === 0) waiting = waiting.filter((fault) => fault !== found);
    const { appId, channel, kind, psid, item } = webhook;
    const { harm } = found.spec;
    const about = { appId, channel, kind, ...(psid === undefined ? {} : { psid }), payload: item };
    trace.add({ type: 'webhookHarmed', faultId: found.id, harm, ...about });
    return found;
  }

  function send(webhook: Webhook, answered: Promise<void>): void {
    const late = overtaken.get(webhook.appId);
    const harm = late === undefined ? take(webhook) : undefined;
    switch (harm?.spec.harm) {
      case 'drop':
        return;
      case 'reorder':
        overtaken.set(webhook.appId, () => inner.send(webhook, answered));
        return;
      case 'delay': {
        const delay = wait(harm.spec.delayMs ?? defaultDelayMs, undefined, { signal: stop.signal });
        inner.send(
          webhook,
          answered.then(() => delay.catch(() => undefined)),
        );
        return;
      }
      case 'duplicate':
        inner.send(webhook, answered);
        break;
      case undefined:
    }
    inner.send(webhook, answered);
    overtaken.delete(webhook.appId);
    late?.();
  }

  return {
    delivery: {
      ...inner,
      send,
      close() {
        stop.abort();
        inner.close();
      },
    },
    faults: {
      add(spec) {
        const times = spec.times ?? 1;
        if (!Number.isInteger(times) || times < 1) throw new RangeError('times has to be a whole number from 1.');
        count += 1;
        waiting.push({ id: count, spec, left: times });
        trace.add({ type: 'webhookFaultInjected', faultId: count, harm: spec.harm, times });
        return count;
      },
      clear() {
        waiting = [];
        overtaken.clear();
      },
    },
  };
}
