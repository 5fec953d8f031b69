import { RowBuilder, type Row } from '../emulator/narration/rows.js';
import { tellsWhy, isToldElsewhere, tell, type Told } from '../emulator/narration/words.js';
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
  const stacks = new Set<string>();
  let { mode, primaryAppId } = options;
  let lastPsid = '';

  const ownerOf = (psid: string): string => {
    const known = owners.get(psid);
    return names.receiver(known === undefined && mode === 'classic' ? primaryAppId : known);
  };
  const track = (event: EmulatorEvent): void => {
    if (event.type === 'ownershipChanged') owners.set(event.psid, event.to);
    if (event.type === 'reset' || event.type === 'stateImported') owners.clear();
    if (event.type === 'stateImported') {
      ({ mode, primaryAppId } = event);
      for (const [psid, owner] of Object.entries(event.owners)) owners.set(psid, owner);
    }
    if (event.type === 'modeChanged') mode = event.mode;
    if (event.type === 'rolesChanged') primaryAppId = event.primaryAppId;
  };

  /** Where it was thrown. A turn that runs again throws the same again, and need not say so twice. */
  const newStackOf = ({ events: [event] }: Row): readonly string[] => {
    if (event?.type !== 'botException' || event.stack === undefined || stacks.has(event.stack)) return [];
    if (stacks.size >= mostStacks) stacks.clear();
    stacks.add(event.stack);
    return placesIn(event.stack);
  };

  return {
    entries: (events) =>
      rowsOf(events).flatMap((row) => {
        row.events.forEach(track);
        lastPsid = row.psid ?? lastPsid;
        return isNoise(row) ? [] : [{ owner: ownerOf(lastPsid), ...entryOf(row, names, newStackOf(row)) }];
      }),
  };
}

const mostStacks = 100;
const mostPlaces = 6;

/**
 * The lines of a stack, those in packages and in Node only where there are no others. Of code that Node cannot read, it tells the place in a line of its own.
 */
function placesIn(stack: string): readonly string[] {
  const all = stack.split('\n').flatMap((line) => /^\s+at (.*)|^(\S+:\d+)$/.exec(line)?.slice(1).filter(Boolean) ?? []);
  const own = [...new Set(all)].filter((place) => !/node_modules|node:|<anonymous>\)?$/.test(place));
  return (own.length > 0 ? own : all).slice(0, mostPlaces);
}

/** The events of one moment as rows. */
export function rowsOf(events: readonly EmulatorEvent[]): readonly Row[] {
  const builder = new RowBuilder();
  for (const event of events) builder.add(event);
  return builder.rows;
}

/** Receipts, and what goes well in Azure, which shows as webhooks and messages. */
const isNoise = (row: Row): boolean => row.subject === 'receipt' || row.subject === 'azure' || isToldElsewhere(row);

function entryOf(row: Row, names: Names, stack: readonly string[]): Omit<TimelineEntry, 'owner'> {
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
      ...stack.map((place) => ({ does: 'at', what: place })),
      ...(because === '' ? [] : [{ does: tellsWhy(row) ? 'because' : 'then', what: `${because}${guessed}` }]),
    ],
  };
}

/** `1 this   2 that`, which breaks only between two of them. */
const numbered = (titles: readonly string[]): string =>
  titles.map((title, index) => `${index + 1} ${title}`.replaceAll(' ', '\u00a0')).join('\u00a0\u00a0 ');

function toneOf({ shape, subject, answer }: Row, { result }: Told): Tone {
  if (shape === 'owner') return 'ownership';
  if (result !== undefined) return answer?.good === true ? 'call' : 'refusal';
  if (subject === 'trouble') return 'trouble';
  if (shape === 'webhook' || subject === 'call' || subject === 'log') return 'delivery';
  return subject === 'talk' ? 'speech' : 'action';
}
