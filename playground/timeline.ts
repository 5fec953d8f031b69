import { RowBuilder, type Row } from '../emulator/narration/rows.js';
import { isToldElsewhere, tell, type Told } from '../emulator/narration/words.js';
import type { Names } from '../emulator/narration/names.js';
import type { EmulatorEvent, Mode } from '../emulator/startPlatform.ts';
import type { TimelineEntry, Tone } from './timelineEntry.ts';

export interface TimelineOptions {
  readonly names: Names;
  readonly mode: Mode;
  /** Owns every thread that nobody has taken, in mode `classic`. */
  readonly primaryAppId: string;
}

/** Turns events into entries for people. It tracks who owns which thread, so it has to see every event, in order. */
export interface Timeline {
  entries(events: readonly EmulatorEvent[]): readonly TimelineEntry[];
}

export function createTimeline(options: TimelineOptions): Timeline {
  const { names } = options;
  const owners = new Map<string, string | null>();
  let { mode, primaryAppId } = options;
  let lastPsid = '';

  const ownerOf = (psid: string): string => {
    const known = owners.get(psid);
    return names.receiver(known === undefined && mode === 'classic' ? primaryAppId : known);
  };
  const track = (event: EmulatorEvent): void => {
    if (event.type === 'ownershipChanged') owners.set(event.psid, event.to);
    if (event.type === 'reset') owners.clear();
    if (event.type === 'modeChanged') mode = event.mode;
    if (event.type === 'rolesChanged') primaryAppId = event.primaryAppId;
  };

  return {
    entries: (events) =>
      rowsOf(events).flatMap((row) => {
        row.events.forEach(track);
        lastPsid = row.psid ?? lastPsid;
        return isNoise(row) ? [] : [{ owner: ownerOf(lastPsid), ...entryOf(row, names) }];
      }),
  };
}

/** The events of one moment as rows. */
export function rowsOf(events: readonly EmulatorEvent[]): readonly Row[] {
  const builder = new RowBuilder();
  for (const event of events) builder.add(event);
  return builder.rows;
}

/** Receipts, and what goes well in Azure, which shows as webhooks and messages. */
const isNoise = (row: Row): boolean => row.subject === 'receipt' || row.subject === 'azure' || isToldElsewhere(row);

function entryOf(row: Row, names: Names): Omit<TimelineEntry, 'owner'> {
  const told = tell(row, names);
  const { who, does, what, offers = [], result } = told;
  const guessed = row.guessed ? ' (guessed)' : '';
  const because = row.because.join(' ');
  const call = result === undefined ? what : `${what} → ${result}`;
  return {
    at: row.at,
    who,
    does,
    what: because === '' ? `${call}${guessed}` : call,
    tone: toneOf(row, told),
    more: [
      ...(offers.length === 0 ? [] : [{ does: 'offers', what: numbered(offers) }]),
      ...(because === '' ? [] : [{ does: 'because', what: `${because}${guessed}` }]),
    ],
  };
}

/** `1 this   2 that`, which breaks only between two of them. */
export const numbered = (titles: readonly string[]): string =>
  titles.map((title, index) => `${index + 1} ${title}`.replaceAll(' ', '\u00a0')).join('\u00a0\u00a0 ');

function toneOf({ shape, subject, answer }: Row, { result }: Told): Tone {
  if (shape === 'owner') return 'ownership';
  if (result !== undefined) return answer?.good === true ? 'call' : 'refusal';
  if (subject === 'trouble') return 'trouble';
  if (shape === 'webhook' || subject === 'call') return 'delivery';
  return subject === 'talk' ? 'speech' : 'action';
}
