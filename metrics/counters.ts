import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { graphErrorReasons } from '../helpers/graph/classifyGraphError.ts';
import type { Endpoint } from '../store/store.ts';

const seconds = {
  answer: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  turn: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  age: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400],
};

/** The label of each endpoint: its path. */
export const endpointLabels = { azure: 'messages', webhook: 'webhook' } as const satisfies Record<Endpoint, string>;
const endpoints = Object.values(endpointLabels);
const turnOutcomes = ['done', 'retried', 'failed'] as const;
const answerOutcomes = ['accepted', 'refused', 'unavailable', 'failed'] as const;
export type AnswerOutcome = (typeof answerOutcomes)[number];
export const pauseReasons = ['rateLimited', 'invalidToken', 'temporary'] as const;

const echoAuthors = ['self', 'other', 'unknown'] as const;
const reconcileOutcomes = ['done', 'absent', 'unknown'] as const;
const evidenceOf = { send: ['mark', 'echo', 'reading', 'none'], thread: ['owner', 'none'] } as const;

/** What is counted when it happens, or looked up when the metrics are read. All series begin at zero. */
export function createCounters(registry: Registry) {
  const registers = [registry];
  const named = (name: string, help: string) => ({ name: `messenger_handover_${name}`, help, registers });

  const accepted = new Counter({
    ...named('events_accepted_total', 'Events committed to the store and acknowledged.'),
    labelNames: ['endpoint'],
  });
  const duplicates = new Counter({
    ...named('events_duplicate_total', 'Events that were already in the store and are not handled again.'),
    labelNames: ['endpoint'],
  });
  const quarantined = new Counter(
    named('events_quarantined_total', 'Events that did not reach the bot and are kept for a person.'),
  );
  const requests = new Counter({
    ...named(
      'requests_total',
      'Requests by outcome: accepted, refused (4xx), unavailable (503) or failed (other 5xx).',
    ),
    labelNames: ['endpoint', 'outcome'],
  });
  const acknowledgements = new Histogram({
    ...named('acknowledgement_duration_seconds', 'From a request to its acknowledgement, the commit included.'),
    labelNames: ['endpoint'],
    buckets: seconds.answer,
  });
  const turns = new Counter({
    ...named('turns_total', 'Turns by outcome: done, retried (runs again) or failed (given up).'),
    labelNames: ['outcome'],
  });
  const turnDuration = new Histogram({
    ...named('turn_duration_seconds', 'How long a turn ran.'),
    labelNames: ['outcome'],
    buckets: seconds.turn,
  });
  const eventAge = new Histogram({
    ...named('event_age_seconds', 'From accepting an event to the final end of its turn.'),
    buckets: seconds.age,
  });
  const graphCalls = new Counter({
    ...named(
      'graph_calls_total',
      "Calls to the Graph API: ok, Meta's reason for refusing, or transport (no usable answer).",
    ),
    labelNames: ['reason'],
  });
  const graphDuration = new Histogram({
    ...named('graph_call_duration_seconds', 'How long a call to the Graph API took.'),
    buckets: seconds.answer,
  });
  const messagesSent = new Counter(named('messages_sent_total', 'Messages that the platform accepted.'));
  const echoes = new Counter({
    ...named(
      'echoes_total',
      "Echoes of the Page's messages: by this bot's app (self), by others, or by an unknown sender.",
    ),
    labelNames: ['author'],
  });
  const reconciled = new Counter({
    ...named(
      'reconciled_total',
      'Calls whose answer was lost: done, absent (no effect) or unknown, and by what evidence.',
    ),
    labelNames: ['call', 'outcome', 'by'],
  });
  const lag = new Gauge(
    named('lag_seconds', 'Age of the oldest accepted event whose turn has not ended; 0 when none is open.'),
  );
  const waiting = new Gauge(named('events_waiting', 'Accepted events whose turn is not running.'));
  const running = new Gauge(named('turns_running', 'Turns that are running.'));
  const deadLetters = new Gauge(named('dead_letters', 'Turns that were given up and are waiting for a person.'));
  const dropped = new Counter({
    ...named('events_dropped_total', 'Dead letters and quarantined events that nobody decided on in time.'),
    labelNames: ['from'],
  });
  const storeBytes = new Gauge({
    ...named('store_bytes', 'Size of the store: its file, and its write-ahead log.'),
    labelNames: ['part'],
  });
  const freeDisk = new Gauge(named('store_disk_free_bytes', "Free space on the store's disk."));
  const overdue = new Gauge(named('store_overdue_rows', 'Keys and notes that should have been forgotten by now.'));
  const available = new Gauge(named('store_available', '1 while the store can commit, else 0.'));
  const pausedPages = new Gauge({
    ...named('paused_pages', 'Pages whose turns are held back, by reason.'),
    labelNames: ['reason'],
  });

  // Otherwise a series would start with its first event, and the increase from zero could not be seen.
  for (const endpoint of endpoints) {
    accepted.inc({ endpoint }, 0);
    duplicates.inc({ endpoint }, 0);
    acknowledgements.zero({ endpoint });
    for (const outcome of answerOutcomes) requests.inc({ endpoint, outcome }, 0);
  }
  for (const outcome of turnOutcomes) {
    turns.inc({ outcome }, 0);
    turnDuration.zero({ outcome });
  }
  for (const from of ['deadLetters', 'quarantine']) dropped.inc({ from }, 0);
  for (const author of echoAuthors) echoes.inc({ author }, 0);
  for (const [call, means] of Object.entries(evidenceOf)) {
    for (const outcome of reconcileOutcomes) for (const by of means) reconciled.inc({ call, outcome, by }, 0);
  }
  for (const reason of ['ok', 'transport', ...graphErrorReasons]) graphCalls.inc({ reason }, 0);

  return {
    accepted,
    duplicates,
    quarantined,
    requests,
    acknowledgements,
    turns,
    turnDuration,
    eventAge,
    graphCalls,
    graphDuration,
    messagesSent,
    echoes,
    reconciled,
    lag,
    waiting,
    running,
    deadLetters,
    dropped,
    storeBytes,
    freeDisk,
    overdue,
    available,
    pausedPages,
  };
}
