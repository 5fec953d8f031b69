import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, type Connection } from './connections.ts';
import type { EventRequest, NextEvent } from './events.ts';
import type { Platform } from './platform.ts';

/** What a load is put on, and where its replies arrive. */
export interface LoadTarget {
  url: URL;
  next: NextEvent;
  platform: Platform;
}

/** Times in milliseconds. */
export interface LoadResult {
  events: number;
  /** From the first request to the last reply, per second. */
  perSecond: number;
  /** From the first request to the last acknowledgement, per second. */
  acksPerSecond: number;
  ack: Times;
  reply: Times;
}

export interface Times {
  p50: number;
  p99: number;
}

/** Everybody gives up then: a server that lost an event would be waited for. */
const limitMs = 120_000;

/** Each connection sends its next event when the last one is acknowledged and its reply has come. */
export function closedLoop(target: LoadTarget, connections: number, ms: number): Promise<LoadResult> {
  return measure(target, connections, async (all, exchange) => {
    const end = performance.now() + ms;
    const work = all.map(async (connection) => {
      while (performance.now() < end) {
        const { acknowledged, replied } = exchange(connection, target.next());
        await Promise.all([acknowledged, replied]);
      }
    });
    await Promise.all(work);
  });
}

/** Each connection sends its next event as soon as the last one is acknowledged; the work piles up in the server under test. */
export function flood(target: LoadTarget, connections: number, events: number): Promise<LoadResult> {
  return measure(target, connections, async (all, exchange) => {
    let sent = 0;
    const before = target.platform.replies();
    const work = all.map(async (connection) => {
      while (sent < events) {
        sent += 1;
        await exchange(connection, target.next()).acknowledged;
      }
    });
    await Promise.all(work);
    // Several messages of one customer wait at once here, so replies are counted.
    while (target.platform.replies() - before < sent) await sleep(5);
  });
}

/** Events come at this rate whatever the server does. Times count from the moment at which the event was due. */
export function paced(target: LoadTarget, perSecond: number, seconds: number): Promise<LoadResult> {
  return measure(target, 64, async (all, exchange) => {
    const free = [...all];
    const total = Math.round(perSecond * seconds);
    const begun = performance.now();
    const open: Promise<unknown>[] = [];
    for (let sent = 0; sent < total;) {
      const due = begun + (sent * 1000) / perSecond;
      // In turn, so that none is idle for so long that the server ends it.
      const connection = due <= performance.now() ? free.shift() : undefined;
      if (connection === undefined) {
        await sleep(1);
        continue;
      }
      const { acknowledged, replied } = exchange(connection, target.next(), due);
      open.push(
        acknowledged.then(() => free.push(connection)),
        replied,
      );
      sent += 1;
    }
    target.platform.answerAfter(0);
    await Promise.all(open);
  });
}

type Exchange = (
  connection: Connection,
  event: EventRequest,
  since?: number,
) => { acknowledged: Promise<void>; replied: Promise<void> };

async function measure(
  { url, platform }: LoadTarget,
  connections: number,
  run: (all: readonly Connection[], exchange: Exchange) => Promise<void>,
): Promise<LoadResult> {
  const all = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  const [acks, replies] = [createHistogram(), createHistogram()];
  let lastAckAt = 0;
  const begun = performance.now();

  const exchange: Exchange = (connection, { psid, bytes }, since = performance.now()) => {
    const replied = platform.replyTo(psid).then(() => record(replies, since));
    const acknowledged = connection.send(bytes).then((status) => {
      if (status !== 200) throw new Error(`A server under test answered ${status}.`);
      record(acks, since);
      lastAckAt = performance.now();
    });
    return { acknowledged, replied };
  };

  try {
    await withinLimit(run(all, exchange));
  } finally {
    for (const connection of all) connection.close();
  }
  const seconds = (performance.now() - begun) / 1000;
  return {
    events: acks.count,
    perSecond: acks.count / seconds,
    acksPerSecond: (acks.count * 1000) / (lastAckAt - begun),
    ack: timesOf(acks),
    reply: timesOf(replies),
  };
}

async function withinLimit(work: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const limit = sleep(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error('A server under test did not end its work.');
  });
  limit.catch(() => undefined);
  try {
    await Promise.race([work, limit]);
  } finally {
    timer.abort();
  }
}

function record(histogram: RecordableHistogram, since: number): void {
  histogram.record(Math.max(1, Math.round((performance.now() - since) * 1000)));
}

function timesOf(histogram: RecordableHistogram): Times {
  return { p50: histogram.percentile(50) / 1000, p99: histogram.percentile(99) / 1000 };
}
