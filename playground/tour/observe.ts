import type { EmulatorEvent } from '../../emulator/startPlatform.ts';
import { textAt } from '../../emulator/narration/json.js';
import type { Names } from '../../emulator/narration/names.js';
import type { Row } from '../../emulator/narration/rows.js';
import { hearersInWords, isToldElsewhere } from '../../emulator/narration/words.js';
import { callInWords, resultInWords } from '../../emulator/narration/callInWords.js';
import { receivers, type Receiver } from '../names.ts';
import { rowsOf } from '../timeline.ts';
import type { Outcome, Seen } from './expectations.ts';

/** Somebody who takes no part in the tour would be a mistake of the tour. */
function receiverOf(names: Names, appId: string | null): Receiver {
  const name = names.receiver(appId);
  const found = receivers.find((receiver) => receiver === name);
  if (found === undefined) throw new Error(`Nobody in the tour is called ${name}.`);
  return found;
}

/** What happened in these events, and how the thread is now. */
export function observe(
  events: readonly EmulatorEvent[],
  thread: { readonly owner: string | null; readonly folder: 'Main' | 'Done' },
  names: Names,
): Outcome {
  const rows = rowsOf(events);
  return {
    owner: receiverOf(names, thread.owner),
    folder: thread.folder,
    seen: events.flatMap((event) => seenIn(event, names)),
    webhooks: rows
      .filter(({ shape }) => shape === 'webhook')
      .sort((one, other) => timestampOf(one) - timestampOf(other))
      .map((row) => `${row.code ?? ''} to ${hearersInWords(row, names)}`),
    graph: rows.flatMap((row) => graphIn(row, names)),
  };
}

function seenIn(event: EmulatorEvent, names: Names): readonly Seen[] {
  if (event.type !== 'pageMessage') return [];
  const by = receiverOf(names, event.appId);
  const { text, quickReplies: choices } = event;
  return [choices.length === 0 ? { by, text } : { by, text, choices }];
}

/**
 * Deliveries run in parallel, so the order in which they ended means nothing; Messenger's own timestamps do. Events of Meta's AI
 * have timestamps in whole seconds, and come first in their second.
 */
function timestampOf({ events: [first] }: Row): number {
  const timestamp = Number(textAt(first, 'payload', 'timestamp'));
  return timestamp < firstMs ? timestamp * 1000 : timestamp;
}

/** Below this a time is counted in seconds. */
const firstMs = 100_000_000_000;

/** Calls that sent a message show as what was said. */
function graphIn(row: Row, names: Names): readonly string[] {
  const [call, ...joined] = row.events;
  if (call?.type !== 'graphCall' || isToldElsewhere(row)) return [];
  if (joined.some(({ type }) => type === 'pageMessage' || type === 'senderAction')) return [];
  const by = call.appId === undefined ? 'somebody' : names.receiver(call.appId);
  return [`${by}: ${callInWords(call, names)} → ${resultInWords(call, names)}`];
}
