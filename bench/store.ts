import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createMemoryStore } from '../store/memory/memoryStore.ts';
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts';
import type { InboxEvent, Store } from '../store/store.ts';

/**
 * What the store costs: `node commands/launch.js bench/store.ts`. In one run, so that the ratios hold whatever the machine is:
 * durable accepts, whole lives (accept, claim, intent, result, completion), how long a commit holds the event loop, and
 * memory and start with many waiting events.
 */

const text = 'x'.repeat(700);

function eventOf(key: string, conversation: string): InboxEvent {
  return {
    key,
    conversation,
    kind: 'message',
    via: 'messaging',
    endpoint: 'webhook',
    payload: JSON.stringify({ text }),
  };
}

interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

async function measure(seconds: number, producers: number, once: (count: number) => Promise<void>): Promise<Measured> {
  const times = createHistogram();
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: producers }, async () => {
      while (performance.now() < end) {
        const begun = performance.now();
        await once((count += 1));
        times.record(Math.max(1, Math.round((performance.now() - begun) * 1000)));
      }
    }),
  );
  const perSecond = Math.round((times.count * 1000) / (performance.now() - startedAt));
  return { perSecond, p50Ms: times.percentile(50) / 1000, p99Ms: times.percentile(99) / 1000 };
}

async function liveOnce(store: Store): Promise<void> {
  const claim = await store.claim();
  if (claim === undefined) return;
  const entry = { kind: 'send', hash: 'h', detail: '{}', at: Date.now(), outcome: 'open' as const, result: '' };
  await store.journal.begin(claim.id, { ordinal: 0, ...entry });
  void store.journal.end(claim.id, 0, 'done', '{}');
  await store.complete(claim.id);
}

function print(name: string, { perSecond, p50Ms, p99Ms }: Measured): void {
  const cells = [
    name.padEnd(46),
    String(perSecond).padStart(8),
    p50Ms.toFixed(2).padStart(9),
    p99Ms.toFixed(2).padStart(9),
  ];
  process.stdout.write(`${cells.join('')}\n`);
}

async function benchEngine(name: string, store: Store, seconds: number): Promise<void> {
  const run = Math.random().toString(36).slice(2);
  for (const producers of [1, 32]) {
    const held = monitorEventLoopDelay({ resolution: 1 });
    held.enable();
    const accepts = await measure(seconds, producers, async (n) => {
      await store.accept([eventOf(`${run}-${producers}-${n}`, `page ${n % 500}`)]);
    });
    held.disable();
    print(`${name}, accept, ${producers} at once`, accepts);
    process.stdout.write(
      `${''.padEnd(8)}event loop held: p50 ${(held.percentile(50) / 1e6).toFixed(2)} ms, p99 ${(held.percentile(99) / 1e6).toFixed(2)} ms, max ${(held.max / 1e6).toFixed(1)} ms\n`,
    );
    await empty(store);
  }
  const held = monitorEventLoopDelay({ resolution: 1 });
  held.enable();
  const lives = await measure(seconds, 32, async (n) => {
    await store.accept([eventOf(`${run}-life-${n}`, `page ${n}`)]);
    await liveOnce(store);
  });
  held.disable();
  print(`${name}, accept + claim + intent + result + done, 32`, lives);
  process.stdout.write(
    `${''.padEnd(8)}event loop held: p50 ${(held.percentile(50) / 1e6).toFixed(2)} ms, p99 ${(held.percentile(99) / 1e6).toFixed(2)} ms, max ${(held.max / 1e6).toFixed(1)} ms\n`,
  );
}

async function empty(store: Store): Promise<void> {
  for (let claims = await claimSome(store); claims.length > 0; claims = await claimSome(store)) {
    await Promise.all(claims.map((id) => store.complete(id)));
  }
}

async function claimSome(store: Store): Promise<number[]> {
  const ids: number[] = [];
  for (let claim = await store.claim(); claim !== undefined && ids.length < 256; claim = await store.claim()) {
    ids.push(claim.id);
  }
  return ids;
}

async function benchStart(path: string): Promise<void> {
  const store = await openSqliteStore(path, { maxWaiting: 1_000_000 });
  const before = process.memoryUsage().rss;
  for (let batch = 0; batch < 100; batch += 1) {
    await store.accept(
      Array.from({ length: 1000 }, (_, n) => eventOf(`start-${batch}-${n}`, `page ${(batch * 1000 + n) % 50_000}`)),
    );
  }
  const grown = (process.memoryUsage().rss - before) / 1e6;
  process.stdout.write(
    `100,000 waiting: RSS +${grown.toFixed(0)} MB, file ${(statSync(path).size / 1e6).toFixed(0)} MB\n`,
  );
  await store.close();
  const openedAt = performance.now();
  const again = await openSqliteStore(path, { maxWaiting: 1_000_000 });
  const { waiting } = await again.counts();
  process.stdout.write(`opened with ${waiting} waiting in ${(performance.now() - openedAt).toFixed(0)} ms\n`);
  await again.close();
}

const seconds = Number(process.argv[2] ?? '3');
const folder = mkdtempSync(join(tmpdir(), 'store-bench-'));
try {
  process.stdout.write(
    `${'engine and work'.padEnd(46)}${'per s'.padStart(8)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}\n`,
  );
  const memory = createMemoryStore({ maxWaiting: 10_000_000 });
  await benchEngine('memory', memory, seconds);
  const sqlite = await openSqliteStore(join(folder, 'bench.db'), { maxWaiting: 10_000_000 });
  await benchEngine('SQLite, synced', sqlite, seconds);
  await sqlite.close();
  await benchStart(join(folder, 'start.db'));
} finally {
  rmSync(folder, { recursive: true });
}
