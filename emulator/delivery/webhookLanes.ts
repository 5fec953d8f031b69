import type { BusyTracker } from '../runtime/busy.ts';
import type { Batching, Webhook } from './webhookEntries.ts';
import type { WaitingWebhook } from './pendingDeliveries.ts';
import type { WebhookPoster } from './webhookPoster.ts';

export interface QueuedWebhook {
  readonly webhook: Webhook;
  /** Resolves when the Graph call that caused the webhook has been answered. */
  readonly answered: Promise<void>;
}

interface Entry extends QueuedWebhook {
  /** How many more times it is sent. */
  readonly copies: number;
  readonly end: () => void;
}

interface Lane {
  readonly key: string;
  readonly appId: string;
  readonly waiting: Entry[];
  /** What is being posted. */
  underWay: readonly Entry[];
}

/** A queue per app and conversation. Each is sent in order, different ones in parallel. */
export class WebhookLanes {
  batching: Batching;
  readonly #poster: WebhookPoster;
  readonly #busy: BusyTracker;
  readonly #lanes = new Map<string, Lane>();

  constructor(
    poster: WebhookPoster,
    { busy, batching = 'none' }: { readonly busy: BusyTracker; readonly batching?: Batching },
  ) {
    this.batching = batching;
    this.#poster = poster;
    this.#busy = busy;
  }

  add(queued: QueuedWebhook, copies: number): void {
    const { appId, psid } = queued.webhook;
    // Batches may mix conversations, so with batching an app has one lane for all of them.
    const key = this.batching === 'none' ? `${appId}/${psid ?? ''}` : appId;
    const entry = { ...queued, copies, end: this.#busy.begin() };
    const lane = this.#lanes.get(key);
    if (lane !== undefined) {
      lane.waiting.push(entry);
      return;
    }
    const started: Lane = { key, appId, waiting: [entry], underWay: [] };
    this.#lanes.set(key, started);
    void this.#run(started);
  }

  /** Everything that is not delivered yet, in order, with what is being posted. */
  waiting(): readonly WaitingWebhook[] {
    return [...this.#lanes.values()]
      .flatMap(({ underWay, waiting }) => [...underWay, ...waiting])
      .map(({ webhook, copies }) => ({ webhook, copies }));
  }

  /** Forgets what waits. What is being posted cannot be called back. */
  forget(): void {
    for (const { waiting } of this.#lanes.values()) {
      for (const { end } of waiting.splice(0)) end();
    }
  }

  async #run(lane: Lane): Promise<void> {
    const { key, appId, waiting } = lane;
    while (waiting.length > 0) {
      await waiting[0]?.answered;
      const batch = waiting.splice(0, this.batching === 'none' ? 1 : waiting.length);
      lane.underWay = batch;
      await Promise.all(batch.map(({ answered }) => answered));
      const copies = Math.max(...batch.map((one) => one.copies));
      const webhooks = batch.map(({ webhook }) => webhook);
      for (let sent = 0; sent <= copies; sent += 1) await this.#poster.post(appId, webhooks, this.batching);
      lane.underWay = [];
      if (waiting.length === 0) this.#lanes.delete(key);
      for (const { end } of batch) end();
    }
  }
}
