import type { BusyTracker } from '../busy.ts';
import type { Effect } from '../core/effects.ts';
import type { WebhookPost } from '../trace/emulatorEvent.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { signatureHeaders, webhookBytes } from './webhookBytes.ts';

export type Webhook = Extract<Effect, { readonly type: 'webhook' }>;

/** How several waiting webhooks of one app go out: one POST each, or together as entries, or as items of one entry. */
export type Batching = 'none' | 'entries' | 'items';

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
  /** Tries per POST, all at once one after the other. */
  readonly tries?: number;
  /** What Meta waits for an answer. */
  readonly limitMs?: number;
  readonly request?: typeof fetch;
}

export interface WebhookDelivery {
  /** Sends what was not sent before it in the same conversation to the same app, once `answered` has resolved. */
  readonly send: (webhook: Webhook, answered: Promise<void>) => void;
  /** Keeps an app's webhooks back until they are let go. Held ones do not keep `settled()` waiting. */
  hold(appId: string): void;
  letGo(appId: string): void;
  /** Ends what is under way; nothing more goes out. */
  close(): void;
}

interface Lane {
  readonly appId: string;
  readonly waiting: { readonly webhook: Webhook; readonly answered: Promise<void>; readonly end: () => void }[];
  running: boolean;
}

/**
 * Posts webhooks to the callbacks of apps: in order for each app and conversation, at the same time for different ones.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export function createWebhookDelivery(options: DeliveryOptions): WebhookDelivery {
  const { pageId, receiverOf, trace, busy, batching = 'none', tries = 3, limitMs = 5000, request = fetch } = options;
  const lanes = new Map<string, Lane>();
  const held = new Map<string, { webhook: Webhook; answered: Promise<void> }[]>();
  const stop = new AbortController();

  function send(webhook: Webhook, answered: Promise<void>): void {
    const { appId, psid } = webhook;
    const heldBack = held.get(appId);
    if (heldBack !== undefined) {
      heldBack.push({ webhook, answered });
      return;
    }
    // What goes out together may belong to several conversations, so then an app has one lane for all of them.
    const key = batching === 'none' ? `${appId}/${psid ?? ''}` : appId;
    const lane = lanes.get(key) ?? { appId, waiting: [], running: false };
    lanes.set(key, lane);
    lane.waiting.push({ webhook, answered, end: busy.begin() });
    if (!lane.running) void run(key, lane);
  }

  async function run(key: string, lane: Lane): Promise<void> {
    lane.running = true;
    while (lane.waiting.length > 0) {
      await lane.waiting[0]?.answered;
      const batch = lane.waiting.splice(0, batching === 'none' ? 1 : lane.waiting.length);
      await Promise.all(batch.map(({ answered }) => answered));
      if (!stop.signal.aborted) {
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
      forEach(webhooks, (about) =>
        trace.add({ type: 'webhookNotSent', because: 'The app has no callback URL.', ...about }),
      );
      return;
    }
    const bytes = webhookBytes({ object: 'page', entry: entriesOf(pageId, webhooks, batching) });
    const headers = { 'content-type': 'application/json', ...signatureHeaders(bytes, receiver.appSecret) };
    const sent: WebhookPost = { url: receiver.callbackUrl, headers, body: bytes.toString('ascii') };
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const outcome = await postOnce(receiver.callbackUrl, bytes, headers);
      if (stop.signal.aborted) return;
      const { status } = outcome;
      if (status !== undefined && status >= 200 && status < 300) {
        forEach(webhooks, (about) => trace.add({ type: 'webhookDelivered', ...about, status, attempt, post: sent }));
        return;
      }
      forEach(webhooks, (about) => trace.add({ type: 'webhookFailed', ...about, ...outcome, attempt, post: sent }));
    }
    forEach(webhooks, (about) => trace.add({ type: 'webhookGaveUp', ...about, attempts: tries }));
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
      await response.arrayBuffer();
      return { status: response.status, because: `The callback answered ${response.status}.` };
    } catch {
      return {
        because: timeout.aborted
          ? `The callback did not answer within ${limitMs} ms.`
          : 'The callback could not be reached.',
      };
    }
  }

  return {
    send,
    hold(appId) {
      if (!held.has(appId)) held.set(appId, []);
    },
    letGo(appId) {
      const kept = held.get(appId) ?? [];
      held.delete(appId);
      for (const { webhook, answered } of kept) send(webhook, answered);
    },
    close() {
      held.clear();
      stop.abort();
    },
  };
}

interface About {
  readonly appId: string;
  readonly channel: Webhook['channel'];
  readonly kind: Webhook['kind'];
  readonly psid?: string;
  readonly payload: unknown;
}

function forEach(webhooks: readonly Webhook[], add: (about: About) => void): void {
  for (const { appId, channel, kind, psid, item } of webhooks) {
    add({ appId, channel, kind, ...(psid === undefined ? {} : { psid }), payload: item });
  }
}

/** An entry that carries only standby items has no `messaging` key, as on Meta's wire. */
function entriesOf(pageId: string, webhooks: readonly Webhook[], batching: Batching): readonly object[] {
  const groups: Webhook[][] = [];
  for (const webhook of webhooks) {
    const last = groups.at(-1);
    if (batching === 'items' && last?.[0]?.channel === webhook.channel) last.push(webhook);
    else groups.push([webhook]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ id: pageId, time: first.timestamp, [first.channel]: group.map(({ item }) => item) }];
  });
}
