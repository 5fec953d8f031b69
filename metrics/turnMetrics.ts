import { Counter, Gauge, type Registry } from 'prom-client';
import type { RunnerState } from '../turns/turnRunner.ts';

type Gauged = 'slow' | 'slots' | 'suspects' | 'inline' | 'oldestMs' | 'standingMs';
type Counted = 'inlineRefused' | 'strays' | 'timedOut' | 'interrupted';

const gauges: readonly [Gauged, string, string][] = [
  ['slots', 'turn_slots', 'How many turns may run at once, not counting those that have been running for ten seconds.'],
  ['slow', 'turns_slow', 'Turns that have been running for ten seconds or more.'],
  ['oldestMs', 'oldest_running_turn_seconds', 'How long the oldest running turn has been running; 0 if there is none.'],
  ['suspects', 'turns_suspected', 'Turns during which the process ended before, waiting to run alone.'],
  ['inline', 'inline_turns_running', 'Inline turns (their result is the HTTP response) that are under way.'],
  ['standingMs', 'turns_standing_seconds', 'How long turns could have started but none did; 0 while all is well.'],
];

const counters: readonly [Counted, string, string][] = [
  ['inlineRefused', 'inline_turns_refused_total', 'Inline turns that were refused because too many were under way.'],
  ['strays', 'unhandled_errors_total', 'Unhandled promise rejections and uncaught errors.'],
  ['timedOut', 'turns_timed_out_total', 'Turns that were cut off because they took too long.'],
  ['interrupted', 'turns_interrupted_total', 'Turns that were running when an earlier process crashed or was killed.'],
];

/** The state of this process's turns, at each scrape. */
export function collectTurnMetrics(registry: Registry, state: () => RunnerState): void {
  const registers = [registry];
  for (const [field, name, help] of gauges) {
    new Gauge({
      ...{ name: `messenger_handover_${name}`, help, registers },
      collect() {
        this.set(field.endsWith('Ms') ? state()[field] / 1000 : state()[field]);
      },
    });
  }
  for (const [field, name, help] of counters) {
    let counted = 0;
    new Counter({
      ...{ name: `messenger_handover_${name}`, help, registers },
      collect() {
        const now = state()[field];
        this.inc(now - counted);
        counted = now;
      },
    });
  }
}
