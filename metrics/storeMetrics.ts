import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EventAge } from '../store/eventAge.ts';
import type { Store, TimerTable } from '../store/store.ts';

/** Why turns are given up. Bots may park turns for their own reasons, which count as `other`. */
const reasons = [
  ...['failed', 'refused', 'temporary', 'rateLimited', 'invalidToken', 'conflict', 'timedOut', 'crashed'],
  ...['unknownOutcome', 'diverged', 'nondeterministic', 'restored', 'other'],
] as const;

/** How long commits take, in seconds: to the system's cache, to a fast disk, to a slow one. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Why there are dead letters, how old the oldest is, and how long commits take. */
export function collectStoreMetrics(
  registry: Registry,
  store: Pick<Store, 'deadLetters' | 'onCommit' | 'timers'>,
  ageOf: EventAge,
): void {
  const registers = [registry];
  collectTimers(registry, store.timers, ageOf);
  new Gauge({
    name: 'messenger_handover_dead_letters_by_reason',
    help: 'Turns that were given up and are waiting for a person, by reason.',
    labelNames: ['reason'],
    registers,
    async collect() {
      const found = await store.deadLetters.byReason().catch(() => undefined);
      const known = new Map<string, number>(reasons.map((reason) => [reason, found === undefined ? NaN : 0]));
      for (const [reason, count] of found ?? []) {
        const label = known.has(reason) ? reason : 'other';
        known.set(label, (known.get(label) ?? 0) + count);
      }
      for (const [reason, count] of known) this.set({ reason }, count);
    },
  });
  new Gauge({
    name: 'messenger_handover_dead_letter_oldest_age_seconds',
    help: 'How long the oldest turn that was given up has been waiting for a person; 0 if there is none.',
    registers,
    async collect() {
      const letters = await store.deadLetters.list(1).catch(() => undefined);
      const diedAt = letters?.[0]?.diedAt;
      this.set(letters === undefined ? NaN : diedAt === undefined ? 0 : ageOf(diedAt) / 1000);
    },
  });
  const commits = new Histogram({
    name: 'messenger_handover_commit_duration_seconds',
    help: "How long a commit of the store took, whether to the disk or to the system's cache.",
    buckets,
    registers,
  });
  store.onCommit?.((ms) => commits.observe(ms / 1000));
}

/** Tells how many timers wait and how many have fired, and how late the first one is that should have fired by now. */
function collectTimers(registry: Registry, timers: Pick<TimerTable, 'counts'>, ageOf: EventAge): void {
  const registers = [registry];
  new Gauge({
    name: 'messenger_handover_timers_waiting',
    help: 'Timers that are set and have not fired.',
    registers,
    async collect() {
      this.set((await timers.counts().catch(() => undefined))?.waiting ?? NaN);
    },
  });
  new Gauge({
    name: 'messenger_handover_timers_next_due_timestamp_seconds',
    help: 'When the next timer is due, in seconds since 1970; 0 when none is set.',
    registers,
    async collect() {
      const counts = await timers.counts().catch(() => undefined);
      this.set(counts === undefined ? NaN : (counts.nextDueAt ?? 0) / 1000);
    },
  });
  new Gauge({
    name: 'messenger_handover_timers_overdue_seconds',
    help: 'How late the first timer is that should have fired by now; 0 when none is late.',
    registers,
    async collect() {
      const counts = await timers.counts().catch(() => undefined);
      const dueAt = counts?.nextDueAt;
      this.set(counts === undefined ? NaN : dueAt === undefined || dueAt > Date.now() ? 0 : ageOf(dueAt) / 1000);
    },
  });
  let counted = 0;
  new Counter({
    name: 'messenger_handover_timers_fired_total',
    help: 'Timers that have fired.',
    registers,
    async collect() {
      const fired = (await timers.counts().catch(() => undefined))?.fired ?? counted;
      this.inc(fired - counted);
      counted = fired;
    },
  });
}
