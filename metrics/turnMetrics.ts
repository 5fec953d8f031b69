import { Counter, Gauge, type Registry } from 'prom-client';
import type { RunnerState } from '../turns/turnRunner.ts';

type Gauged = 'slow' | 'slots' | 'suspects' | 'inline' | 'oldestMs' | 'standingMs';
type Counted = 'inlineRefused' | 'strays' | 'timedOut' | 'interrupted';

const gauges: readonly [Gauged, string, string][] = [
  ['slots', 'turn_slots', 'How many turns may run at once, those that have been running for ten seconds aside.'],
  ['slow', 'turns_slow', 'Turns that have been running for ten seconds or more.'],
  ['oldestMs', 'oldest_running_turn_seconds', 'How long the oldest running turn has been running; 0 when none is.'],
  ['suspects', 'turns_suspected', 'Turns in which the process ended before, and that wait for running alone.'],
  ['inline', 'inline_turns_running', 'Turns that answer at once and are under way.'],
  ['standingMs', 'turns_standing_seconds', 'For how long turns might begin and none does; 0 while all is well.'],
];

const counters: readonly [Counted, string, string][] = [
  [
    'inlineRefused',
    'inline_turns_refused_total',
    'Turns that answer at once and were refused, since too many were under way.',
  ],
  ['strays', 'unhandled_errors_total', 'Errors of promises that nobody waited for, and errors that nobody caught.'],
  ['timedOut', 'turns_timed_out_total', 'Turns that were cut off because their time was up.'],
  [
    'interrupted',
    'turns_interrupted_total',
    'Turns that an earlier process had begun when it ended, by a crash or a kill.',
  ],
];

/** Tells how the turns of this process stand whenever somebody asks. */
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
