import type { Storage, StoreItems } from 'botbuilder';
import type { EffectJournal } from './effect.ts';
import { isJsonObject } from '../../models/readJson.ts';

/**
 * A storage whose answers are written down in the turn's journal, for what a bot decides from and commits also when its turn is given up:
 * put back to work later, the turn finds what it found at first, and not what it left behind itself.
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
