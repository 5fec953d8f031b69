import { Registry } from 'prom-client';
import { createEventAge } from '../store/eventAge.ts';
import type { PageState } from '../turns/pageBackoff.ts';
import type { Store } from '../store/store.ts';
import type { RunnerState } from '../turns/turnRunner.ts';
import { createCounters, endpointLabels, pauseReasons, type AnswerOutcome } from './counters.ts';
import { collectProcessMetrics } from './processMetrics.ts';
import { createHandoverMetrics } from './handoverMetrics.ts';
import { collectPageMetrics } from './pageMetrics.ts';
import { collectStoreMetrics } from './storeMetrics.ts';
import { collectTurnMetrics } from './turnMetrics.ts';
import type { Observer } from './observer.ts';

export interface MetricsOptions {
  store: Pick<Store, 'counts' | 'oldestOpen' | 'health' | 'deadLetters' | 'sizes' | 'onCommit' | 'timers'>;
  /** Pages whose turns are held back, by name. */
  pages: () => ReadonlyMap<string, PageState>;
  /** The state of the turns. */
  turns: () => RunnerState;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** A clock for durations, in milliseconds. */
  monotonicNow?: () => number;
}

/** Counts what the bot does and prints it for Prometheus. */
export interface Metrics extends Observer {
  readonly contentType: string;
  /** All metrics as of now. Figures that the store cannot tell at the moment are `NaN`. */
  text(): Promise<string>;
  readonly close: () => void;
}

/**
 * Each server has its own registry, so that several can run in one process. All label values are known beforehand: none holds a customer's
 * id, a page's name or anything that a sender chose.
 *
 * Source: https://prometheus.io/docs/practices/naming/
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { store, pages, turns: turnsNow, now = Date.now, monotonicNow = () => performance.now() } = options;
  const ageOf = createEventAge({ now, monotonicNow });
  const registry = new Registry();
  const counters = createCounters(registry);
  const stopWatchingProcess = collectProcessMetrics(registry);
  collectStoreMetrics(registry, store, ageOf);
  collectTurnMetrics(registry, turnsNow);
  const handovers = createHandoverMetrics(registry);
  collectPageMetrics(registry, { pages, health: () => store.health() });

  let droppedBefore = { deadLetters: 0, quarantined: 0 };

  async function look(): Promise<void> {
    const [counts, oldest, letters, sizes] = await Promise.all([
      known(store.counts()),
      known(store.oldestOpen().then((at) => (at === undefined ? 0 : ageOf(at) / 1000))),
      known(store.deadLetters.count()),
      known(store.sizes()),
    ]);
    counters.waiting.set(counts?.waiting ?? NaN);
    counters.running.set(counts?.claimed ?? NaN);
    counters.lag.set(oldest ?? NaN);
    counters.deadLetters.set(letters ?? NaN);
    if (sizes !== undefined) {
      counters.dropped.inc({ from: 'deadLetters' }, sizes.dropped.deadLetters - droppedBefore.deadLetters);
      counters.dropped.inc({ from: 'quarantine' }, sizes.dropped.quarantined - droppedBefore.quarantined);
      droppedBefore = sizes.dropped;
    }
    counters.storeBytes.set({ part: 'file' }, sizes?.fileBytes ?? NaN);
    counters.storeBytes.set({ part: 'log' }, sizes?.walBytes ?? NaN);
    counters.freeDisk.set(sizes?.freeDiskBytes ?? NaN);
    counters.overdue.set(sizes?.overdue ?? NaN);
    counters.available.set(store.health().state === 'ok' ? 1 : 0);
    const states = [...pages().values()];
    for (const reason of pauseReasons) {
      counters.pausedPages.set({ reason }, states.filter((state) => state === reason).length);
    }
  }

  return {
    ...handovers,
    store: (name, { accept }) => ({
      accept: async (events) => {
        const acceptance = await accept(events);
        if (acceptance.duplicates === 0) {
          for (const { echo } of events) if (echo !== undefined) counters.echoes.inc({ author: echo.author ?? 'self' });
        }
        const endpoint = endpointLabels[name];
        counters.accepted.inc({ endpoint }, acceptance.accepted);
        counters.duplicates.inc({ endpoint }, acceptance.duplicates);
        counters.quarantined.inc(acceptance.quarantined ?? 0);
        return acceptance;
      },
    }),
    handler: (name, handler) => async (request, response) => {
      const endpoint = endpointLabels[name];
      const startedAt = monotonicNow();
      try {
        await handler(request, response);
      } finally {
        const outcome = outcomeOf(response.statusCode);
        counters.requests.inc({ endpoint, outcome });
        const seconds = (monotonicNow() - startedAt) / 1000;
        if (outcome === 'accepted') counters.acknowledgements.observe({ endpoint }, seconds);
      }
    },
    turnEnded: ({ outcome, ageMs, durationMs }) => {
      counters.turns.inc({ outcome });
      counters.turnDuration.observe({ outcome }, durationMs / 1000);
      if (outcome !== 'retried') counters.eventAge.observe(ageMs / 1000);
    },
    graphCallEnded: ({ reason, durationMs }) => {
      counters.graphCalls.inc({ reason });
      // The wall clock may have been set back meanwhile.
      counters.graphDuration.observe(Math.max(0, durationMs) / 1000);
    },
    messageSent: () => counters.messagesSent.inc(),
    reconciled: ({ kind, outcome, by }) =>
      counters.reconciled.inc({ call: kind === 'send' ? 'send' : 'thread', outcome, by }),
    contentType: registry.contentType,
    text: async () => {
      await look();
      return registry.metrics();
    },
    close: stopWatchingProcess,
  };
}

function outcomeOf(status: number): AnswerOutcome {
  if (status === 503) return 'unavailable';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'accepted';
}

/** The answer, or undefined while the store cannot tell. */
async function known<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch {
    return undefined;
  }
}
