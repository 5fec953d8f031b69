import type { JournalEntry, UnknownEffects } from './store.ts';

/** The entries with which a turn is tried again: refusals at the end are taken out, since what was refused did not happen. */
export function withoutLastRefusals(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const last = entries.findLastIndex(({ outcome }) => outcome !== 'refused');
  return entries.slice(0, last + 1);
}

/** The entries with which a dead letter is replayed. */
export function forReplay(entries: readonly JournalEntry[], unknown: UnknownEffects): readonly JournalEntry[] {
  const kept = withoutLastRefusals(entries);
  const isUnknown = ({ outcome }: JournalEntry) => outcome === 'open' || outcome === 'unknown';
  if (unknown === 'keep') return kept;
  if (unknown === 'again') {
    // What came after it was done in the belief that it had failed; a second run decides anew from there.
    const first = kept.findIndex(isUnknown);
    return first === -1 ? kept : kept.slice(0, first);
  }
  return kept.map((entry) => (isUnknown(entry) ? { ...entry, outcome: 'done', result: '{"id":""}' } : entry));
}
