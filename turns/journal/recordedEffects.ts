import { roleOf } from '../../store/journalEntries.ts';
import type { RecordedEffect } from './effect.ts';
import { readInteger, readProperty, readText } from '../../models/readJson.ts';
import type { JournalEntry } from '../../store/store.ts';

interface Recorded {
  entry: JournalEntry;
  asked: boolean;
}

interface RecordedAct extends Recorded {
  to: string | undefined;
}

interface RecordedQuestion extends Recorded {
  /** How many acts its run had asked for before it. */
  place: number;
}

/**
 * What earlier runs of a turn did, looked up by a run that asks for it again.
 *
 * An act is recognised by its kind, customer and arguments, in the order in which acts were begun, so parallel branches may run in any order. If
 * none has these arguments, the first of its kind counts, since a bot may choose other words each time. A question gets its old answer only after
 * the same number of acts as before: elsewhere, the answer may be from before, or after, something that the turn did.
 */
export class RecordedEffects {
  readonly #acts: RecordedAct[] = [];
  readonly #questions: RecordedQuestion[] = [];
  readonly #harmless: Recorded[] = [];
  readonly #values = new Map<string, string>();
  #isReplay = false;
  #nextOrdinal = 0;
  #place = 0;

  constructor(journal: readonly JournalEntry[]) {
    for (const entry of journal) {
      this.#nextOrdinal = Math.max(this.#nextOrdinal, entry.ordinal + 1);
      const detail: unknown = JSON.parse(entry.detail);
      const role = roleOf(entry.kind, detail);
      if (role === 'value') this.#values.set(entry.hash, entry.result);
      else if (role === 'replayed') this.#isReplay = true;
      else if (role === 'harmless') this.#harmless.push({ entry, asked: false });
      else if (role === 'act') this.#acts.push({ entry, asked: false, to: readText(detail, 'to') });
      else {
        const place = readInteger(detail, 'place') ?? this.#acts.length;
        this.#questions.push({ entry, asked: false, place });
      }
    }
  }

  /** The next free place in the journal. */
  nextOrdinal(): number {
    return this.#nextOrdinal++;
  }

  /** How many acts this run has asked for. */
  get place(): number {
    return this.#place;
  }

  /** The record of an act that this run asks for; undefined if no earlier run began it. */
  takeAct(kind: string, hash: string, to: string | undefined): JournalEntry | undefined {
    this.#place += 1;
    const left = this.#acts.filter((act) => !act.asked && act.entry.kind === kind && isSame(act.to, to));
    const found = left.find(({ entry }) => entry.hash === hash) ?? left[0];
    if (found !== undefined) found.asked = true;
    return found?.entry;
  }

  takeAnswer(kind: string, hash: string): JournalEntry | undefined {
    const here = this.#questions.filter(
      ({ entry, place }) => entry.kind === kind && entry.hash === hash && place === this.#place,
    );
    const next = here.find(({ asked }) => !asked);
    if (next !== undefined) next.asked = true;
    // Asked more often than before, while recorded acts are still to come: a new answer would be from after those acts.
    return next?.entry ?? (this.leftActs().length > 0 ? here.at(-1)?.entry : undefined);
  }

  takeHarmless(hash: string): JournalEntry | undefined {
    const found = this.#harmless.find(({ entry, asked }) => !asked && entry.hash === hash);
    if (found !== undefined) found.asked = true;
    return found?.entry;
  }

  /** A value that an earlier run recorded, as JSON text. */
  value(hash: string): string | undefined {
    return this.#values.get(hash);
  }

  /** Acts of earlier runs that this one has not asked for. */
  leftActs(): readonly JournalEntry[] {
    return this.#acts.filter(({ asked }) => !asked).map(({ entry }) => entry);
  }

  /** Whether earlier runs began no act after this one. */
  isLastAct({ ordinal }: JournalEntry): boolean {
    return !this.#acts.some(({ entry }) => entry.ordinal > ordinal);
  }

  /** Whether a person put the turn back to work after it was a dead letter. */
  get isReplay(): boolean {
    return this.#isReplay;
  }
}

/** The effect that a journal entry describes. */
export function recordedEffect({ at, detail }: JournalEntry): RecordedEffect {
  const known: unknown = JSON.parse(detail);
  return {
    correlationId: readText(known, 'mark') ?? '',
    at,
    args: readProperty(known, 'args'),
    about: readProperty(known, 'about'),
  };
}

/** A result as JSON text. */
export function textOf(result: unknown): string {
  return result === undefined ? 'null' : JSON.stringify(result);
}

/** Earlier versions did not record an act's customer. */
function isSame(recorded: string | undefined, asked: string | undefined): boolean {
  return recorded === undefined || asked === undefined || recorded === asked;
}
