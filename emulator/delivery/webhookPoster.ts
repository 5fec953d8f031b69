import type { BusyTracker } from '../runtime/busy.ts';
import type { AdvanceableClock } from '../runtime/clock.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import type { Delivery, DeliveryLog } from './deliveryLog.ts';
import type { PendingDeliveries } from './pendingDeliveries.ts';
import { createFailingApps } from './failingApps.ts';
import { isTaken, type Attempts, type Receiver } from './postAttempts.ts';
import { webhookBytes } from './webhookBytes.ts';
import { entriesOf, forEachWebhook, type Batching, type Webhook } from './webhookEntries.ts';

export interface PosterOptions {
  readonly pageId: string;
  /** The callback of an app, if it has one now. */
  readonly receiverOf: (appId: string) => Receiver | undefined;
  readonly trace: TraceLog;
  readonly busy: BusyTracker;
  /** Times the retries. */
  readonly clock: AdvanceableClock;
  readonly batching?: Batching;
  /** Immediate attempts per POST. After them it waits for a later retry. Default: 3. */
  readonly tries?: number;
  readonly attempts: Attempts;
  /** Where every POST is noted. */
  readonly log: DeliveryLog;
  /** Nothing goes out once it is aborted. */
  readonly closing: AbortSignal;
  /** Unsubscribes an app whose callback has failed for an hour. */
  readonly disable?: (appId: string) => void;
}

/** One POST: always the same bytes, however often it is tried. */
interface Parcel extends Delivery {
  readonly attempts: number;
  /** How often it was postponed. */
  readonly round: number;
}

/**
 * Signs and posts webhooks. A failed one is retried later, no longer in order, and `settled()` does not wait for it. After an
 * hour of failures the app is unsubscribed and its webhooks are lost.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export class WebhookPoster {
  readonly #options: Required<Omit<PosterOptions, 'batching'>>;
  readonly #failing: ReturnType<typeof createFailingApps>;
  /** Parcels that wait for a retry, by the function that cancels it. */
  readonly #retries = new Map<() => void, Parcel & { readonly dueAt: number }>();
  /** Parcels that are being tried again now. */
  readonly #retried = new Set<Parcel>();
  /** Changes when everything is forgotten, what is on its way included. */
  #epoch = {};

  constructor({ tries = 3, disable = () => undefined, ...options }: PosterOptions) {
    this.#options = { ...options, tries, disable };
    this.#failing = createFailingApps(options.clock.now);
  }

  /** Resolves when the app has taken the webhooks or they are postponed. */
  async post(appId: string, webhooks: readonly Webhook[], batching: Batching): Promise<void> {
    const { pageId, receiverOf, trace, tries, clock, log, closing } = this.#options;
    if (closing.aborted) return;
    if (receiverOf(appId) === undefined) {
      forEachWebhook(webhooks, (about) =>
        trace.add({ type: 'webhookNotSent', because: 'The app has no callback URL.', ...about }),
      );
      return;
    }
    const bytes = webhookBytes({ object: 'page', entry: entriesOf(pageId, webhooks, batching) });
    const delivery = log.add({ at: clock.now(), appId, webhooks, bytes });
    await this.#tryToPost({ ...delivery, attempts: 0, round: 0 }, tries);
  }

  /** Cancels all retries. */
  forget(): void {
    for (const cancel of this.#retries.keys()) cancel();
    this.#retries.clear();
    this.#retried.clear();
    this.#epoch = {};
    this.#failing.clear();
  }

  /** What is tried again later, and since when callbacks fail. */
  pending(): Pick<PendingDeliveries, 'retries' | 'failing'> {
    const now = this.#options.clock.now();
    const retries = [...[...this.#retried].map((parcel) => ({ ...parcel, dueAt: now })), ...this.#retries.values()];
    return {
      retries: retries.map(({ dueAt, at, appId, webhooks, bytes, attempts, round }) => ({
        ...{ dueAt, at, appId, webhooks, attempts, round },
        body: bytes.toString('ascii'),
      })),
      failing: this.#failing.all(),
    };
  }

  /** Goes on with what was pending elsewhere, in the place of everything here. */
  restore({ retries, failing }: Pick<PendingDeliveries, 'retries' | 'failing'>): void {
    this.forget();
    this.#failing.replace(failing);
    for (const { dueAt, at, appId, webhooks, body, attempts, round } of retries) {
      const delivery = this.#options.log.add({ at, appId, webhooks, bytes: Buffer.from(body, 'ascii') });
      this.#retryAt(dueAt, { ...delivery, attempts, round });
    }
  }

  async #tryToPost(parcel: Parcel, times: number): Promise<void> {
    const { receiverOf, trace, attempts, closing } = this.#options;
    const { appId, webhooks, deliveryId, attempts: before } = parcel;
    const epoch = this.#epoch;
    for (let attempt = before + 1; attempt <= before + times; attempt += 1) {
      const receiver = receiverOf(appId);
      if (receiver === undefined || epoch !== this.#epoch) return;
      const { answer, post } = await attempts.post(parcel, receiver);
      if (closing.aborted) return;
      const { status } = answer;
      const told = { attempt, post, deliveryId };
      if (isTaken(status)) {
        this.#failing.succeeded(appId);
        forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookDelivered', ...about, status, ...told }));
        return;
      }
      forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookFailed', ...about, ...answer, ...told }));
    }
    if (epoch === this.#epoch) this.#postpone({ ...parcel, attempts: before + times });
  }

  /** Schedules the next attempt, or gives up after an hour of failures. */
  #postpone(parcel: Parcel): void {
    const { trace, clock } = this.#options;
    const { appId, webhooks, attempts, round, deliveryId } = parcel;
    const decision = this.#failing.failed(appId, round);
    if (decision.next === 'disable') {
      this.#giveUp(parcel);
      return;
    }
    const { pauseMs, alert } = decision;
    if (alert === 'now') trace.add({ type: 'webhooksFailing', appId });
    forEachWebhook(webhooks, (about) =>
      trace.add({ type: 'webhookPostponed', ...about, attempts, pauseMs, deliveryId }),
    );
    this.#retryAt(clock.now() + pauseMs, { ...parcel, round: round + 1 });
  }

  #retryAt(dueAt: number, parcel: Parcel): void {
    const { clock, busy } = this.#options;
    const cancel = clock.after(dueAt - clock.now(), () => {
      this.#retries.delete(cancel);
      this.#retried.add(parcel);
      const end = busy.begin();
      void this.#tryToPost(parcel, 1).finally(() => {
        this.#retried.delete(parcel);
        end();
      });
    });
    this.#retries.set(cancel, { ...parcel, dueAt });
  }

  /** Unsubscribes the app. This parcel and all others of the app that wait for a retry are lost. */
  #giveUp(parcel: Parcel): void {
    const { trace, disable } = this.#options;
    const lost = [parcel];
    for (const [cancel, waiting] of this.#retries) {
      if (waiting.appId !== parcel.appId) continue;
      cancel();
      this.#retries.delete(cancel);
      lost.push(waiting);
    }
    for (const { webhooks, attempts, deliveryId } of lost) {
      forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookGaveUp', ...about, attempts, deliveryId }));
    }
    trace.add({ type: 'webhooksDisabled', appId: parcel.appId });
    disable(parcel.appId);
  }
}
