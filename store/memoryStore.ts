import type { Acceptance, Claim, Delivery, Store, StoreCounts } from './store.ts';

export interface MemoryStoreOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  /** How long a key is remembered, in milliseconds. Default: 7 days, well beyond the time in which Meta redelivers. */
  keyRetentionMs?: number;
  /** How many keys are remembered at most; beyond it the oldest are forgotten first. Default: 200,000. */
  maxKeys?: number;
}

interface Conversation {
  waiting: Claim[];
  claimed: boolean;
}

/**
 * The engine that keeps everything in this process: order and single handling hold, a crash loses what has not run yet.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { now = Date.now, keyRetentionMs = 7 * 24 * 60 * 60 * 1000, maxKeys = 200_000 } = options;
  /** Key to the time of acceptance, oldest first: a Map keeps the order of insertion. */
  const keys = new Map<string, number>();
  const conversations = new Map<string, Conversation>();
  /** Conversations with something waiting and nothing claimed, in the order in which they became so. */
  const ready = new Set<string>();
  /** Claim id to its conversation. */
  const claimed = new Map<number, string>();
  let lastId = 0;
  let waiting = 0;
  let failed = 0;

  function forgetOldKeys(): void {
    const oldest = now() - keyRetentionMs;
    for (const [key, acceptedAt] of keys) {
      if (acceptedAt > oldest && keys.size <= maxKeys) return;
      keys.delete(key);
    }
  }

  function enqueue(delivery: Delivery): void {
    const conversation = conversations.get(delivery.conversation) ?? { waiting: [], claimed: false };
    conversations.set(delivery.conversation, conversation);
    conversation.waiting.push({ id: ++lastId, delivery });
    waiting += 1;
    if (!conversation.claimed) ready.add(delivery.conversation);
  }

  function release(id: number): void {
    const name = claimed.get(id);
    const conversation = name === undefined ? undefined : conversations.get(name);
    if (name === undefined || conversation === undefined) throw new Error(`Delivery ${id} is not in work.`);
    claimed.delete(id);
    conversation.claimed = false;
    if (conversation.waiting.length > 0) ready.add(name);
    else conversations.delete(name);
  }

  function accept(deliveries: readonly Delivery[]): Acceptance {
    let accepted = 0;
    for (const delivery of deliveries) {
      if (keys.has(delivery.key)) continue;
      keys.set(delivery.key, now());
      enqueue(delivery);
      accepted += 1;
    }
    forgetOldKeys();
    return { accepted, duplicates: deliveries.length - accepted };
  }

  function claim(): Claim | undefined {
    for (const name of ready) {
      ready.delete(name);
      const conversation = conversations.get(name);
      const next = conversation?.waiting.shift();
      if (conversation === undefined || next === undefined) continue;
      conversation.claimed = true;
      claimed.set(next.id, name);
      waiting -= 1;
      return next;
    }
    return undefined;
  }

  return {
    accept: (deliveries) => Promise.resolve(accept(deliveries)),
    claim: () => Promise.resolve(claim()),
    complete: async (id) => {
      await Promise.resolve();
      release(id);
    },
    fail: async (id) => {
      await Promise.resolve();
      release(id);
      failed += 1;
    },
    counts: () => Promise.resolve<StoreCounts>({ waiting, claimed: claimed.size, failed }),
    close: () => Promise.resolve(),
  };
}
