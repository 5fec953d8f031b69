import { AsyncLocalStorage } from 'node:async_hooks';
import { RecordedEffects } from './journal/recordedEffects.ts';
import type { Claim, FailureNote, StateChange } from '../store/store.ts';

/** How a call of the platform ended: well, or with what it says about the page; `refused` when that is nothing. */
export type CallEnd = 'worked' | 'rateLimited' | 'invalidToken' | 'temporary' | 'refused';

/** A turn that is running: which delivery it works for, what it did when it ran before, and what it changes with its end. */
export class TurnScope {
  readonly id: number;
  readonly conversation: string;
  /** What it did when it ran before. */
  readonly recorded: RecordedEffects;
  /** Values of this run by name, each made once. */
  readonly values = new Map<string, Promise<unknown>>();
  /** Whether its page is in trouble, so that the turn finds out how it is: its calls are made once. */
  readonly probing: boolean;
  readonly #changes = new Map<string, StateChange>();
  readonly #lastingChanges = new Set<string>();
  readonly #notes: Promise<void>[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #parked: TurnParkedError | undefined;
  #postponed: { cause: unknown } | undefined;
  #ended = false;
  #lastCall: CallEnd | undefined;
  #platformErrors = new WeakSet<object>();

  constructor(
    { id, delivery, journal }: Pick<Claim, 'id' | 'delivery' | 'journal'>,
    page: 'sound' | 'inTrouble' = 'sound',
  ) {
    this.id = id;
    this.probing = page === 'inTrouble';
    this.conversation = delivery.conversation;
    this.recorded = new RecordedEffects(journal);
  }

  /** Something the turn does outside, whether the bot waits for it or not. */
  track<T>(act: Promise<T>): Promise<T> {
    this.#underWay.add(act);
    const done = () => void this.#underWay.delete(act);
    act.then(done, done);
    return act;
  }

  get underWay(): readonly Promise<unknown>[] {
    return [...this.#underWay];
  }

  /** Why the turn has to be put aside, whatever the bot makes of the error. */
  get parked(): TurnParkedError | undefined {
    return this.#parked;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** From here on the turn does nothing any more. */
  park(note: FailureNote): TurnParkedError {
    this.#parked ??= new TurnParkedError(note);
    return this.#parked;
  }

  /** The turn has to run again later, whatever the bot makes of the error: what became of an effect could not be asked now. */
  postpone(cause: unknown): void {
    this.#postponed ??= { cause };
  }

  get postponed(): { cause: unknown } | undefined {
    return this.#postponed;
  }

  /** A call of the platform ended in this turn. */
  noteCall(end: CallEnd, error?: unknown): void {
    this.#lastCall = end;
    if (typeof error === 'object' && error !== null) this.#platformErrors.add(error);
  }

  /** How the last call of the platform ended; undefined when the turn made none. */
  get lastCall(): CallEnd | undefined {
    return this.#lastCall;
  }

  /** Whether a call of the platform ended with this error. */
  hasCallFailedWith(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#platformErrors.has(error);
  }

  /** Whether the turn is over without having been done: what is left of it must do nothing, for it runs again or a person looks at it. */
  get isCutOff(): boolean {
    return this.#parked !== undefined || this.#postponed !== undefined;
  }

  /** @throws why the turn may do nothing any more */
  refuseWhenCutOff(): void {
    if (this.#parked !== undefined) throw this.#parked;
    if (this.#postponed !== undefined) throw this.#postponed.cause;
  }

  /** @param lasting `always`: it is committed also when the turn becomes a dead letter */
  changeState(change: StateChange, lasting: 'withTurn' | 'always' = 'withTurn'): void {
    if (lasting === 'always') this.#lastingChanges.add(change.key);
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

  /** Those that are true whatever becomes of the turn. */
  get lastingChanges(): readonly StateChange[] {
    return this.changes.filter(({ key }) => this.#lastingChanges.has(key));
  }

  /** Something that is being written down while the turn goes on. */
  keepNote(note: Promise<void>): void {
    note.catch(() => undefined);
    this.#notes.push(note);
  }

  /**
   * Ends the turn's right to effects, once those that are under way have ended. Rejects when something could not be written down.
   */
  async end(): Promise<void> {
    // A turn that was not cut off has waited for them already.
    if (this.isCutOff && this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    this.#ended = true;
    await Promise.all(this.#notes);
  }
}

/** A turn that cannot go on by itself; it becomes a dead letter for a person to look at. */
export class TurnParkedError extends Error {
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
  /** The turn that this comes from, whether it is running or has ended. */
  origin(): TurnScope | undefined;
  /** Has something done with each turn when its bot has returned, while the turn still counts as running. */
  beforeEnd(work: (scope: TurnScope) => Promise<void>): void;
}

export function createTurnScopes(): TurnScopes {
  const storage = new AsyncLocalStorage<TurnScope>();
  const endings: ((scope: TurnScope) => Promise<void>)[] = [];
  return {
    run: (scope, work) =>
      storage.run(scope, async () => {
        const result = await work();
        for (const ending of endings) await ending(scope);
        return result;
      }),
    current: () => {
      const scope = storage.getStore();
      return scope?.ended === true && !scope.isCutOff ? undefined : scope;
    },
    origin: () => storage.getStore(),
    beforeEnd: (work) => void endings.push(work),
  };
}
