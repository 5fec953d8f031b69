import { AsyncLocalStorage } from 'node:async_hooks';
import type { Claim, FailureNote, JournalEntry, StateChange } from './store.ts';

/** A turn that is running: which delivery it works for, what it did when it ran before, and what it changes with its end. */
export class TurnScope {
  readonly id: number;
  readonly conversation: string;
  readonly #before: ReadonlyMap<number, JournalEntry>;
  readonly #changes = new Map<string, StateChange>();
  readonly #notes: Promise<void>[] = [];
  #ordinals = 0;
  #parked: TurnParked | undefined;
  #postponed: { cause: unknown } | undefined;
  #ended = false;

  constructor({ id, delivery, journal }: Pick<Claim, 'id' | 'delivery' | 'journal'>) {
    this.id = id;
    this.conversation = delivery.conversation;
    this.#before = new Map(journal.map((entry) => [entry.ordinal, entry]));
  }

  /** The place of the next effect, with what is recorded of it. */
  nextEffect(): { ordinal: number; before: JournalEntry | undefined } {
    const ordinal = this.#ordinals++;
    return { ordinal, before: this.#before.get(ordinal) };
  }

  /** Whether an earlier run did nothing after this effect. */
  isLast(ordinal: number): boolean {
    return ![...this.#before.keys()].some((other) => other > ordinal);
  }

  /** How many effects of an earlier run this one did not ask for. */
  get effectsLeft(): number {
    return [...this.#before.keys()].filter((ordinal) => ordinal >= this.#ordinals).length;
  }

  /** Why the turn has to be put aside, whatever the bot makes of the error. */
  get parked(): TurnParked | undefined {
    return this.#parked;
  }

  /** Whether the turn is over without having been done: what is left of it must do nothing, for it runs again or a person looks at it. */
  get isCutOff(): boolean {
    return this.#parked !== undefined || this.#postponed !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** From here on the turn does nothing any more. */
  park(note: FailureNote): TurnParked {
    this.#parked ??= new TurnParked(note);
    return this.#parked;
  }

  /** The turn has to run again later, whatever the bot makes of the error: what became of an effect could not be asked now. */
  postpone(cause: unknown): void {
    this.#postponed ??= { cause };
  }

  get postponed(): { cause: unknown } | undefined {
    return this.#postponed;
  }

  changeState(change: StateChange): void {
    const earlier = this.#changes.get(change.key);
    // Only the first change of a turn was made against what is committed.
    this.#changes.set(change.key, earlier === undefined ? change : { ...change, expected: earlier.expected });
  }

  changedState(key: string): StateChange | undefined {
    return this.#changes.get(key);
  }

  get changes(): readonly StateChange[] {
    return [...this.#changes.values()];
  }

  /** Something that is being written down while the turn goes on. */
  keepNote(note: Promise<void>): void {
    note.catch(() => undefined);
    this.#notes.push(note);
  }

  /** Ends the turn's right to effects. Rejects when something could not be written down. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#notes);
  }
}

/** A turn that cannot go on by itself; it becomes a dead letter for a person to look at. */
export class TurnParked extends Error {
  override readonly name = 'TurnParked';
  readonly note: FailureNote;

  constructor(note: FailureNote) {
    super(note.sentence);
    this.note = note;
  }
}

/** Tells whoever works for a turn which one it is, however deep inside it. */
export interface TurnScopes {
  run<T>(scope: TurnScope, work: () => Promise<T>): Promise<T>;
  /** The turn that is running here, or was cut off and must not do anything more; undefined outside of turns and after their end. */
  current(): TurnScope | undefined;
}

export function createTurnScopes(): TurnScopes {
  const storage = new AsyncLocalStorage<TurnScope>();
  return {
    run: (scope, work) => storage.run(scope, work),
    current: () => {
      const scope = storage.getStore();
      return scope?.ended === true && !scope.isCutOff ? undefined : scope;
    },
  };
}
