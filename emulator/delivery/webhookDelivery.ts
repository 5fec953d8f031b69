import type { BusyTracker } from '../runtime/busy.ts';
import { createClock, type AdvanceableClock } from '../runtime/clock.ts';
import type { InjectedFaults } from '../faults/injectedFaults.ts';
import type { WebhookPost } from '../trace/emulatorEvent.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { readLimitedBody } from '../limitedBody.ts';
import { createFailingApps } from './failingApps.ts';
import { signatureHeaders, webhookBytes } from './webhookBytes.ts';
import { entriesOf, forEachWebhook, type Batching, type Webhook } from './webhookEntries.ts';

/** Meta looks at the status alone. */
const maxAnswerBytes = 64 * 1024;

export type { Webhook };

export interface Receiver {
  readonly callbackUrl: string;
  readonly appSecret: string;
}

export interface DeliveryOptions {
  readonly pageId: string;
  /** The callback of an app, when it has one now. */
  readonly receiverOf: (appId: string) => Receiver | undefined;
  readonly trace: TraceLog;
  readonly busy: BusyTracker;
  readonly batching?: Batching;
  /** Tries per POST, all at once one after the other; afterwards it is put off. */
  readonly tries?: number;
  /** What Meta waits for an answer. */
  readonly limitMs?: number;
  readonly request?: typeof fetch;
  /** By which webhooks that failed, or are delayed, go out later. */
  readonly clock?: AdvanceableClock;
  readonly faults?: Pick<InjectedFaults, 'takeForWebhook'>;
  /** Unsubscribes an app whose callback has failed for an hour. */
  readonly disable?: (appId: string) => void;
}

export interface WebhookDelivery {
  /** Sends what was not sent before it in the same conversation to the same app, once `answered` has resolved. */
  readonly send: (webhook: Webhook, answered: Promise<void>) => void;
  /** Keeps an app's webhooks back until they are let go. Held ones do not keep `settled()` waiting. */
  hold(appId: string): void;
  /** Sends those that were held, in order, and those that wait for another one to overtake them. */
  release(appId: string): void;
  setBatching(batching: Batching): void;
  /** Forgets what was put off, delayed or held by a fault. */
  forget(): void;
  /** Ends what is under way; nothing more goes out. */
  close(): void;
}

interface Waiting {
  readonly webhook: Webhook;
  readonly answered: Promise<void>;
}

interface Queued extends Waiting {
  readonly end: () => void;
  /** How often it is sent again. */
  readonly copies: number;
}

interface Lane {
  readonly appId: string;
  readonly waiting: Queued[];
  running: boolean;
}

/** One POST: always the same bytes, however often it is tried. */
interface Parcel {
  readonly appId: string;
  readonly webhooks: readonly Webhook[];
  readonly bytes: Buffer;
  readonly headers: Record<string, string>;
  readonly attempts: number;
  /** How often it was put off. */
  readonly round: number;
}

const defaultDelayMs = 60_000;

/**
 * Posts webhooks to the callbacks of apps: in order for each app and conversation, at the same time for different ones. What
 * fails goes out again later and no longer in order, and does not keep `settled()` waiting.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export function createWebhookDelivery(options: DeliveryOptions): WebhookDelivery {
  const { pageId, receiverOf, trace, busy, tries = 3, limitMs = 5000, request = fetch } = options;
  const { clock = createClock(), faults, disable = () => undefined } = options;
  let { batching = 'none' } = options;
  const lanes = new Map<string, Lane>();
  const held = new Map<string, Waiting[]>();
  /** Held or waiting to be overtaken because of a fault, by app. */
  const aside = new Map<string, (Waiting & { readonly until: 'letGo' | 'overtaken' })[]>();
  const alarms = new Map<() => void, Parcel | undefined>();
  const failing = createFailingApps(clock.now);
  const stop = new AbortController();

  function send(webhook: Webhook, answered: Promise<void>): void {
    const { appId } = webhook;
    const heldBack = held.get(appId);
    if (heldBack !== undefined) {
      heldBack.push({ webhook, answered });
      return;
    }
    const fault = faults?.takeForWebhook(webhook);
    switch (fault?.fault) {
      case undefined:
        enqueue(webhook, answered, webhook.copies);
        return;
      case 'duplicate':
        enqueue(webhook, answered, fault.copies ?? 1);
        return;
      case 'drop':
        forEachWebhook([webhook], (about) =>
          trace.add({ type: 'webhookNotSent', because: 'An injected fault drops it.', ...about }),
        );
        return;
      case 'delay':
        later(fault.delayMs ?? defaultDelayMs, () => enqueue(webhook, answered));
        return;
      case 'hold':
      case 'reorder': {
        const until = fault.fault === 'hold' ? 'letGo' : 'overtaken';
        aside.set(appId, [...(aside.get(appId) ?? []), { webhook, answered, until }]);
      }
    }
  }

  function enqueue(webhook: Webhook, answered: Promise<void>, copies = 0): void {
    const { appId, psid } = webhook;
    // What goes out together may belong to several conversations, so then an app has one lane for all of them.
    const key = batching === 'none' ? `${appId}/${psid ?? ''}` : appId;
    const lane = lanes.get(key) ?? { appId, waiting: [], running: false };
    lanes.set(key, lane);
    lane.waiting.push({ webhook, answered, copies, end: busy.begin() });
    if (!lane.running) void run(key, lane);
    const kept = aside.get(appId) ?? [];
    const overtaken = kept.filter((one) => one.until === 'overtaken' && one.webhook.psid === psid);
    aside.set(
      appId,
      kept.filter((one) => !overtaken.includes(one)),
    );
    for (const one of overtaken) enqueue(one.webhook, one.answered);
  }

  /** Work for later, by the clock. With a parcel it is a webhook that failed. */
  function later(ms: number, work: () => void, parcel?: Parcel): void {
    const cancel = clock.after(ms, () => {
      alarms.delete(cancel);
      work();
    });
    alarms.set(cancel, parcel);
  }

  async function run(key: string, lane: Lane): Promise<void> {
    lane.running = true;
    while (lane.waiting.length > 0) {
      await lane.waiting[0]?.answered;
      const batch = lane.waiting.splice(0, batching === 'none' ? 1 : lane.waiting.length);
      await Promise.all(batch.map(({ answered }) => answered));
      const copies = Math.max(...batch.map((one) => one.copies));
      for (let sent = 0; sent <= copies && !stop.signal.aborted; sent += 1) {
        await post(
          lane.appId,
          batch.map(({ webhook }) => webhook),
        );
      }
      if (lane.waiting.length === 0) lanes.delete(key);
      for (const { end } of batch) end();
    }
    lane.running = false;
  }

  async function post(appId: string, webhooks: readonly Webhook[]): Promise<void> {
    const receiver = receiverOf(appId);
    if (receiver === undefined) {
      forEachWebhook(webhooks, (about) =>
        trace.add({ type: 'webhookNotSent', because: 'The app has no callback URL.', ...about }),
      );
      return;
    }
    const bytes = webhookBytes({ object: 'page', entry: entriesOf(pageId, webhooks, batching) });
    const headers = { 'content-type': 'application/json', ...signatureHeaders(bytes, receiver.appSecret) };
    await tryToPost({ appId, webhooks, bytes, headers, attempts: 0, round: 0 }, tries);
  }

  async function tryToPost(parcel: Parcel, times: number): Promise<void> {
    const { appId, webhooks, bytes, headers, attempts: before, round } = parcel;
    for (let attempt = before + 1; attempt <= before + times; attempt += 1) {
      const receiver = receiverOf(appId);
      if (receiver === undefined) return;
      const post: WebhookPost = { url: receiver.callbackUrl, headers, body: bytes.toString('ascii') };
      const outcome = await postOnce(receiver.callbackUrl, bytes, headers);
      if (stop.signal.aborted) return;
      const { status } = outcome;
      if (status !== undefined && status >= 200 && status < 300) {
        failing.succeeded(appId);
        forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookDelivered', ...about, status, attempt, post }));
        return;
      }
      forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookFailed', ...about, ...outcome, attempt, post }));
    }
    const attempts = before + times;
    const decision = failing.failed(appId, round);
    if (decision.next === 'disable') {
      giveUp(appId, { ...parcel, attempts });
      return;
    }
    const { pauseMs, alert } = decision;
    if (alert === 'now') trace.add({ type: 'webhooksFailing', appId });
    forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookPostponed', ...about, attempts, pauseMs }));
    const next = { ...parcel, attempts, round: round + 1 };
    later(
      pauseMs,
      () => {
        const end = busy.begin();
        void tryToPost(next, 1).finally(end);
      },
      next,
    );
  }

  /** The app is unsubscribed: this webhook and all others of it that wait for another try are lost. */
  function giveUp(appId: string, parcel: Parcel): void {
    const lost = [parcel];
    for (const [cancel, waiting] of alarms) {
      if (waiting?.appId !== appId) continue;
      cancel();
      alarms.delete(cancel);
      lost.push(waiting);
    }
    for (const { webhooks, attempts } of lost) {
      forEachWebhook(webhooks, (about) => trace.add({ type: 'webhookGaveUp', ...about, attempts }));
    }
    trace.add({ type: 'webhooksDisabled', appId });
    disable(appId);
  }

  async function postOnce(
    url: string,
    bytes: Buffer,
    headers: Record<string, string>,
  ): Promise<{ status?: number; because: string }> {
    const timeout = AbortSignal.timeout(limitMs);
    try {
      const response = await request(url, {
        method: 'POST',
        body: new Uint8Array(bytes),
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, stop.signal]),
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

  function forget(): void {
    for (const cancel of alarms.keys()) cancel();
    alarms.clear();
    aside.clear();
    failing.clear();
  }

  return {
    send,
    hold(appId) {
      if (!held.has(appId)) held.set(appId, []);
    },
    release(appId) {
      const kept = held.get(appId) ?? [];
      held.delete(appId);
      const putAside = aside.get(appId) ?? [];
      aside.delete(appId);
      for (const { webhook, answered } of putAside) enqueue(webhook, answered);
      for (const { webhook, answered } of kept) send(webhook, answered);
    },
    setBatching(wanted) {
      batching = wanted;
    },
    forget,
    close() {
      forget();
      held.clear();
      stop.abort();
    },
  };
}
