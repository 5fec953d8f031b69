import { isJsonObject, readProperty, readText } from '../models/readJson.ts';
import type { DeadLetter, JournalEntry, UnknownEffects } from './store.ts';

/** The kind of the entries in which `once` records values. */
export const valueKind = 'once';

/** Marks the journal of a dead letter that a person replayed, who has seen how its runs differ. */
const replayedKind = 'replayed';

/**
 * The journal for another attempt, without the refusals at its end: a refused call had no effect, may be why the turn failed, and is tried
 * again. Questions asked after it are asked again, recorded values stay.
 */
export function withoutLastRefusals(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const isRefused = ({ outcome }: JournalEntry) => outcome === 'refused';
  const last = entries.findLastIndex((entry) => !isRefused(entry) && isAct(entry));
  const refused = entries.findIndex((entry, index) => index > last && isRefused(entry));
  if (refused === -1) return entries;
  return entries.filter(({ kind }, index) => index < refused || kind === valueKind || kind === replayedKind);
}

/**
 * The journal for the replay of a dead letter. Questions asked after the last act are asked again, since other turns of its conversation
 * have run in between.
 */
export function forReplay(
  { reason, journal }: Pick<DeadLetter, 'reason' | 'journal'>,
  unknown: UnknownEffects,
): readonly JournalEntry[] {
  const kept = withoutLastQuestions(withoutLastRefusals(journal));
  if (reason !== 'diverged') return kept.flatMap((entry) => chosen(entry, unknown));
  // Open entries are known not to have happened, and the turn did not ask for them again.
  return [...kept.flatMap((entry) => chosen(entry, unknown === 'keep' ? 'again' : unknown)), replayedEntry(journal)];
}

function withoutLastQuestions(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const last = entries.findLastIndex(isAct);
  return entries.filter(({ kind }, index) => index <= last || kind === valueKind || kind === replayedKind);
}

function chosen(entry: JournalEntry, choice: UnknownEffects): JournalEntry[] {
  const isUnknown = entry.outcome === 'open' || entry.outcome === 'unknown';
  if (!isUnknown || choice === 'keep') return [entry];
  return choice === 'again' ? [] : [{ ...entry, outcome: 'done', result: '{"id":""}' }];
}

function replayedEntry(journal: readonly JournalEntry[]): JournalEntry {
  const ordinal = Math.max(-1, ...journal.map((entry) => entry.ordinal)) + 1;
  return { ordinal, kind: replayedKind, hash: '', detail: '{}', at: 0, outcome: 'done', result: 'null' };
}

function isAct({ kind, detail }: Pick<JournalEntry, 'kind' | 'detail'>): boolean {
  return roleOf(kind, JSON.parse(detail)) === 'act';
}

/** The role of an entry in its turn. */
export function roleOf(kind: string, detail: unknown): 'act' | 'question' | 'harmless' | 'value' | 'replayed' {
  if (kind === valueKind) return 'value';
  if (kind === replayedKind) return 'replayed';
  const role = readText(detail, 'role');
  if (role === 'question' || role === 'harmless') return role;
  // Earlier versions recorded no roles.
  if (kind === 'thread_owner' || kind === 'secondary_receivers') return 'question';
  return kind === 'send' && isNoMessage(readProperty(detail, 'args')) ? 'harmless' : 'act';
}

/** A typing indicator, as a call of the Send API or as an activity. */
function isNoMessage(args: unknown): boolean {
  if (!isJsonObject(args)) return false;
  const type = readText(args, 'type');
  return 'sender_action' in args || (type !== undefined && type !== 'message');
}
