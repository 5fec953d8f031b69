import type { DropCount } from '../dropCount.ts';
import { matches } from '../eventFilter.ts';
import type { DeadLetter, DeadLetters, UnknownEffects } from '../store.ts';
import { soon } from './soon.ts';

/** The most dead letters in memory; the oldest are dropped first. */
const maxDeadLetters = 1000;

export interface MemoryDeadLettersOptions {
  now: () => number;
  dropCount: DropCount;
  /** Puts a dead letter back to work. */
  replay: (letter: DeadLetter, unknown: UnknownEffects) => void;
}

export class MemoryDeadLetters implements DeadLetters {
  readonly #options: MemoryDeadLettersOptions;
  readonly #letters = new Map<number, DeadLetter>();

  constructor(options: MemoryDeadLettersOptions) {
    this.#options = options;
  }

  add(letter: DeadLetter): void {
    this.#letters.set(letter.id, letter);
    for (const [id, oldest] of this.#letters) {
      if (this.#letters.size <= maxDeadLetters) break;
      this.#letters.delete(id);
      if (isOpen(oldest)) this.#options.dropCount.add({ deadLetters: 1, quarantined: 0 });
    }
  }

  readonly list: DeadLetters['list'] = soon((limit = 100, filter = {}) =>
    this.#open()
      .filter((letter) => matches(filter, { ...letter, at: letter.diedAt }))
      .slice(0, limit),
  );

  readonly get: DeadLetters['get'] = soon((id) => this.#letters.get(id));

  readonly count: DeadLetters['count'] = soon(() => this.#open().length);

  readonly byReason: DeadLetters['byReason'] = soon(() => {
    const ofReasons = Map.groupBy(this.#open(), ({ reason }) => reason);
    return new Map([...ofReasons].map(([reason, { length }]) => [reason, length]));
  });

  readonly replay: DeadLetters['replay'] = soon((id, unknown = 'keep', by) => {
    const letter = this.#letters.get(id);
    if (letter === undefined || !isOpen(letter)) return false;
    letter.replayedAt = this.#options.now();
    if (by !== undefined) letter.replayedBy = by;
    this.#options.replay(letter, unknown);
    return true;
  });

  readonly drop: DeadLetters['drop'] = soon((id) => this.#letters.delete(id));

  #open(): DeadLetter[] {
    return [...this.#letters.values()].filter(isOpen);
  }
}

function isOpen({ replayedAt }: DeadLetter): boolean {
  return replayedAt === undefined;
}
