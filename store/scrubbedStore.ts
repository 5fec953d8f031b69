import type { Scrubber } from '../helpers/logging/scrubLine.ts';
import type { FailureNote, Store } from './store.ts';

/**
 * A store that is told no secrets: platforms and neighbours repeat in their errors what they were sent, and these errors are kept in dead
 * letters and journals. What a turn was told when it went well is kept as it is.
 */
export function scrubbedStore<Kept extends Store>(store: Kept, scrubber: Pick<Scrubber, 'line' | 'text'>): Kept {
  const scrubbed = (note: FailureNote): FailureNote => ({ ...note, sentence: scrubber.text(note.sentence) });
  return {
    ...store,
    accept: (deliveries) =>
      store.accept(
        deliveries.map((one) =>
          one.quarantine === undefined ? one : { ...one, quarantine: scrubbed(one.quarantine) },
        ),
      ),
    fail: (id, note, changes) => store.fail(id, note && scrubbed(note), changes),
    journal: {
      ...store.journal,
      end: (id, ordinal, outcome, result, sent) =>
        store.journal.end(id, ordinal, outcome, outcome === 'done' ? result : scrubber.line(result), sent),
    },
  };
}
