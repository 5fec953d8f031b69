import type { Storage, StoreItems } from 'botbuilder';
import type { EffectJournal } from './effect.ts';
import { isJsonObject } from '../../models/readJson.ts';

/**
 * A storage whose answers are recorded in the turn's journal. For values that a bot's decisions depend on and that are committed even if its turn
 * is given up: a replayed dead letter finds what it found at first, not what it wrote itself.
 */
export function journaledNotes(inner: Storage, journal: EffectJournal): Storage {
  return {
    read: (keys) =>
      journal.perform<StoreItems>({
        kind: 'notes',
        role: 'question',
        args: keys,
        perform: () => inner.read(keys),
        read: (json) => (isJsonObject(json) ? { ...json } : {}),
        failureOf: () => 'refused',
        repetition: 'safe',
        whenUnknown: 'tell',
      }),
    write: (changes) => inner.write(changes),
    delete: (keys) => inner.delete(keys),
  };
}
