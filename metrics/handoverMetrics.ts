import { Counter, Histogram, type Registry } from 'prom-client';
import { handoverEnds, handoverReasons } from '../models/handoverWords.ts';
import { handoffStates } from '../models/handoffStatus.ts';

/** Observes handovers to people. Each is told once. */
export interface HandoverObserver {
  /** A person has the conversation. */
  handoverBegan(reason: string): void;
  /** A person answered for the first time, so long after. */
  firstAnswer(ms: number): void;
  /** `answered`: whether a person ever said something. */
  handoverEnded(ended: { reason: string; end: string; answered: boolean }): void;
  /** How an attempt to tell the desk ended, or what the desk said. */
  deskHeard(what: string): void;
}

const minute = 60;
const hour = 60 * minute;
const answerSeconds = [10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 4 * hour, 24 * hour];

/** Ends without any person. */
const declinedEnds = ['declined', 'closed', 'withdrawn', 'elsewhere'];
const deskWords = ['delivered', 'unavailable', 'refused', ...handoffStates];

/** The figures of handovers, since the process began. */
export function createHandoverMetrics(registry: Registry): HandoverObserver {
  const registers = [registry];
  const named = (name: string, help: string) => ({ name: `messenger_handover_${name}`, help, registers });
  const begun = new Counter({
    ...named('handovers_begun_total', 'Handovers in which a person got or took the conversation, by reason.'),
    labelNames: ['reason'],
  });
  const ended = new Counter({
    ...named('handovers_total', 'Handovers that have ended, by reason and by how they ended.'),
    labelNames: ['reason', 'end'],
  });
  const answers = new Histogram({
    ...named('handover_first_answer_seconds', 'From a handover to the first answer of a person.'),
    buckets: answerSeconds,
  });
  const abandoned = new Counter(
    named('handovers_abandoned_total', 'Handovers that ended although no person had ever answered.'),
  );
  const declined = new Counter({
    ...named(
      'handovers_declined_total',
      'Wishes for a person that came to nothing: declined, closed at that hour, withdrawn, or elsewhere already.',
    ),
    labelNames: ['end'],
  });
  const desk = new Counter({
    ...named(
      'desk_messages_total',
      'Attempts to tell the desk (delivered, unavailable, refused), and what the desk said (accepted, failed, completed).',
    ),
    labelNames: ['what'],
  });

  // Otherwise a series would start with its first handover, and the increase from zero could not be seen.
  for (const reason of handoverReasons) {
    begun.inc({ reason }, 0);
    for (const end of handoverEnds) ended.inc({ reason, end }, 0);
  }
  for (const end of declinedEnds) declined.inc({ end }, 0);
  for (const what of deskWords) desk.inc({ what }, 0);
  return {
    handoverBegan: (reason) => begun.inc({ reason }),
    firstAnswer: (ms) => answers.observe(Math.max(0, ms) / 1000),
    handoverEnded: ({ reason, end, answered }) => {
      ended.inc({ reason, end });
      if (declinedEnds.includes(end)) declined.inc({ end });
      else if (!answered) abandoned.inc();
    },
    deskHeard: (what) => desk.inc({ what }),
  };
}
