import type { Scrubber } from '../helpers/logging/scrubLine.ts';
import type { FailureNote, Store } from './store.ts';

/**
 * Keeps secrets out of a store: dead letters and journals record errors, in which platforms and libraries repeat what they were sent. Results of
 * successful calls are stored as they are.
 */
export function scrubbedStore<Kept extends Store>(store: Kept, scrubber: Pick<Scrubber, 'line' | 'text'>): Kept {
  const scrubbed = (note: FailureNote): FailureNote => ({ ...note, sentence: scrubber.text(note.sentence) });
  return {
    ...store,
    accept: (events) =>
      store.accept(
        events.map((one) => (one.quarantine === undefined ? one : { ...one, quarantine: scrubbed(one.quarantine) })),
      ),
    fail: (id, note, changes) => store.fail(id, note && scrubbed(note), changes),
    journal: {
      ...store.journal,
      end: (id, ordinal, outcome, result, sent) =>
        store.journal.end(id, ordinal, outcome, outcome === 'done' ? result : scrubber.line(result), sent),
    },
  };
}
