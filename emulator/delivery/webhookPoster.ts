import type { InjectedFaults } from '../faults/injectedFaults.ts';
import { readLimitedBody } from '../limitedBody.ts';
import type { BusyTracker } from '../runtime/busy.ts';
import type { AdvanceableClock } from '../runtime/clock.ts';
import type { WebhookPost } from '../trace/emulatorEvent.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { createFailingApps } from './failingApps.ts';
import { signatureHeaders, webhookBytes } from './webhookBytes.ts';
import { entriesOf, forEachWebhook, type Batching, type Webhook } from './webhookEntries.ts';

/** Meta looks only at the status. */
const maxAnswerBytes = 64 * 1024;

export interface Receiver {
  readonly callbackUrl: string;
  readonly appSecret: string;
}

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
  /** How long Meta waits for an answer, in ms. Default: 5000. */
  readonly limitMs?: number;
  readonly request?: typeof fetch;
  readonly faults?: Pick<InjectedFaults, 'takeForAttempt'>;
  /** Unsubscribes an app whose callback has failed for an hour. */
  readonly disable?: (appId: string) => void;
}

/** Without a status where no answer came. */
interface Answer {
  readonly status?: number;
  readonly because: string;
}

/** One POST: always the same bytes, however often it is tried. */
interface Parcel {
  readonly appId: string;
  readonly webhooks: readonly Webhook[];
  readonly bytes: Buffer;
  readonly headers: Record<string, string>;
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
  readonly #options: Required<Omit<PosterOptions, 'batching' | 'faults'>> & Pick<PosterOptions, 'faults'>;
  readonly #failing: ReturnType<typeof createFailingApps>;
  /** Parcels that wait for a retry, by the function that cancels it. */
  readonly #retries = new Map<() => void, Parcel>();
  readonly #closing = new AbortController();

  constructor({ tries = 3, limitMs = 5000, request = fetch, disable = () => undefined, ...options }: PosterOptions) {
    this.#options = { ...options, tries, limitMs, request, disable };
    this.#failing = createFailingApps(options.clock.now);
  }

  /** Resolves when the app has taken the webhooks or they are postponed. */
  async post(appId: string, webhooks: readonly Webhook[], batching: Batching): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { pageId, receiverOf, trace, tries } = this.#options;
    const receiver = receiverOf(appId);
    if (receiver === undefined) {
      forEachWebhook(webhooks, (about) =>
        trace.add({ type: 'webhookNotSent', because: 'The app has no callback URL.', ...about }),
      );
      return;
    }
    const bytes = webhookBytes({ object: 'page', entry: entriesOf(pageId, webhooks, batching) });
    const headers = { 'content-type': 'application/json', ...signatureHeaders(bytes, receiver.appSecret) };
    await this.#tryToPost({ appId, webhooks, bytes, headers, attempts: 0, round: 0 }, tries);
  }

  /** Cancels all retries. */
  forget(): void {
    for (const cancel of this.#retries.keys()) cancel();
    this.#retries.clear();
    this.#failing.clear();
  }

  close(): void {
    this.forget();
    this.#closing.abort();
  }

  async #tryToPost(parcel: Parcel, times: number): Promise<void> {
    const { receiverOf, trace } = this.#options;
    const { appId, webhooks, bytes, headers, attempts: before } = parcel;
    for (let attempt = before + 1; attempt <= before + times; attempt += 1) {
      const receiver = receiverOf(appId);
      if (receiver === undefined) return;
      const post: WebhookPost = { url: receiver.callbackUrl, headers, body: bytes.toString('ascii') };
      const outcome = await this.#attempt(parcel, receiver.callbackUrl);
      if (this.#closing.signal.aborted) return;
      const { status } = outcome;
      if (status !== undefined && status >= 200 && status < 300) {
        this.#failing.succeeded(appId);
        forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookDelivered', ...about, status, attempt, post }));
        return;
      }
      forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookFailed', ...about, ...outcome, attempt, post }));
    }
    this.#postpone({ ...parcel, attempts: before + times });
  }

  /** Schedules the next attempt, or gives up after an hour of failures. */
  #postpone(parcel: Parcel): void {
    const { trace, clock, busy } = this.#options;
    const { appId, webhooks, attempts, round } = parcel;
    const decision = this.#failing.failed(appId, round);
    if (decision.next === 'disable') {
      this.#giveUp(parcel);
      return;
    }
    const { pauseMs, alert } = decision;
    if (alert === 'now') trace.add({ type: 'webhooksFailing', appId });
    forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookPostponed', ...about, attempts, pauseMs }));
    const next = { ...parcel, round: round + 1 };
    const cancel = clock.after(pauseMs, () => {
      this.#retries.delete(cancel);
      const end = busy.begin();
      void this.#tryToPost(next, 1).finally(end);
    });
    this.#retries.set(cancel, next);
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
    for (const { webhooks, attempts } of lost) {
      forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookGaveUp', ...about, attempts }));
    }
    trace.add({ type: 'webhooksDisabled', appId: parcel.appId });
    disable(parcel.appId);
  }

  /** Posts once, unless an injected fault keeps the webhooks from the callback or its answer from Meta. */
  async #attempt(parcel: Parcel, url: string): Promise<Answer> {
    switch (this.#options.faults?.takeForAttempt(parcel.webhooks)?.fault) {
      case 'refuse':
        return { status: 503, because: 'An injected fault refuses it.' };
      case 'timeout':
        return { because: 'An injected fault lets it wait for an answer in vain.' };
      case 'loseAnswer':
        await this.#postOnce(parcel, url);
        return { because: 'An injected fault loses the answer of the callback.' };
      default:
        return this.#postOnce(parcel, url);
    }
  }

  async #postOnce({ bytes, headers }: Parcel, url: string): Promise<Answer> {
    const { request, limitMs } = this.#options;
    const timeout = AbortSignal.timeout(limitMs);
    try {
      const response = await request(url, {
        method: 'POST',
        body: new Uint8Array(bytes),
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#closing.signal]),
      });
      await readLimitedBody(response, maxAnswerBytes);
      return { status: response.status, because: `The callback answered ${response.status}.` };
    } catch {
      return {
        because: timeout.aborted
          ? `The callback did not answer within ${limitMs} ms.`
          : 'The callback could not be reached.',
      };
    }
  }
}
