import type { AdvanceableClock } from '../runtime/clock.ts';
import type { InjectedFaults } from '../faults/injectedFaults.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { forEachWebhook, type Batching, type Webhook } from './webhookEntries.ts';
import { WebhookLanes, type QueuedWebhook } from './webhookLanes.ts';
import { createDeliveryLog, type Delivery } from './deliveryLog.ts';
import type { PendingDeliveries } from './pendingDeliveries.ts';
import { createAttempts, type Answer, type AttemptOptions } from './postAttempts.ts';
import { redeliver, type RedeliveryParts } from './redeliver.ts';
import { WebhookPoster, type PosterOptions } from './webhookPoster.ts';

export type { Webhook };
export type { Receiver } from './postAttempts.ts';

export interface DeliveryOptions
  extends Omit<PosterOptions, 'attempts' | 'log' | 'closing'>, Omit<AttemptOptions, 'faults'> {
  readonly faults?: Pick<InjectedFaults, 'takeForWebhook' | 'takeForAttempt'>;
}

/** A webhook that a fault holds until the app is released, or until the next one of its conversation has overtaken it. */
interface HeldByFault {
  readonly queued: QueuedWebhook;
  readonly until: 'released' | 'overtaken';
}

const defaultDelayMs = 60_000;
const atOnce = Promise.resolve();

/**
 * Posts webhooks to the callbacks of apps: in order per app and conversation, in parallel otherwise. Injected faults drop,
 * duplicate, delay, reorder or hold them here; those of single attempts are the poster's.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export class WebhookDelivery {
  readonly #trace: TraceLog;
  readonly #clock: AdvanceableClock;
  readonly #faults: DeliveryOptions['faults'];
  readonly #redelivery: RedeliveryParts;
  readonly #closing = new AbortController();
  readonly #poster: WebhookPoster;
  readonly #lanes: WebhookLanes;
  /** Webhooks of held apps. */
  readonly #held = new Map<string, QueuedWebhook[]>();
  readonly #heldByFault = new Map<string, HeldByFault[]>();
  /** Webhooks that a fault delays, by the function that cancels it. */
  readonly #delayed = new Map<() => void, { readonly dueAt: number; readonly webhook: Webhook }>();

  constructor(options: DeliveryOptions) {
    this.#trace = options.trace;
    this.#clock = options.clock;
    this.#faults = options.faults;
    const { signal: closing } = this.#closing;
    const parts = { ...options, closing, attempts: createAttempts(options, closing), log: createDeliveryLog() };
    this.#redelivery = parts;
    this.#poster = new WebhookPoster(parts);
    this.#lanes = new WebhookLanes(this.#poster, options);
  }

  /** Queues a webhook behind earlier ones of the same app and conversation. It goes out once `answered` has resolved. */
  send(webhook: Webhook, answered: Promise<void>): void {
    const queued = { webhook, answered };
    const held = this.#held.get(webhook.appId);
    if (held !== undefined) {
      held.push(queued);
      return;
    }
    const fault = this.#faults?.takeForWebhook(webhook);
    switch (fault?.fault) {
      case 'duplicate':
        this.#enqueue(queued, fault.copies ?? 1);
        return;
      case 'drop':
        forEachWebhook([webhook], (about) =>
          this.#trace.add({ type: 'webhookNotSent', because: 'An injected fault drops it.', ...about }),
        );
        return;
      case 'delay':
        this.#enqueueAt(this.#clock.now() + (fault.delayMs ?? defaultDelayMs), queued);
        return;
      case 'hold':
        this.#holdByFault({ queued, until: 'released' });
        return;
      case 'reorder':
        this.#holdByFault({ queued, until: 'overtaken' });
        return;
      default:
        this.#enqueue(queued, webhook.copies);
    }
  }

  /** Holds the webhooks of an app until `release`. `settled()` does not wait for them. */
  hold(appId: string): void {
    if (!this.#held.has(appId)) this.#held.set(appId, []);
  }

  /** Sends the held webhooks of an app in order, including those held by a fault. */
  release(appId: string): void {
    const held = this.#held.get(appId) ?? [];
    this.#held.delete(appId);
    const heldByFault = this.#heldByFault.get(appId) ?? [];
    this.#heldByFault.delete(appId);
    for (const { queued } of heldByFault) this.#enqueue(queued);
    for (const { webhook, answered } of held) this.send(webhook, answered);
  }

  /** The latest POSTs, the oldest first. */
  deliveries(): readonly Delivery[] {
    return this.#redelivery.log.all();
  }

  /** As `redeliver`. What is held or waits has no part in it. */
  redeliver(deliveryId: number): Promise<Answer> {
    return redeliver(deliveryId, this.#redelivery);
  }

  setBatching(batching: Batching): void {
    this.#lanes.batching = batching;
  }

  /** Forgets webhooks that wait for another attempt, are delayed or are held by a fault. */
  forget(): void {
    for (const cancel of this.#delayed.keys()) cancel();
    this.#delayed.clear();
    this.#heldByFault.clear();
    this.#poster.forget();
  }

  /** Everything that is not over yet. What is being posted is in it too, since nobody knows whether it will arrive. */
  pending(): PendingDeliveries {
    return {
      batching: this.#lanes.batching,
      waiting: this.#lanes.waiting(),
      held: [...this.#held].map(([appId, held]) => ({ appId, webhooks: held.map(({ webhook }) => webhook) })),
      heldByFault: [...this.#heldByFault.values()].flat().map(({ until, queued: { webhook } }) => ({ until, webhook })),
      delayed: [...this.#delayed.values()],
      ...this.#poster.pending(),
    };
  }

  /** Goes on with what was pending elsewhere, in the place of everything here. */
  restore({ batching, waiting, held, heldByFault, delayed, retries, failing }: PendingDeliveries): void {
    this.forget();
    this.#held.clear();
    this.#lanes.forget();
    this.#lanes.batching = batching;
    this.#poster.restore({ retries, failing });
    for (const { appId, webhooks } of held) {
      this.#held.set(
        appId,
        webhooks.map((webhook) => ({ webhook, answered: atOnce })),
      );
    }
    for (const { until, webhook } of heldByFault) this.#holdByFault({ until, queued: { webhook, answered: atOnce } });
    for (const { dueAt, webhook } of delayed) this.#enqueueAt(dueAt, { webhook, answered: atOnce });
    for (const { webhook, copies } of waiting) this.#lanes.add({ webhook, answered: atOnce }, copies);
  }

  /** Aborts what is in flight; nothing more goes out. */
  close(): void {
    this.forget();
    this.#held.clear();
    this.#closing.abort();
  }

  #enqueue(queued: QueuedWebhook, copies = 0): void {
    this.#lanes.add(queued, copies);
    const { appId, psid } = queued.webhook;
    const heldByFault = this.#heldByFault.get(appId) ?? [];
    const isOvertaken = (one: HeldByFault): boolean => one.until === 'overtaken' && one.queued.webhook.psid === psid;
    this.#heldByFault.set(
      appId,
      heldByFault.filter((one) => !isOvertaken(one)),
    );
    for (const one of heldByFault.filter(isOvertaken)) this.#enqueue(one.queued);
  }

  #enqueueAt(dueAt: number, queued: QueuedWebhook): void {
    const cancel = this.#clock.after(dueAt - this.#clock.now(), () => {
      this.#delayed.delete(cancel);
      this.#enqueue(queued);
    });
    this.#delayed.set(cancel, { dueAt, webhook: queued.webhook });
  }

  #holdByFault(held: HeldByFault): void {
    const { appId } = held.queued.webhook;
    this.#heldByFault.set(appId, [...(this.#heldByFault.get(appId) ?? []), held]);
  }
}
