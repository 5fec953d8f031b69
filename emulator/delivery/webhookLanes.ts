import type { BusyTracker } from '../runtime/busy.ts';
import type { Batching, Webhook } from './webhookEntries.ts';
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
    const started = { key, appId, waiting: [entry] };
    this.#lanes.set(key, started);
    void this.#run(started);
  }

  async #run({ key, appId, waiting }: Lane): Promise<void> {
    while (waiting.length > 0) {
      await waiting[0]?.answered;
      const batch = waiting.splice(0, this.batching === 'none' ? 1 : waiting.length);
      await Promise.all(batch.map(({ answered }) => answered));
      const copies = Math.max(...batch.map((one) => one.copies));
      const webhooks = batch.map(({ webhook }) => webhook);
      for (let sent = 0; sent <= copies; sent += 1) await this.#poster.post(appId, webhooks, this.batching);
      if (waiting.length === 0) this.#lanes.delete(key);
      for (const { end } of batch) end();
    }
  }
}
