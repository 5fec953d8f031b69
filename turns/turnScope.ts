import { AsyncLocalStorage } from 'node:async_hooks';
import { RecordedEffects } from './journal/recordedEffects.ts';
import { readableError } from './thrownErrors.ts';
import type { Claim, InboxEvent, FailureNote, StateChange, TimerChange } from '../store/store.ts';

/** How a call to the platform ended. `refused`: with an error that concerns only this call. */
export type CallResult = 'worked' | 'rateLimited' | 'invalidToken' | 'temporary' | 'refused';

/** A running turn: which event it works for, what it did when it ran before, and what it will commit. */
export class TurnScope {
  readonly id: number;
  readonly conversation: string;
  readonly event: InboxEvent;
  /** What it did when it ran before. */
  readonly recorded: RecordedEffects;
  /** Values of this run by name, each made once. */
  readonly values = new Map<string, Promise<unknown>>();
  /** The page is in trouble and this turn tests whether it still is, so its calls are not retried. */
  readonly probing: boolean;
  readonly #changes = new Map<string, StateChange>();
  readonly #timerChanges = new Map<string, TimerChange>();
  readonly #lastingChanges = new Set<string>();
  readonly #writes: Promise<void>[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #parked: TurnParkedError | undefined;
  #postponed: { cause: unknown } | undefined;
  #isAbandoned = false;
  #ended = false;
  #lastCall: CallResult | undefined;
  #platformErrors = new WeakSet<object>();

  constructor({ id, event, journal }: Pick<Claim, 'id' | 'event' | 'journal'>, page: 'sound' | 'inTrouble' = 'sound') {
    this.id = id;
    this.probing = page === 'inTrouble';
    this.conversation = event.conversation;
    this.event = event;
    this.recorded = new RecordedEffects(journal);
  }

  /** Remembers an act as under way until it ends, whether or not the bot awaits it. */
  track<T>(act: Promise<T>): Promise<T> {
    this.#underWay.add(act);
    const done = () => void this.#underWay.delete(act);
    act.then(done, done);
    return act;
  }

  get underWay(): readonly Promise<unknown>[] {
    return [...this.#underWay];
  }

  /** Why the turn becomes a dead letter, whatever the bot does with the error. */
  get parked(): TurnParkedError | undefined {
    return this.#parked;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The turn performs no more effects and becomes a dead letter. Returns the error to throw. */
  park(note: FailureNote): TurnParkedError {
    this.#parked ??= new TurnParkedError(note);
    return this.#parked;
  }

  /** The turn performs no more effects and runs again later, whatever the bot does with the error. */
  postpone(cause: unknown): void {
    this.#postponed ??= { cause: readableError(cause) };
  }

  get postponed(): { cause: unknown } | undefined {
    return this.#postponed;
  }

  /** What the turn was to do is known no more, so nobody expects the rest of it. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** A call to the platform ended in this turn. */
  recordCall(end: CallResult, error?: unknown): void {
    this.#lastCall = end;
    if (typeof error === 'object' && error !== null) this.#platformErrors.add(error);
  }

  /** How the last call to the platform ended; undefined when the turn made none. */
  get lastCall(): CallResult | undefined {
    return this.#lastCall;
  }

  /** Whether a call to the platform failed with this error. */
  hasCallFailedWith(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#platformErrors.has(error);
  }

  /** The turn was parked or postponed. Code of its bot that still runs must do nothing more. */
  get isCutOff(): boolean {
    return this.#parked !== undefined || this.#postponed !== undefined;
  }

  /** @throws the reason why the turn may perform no more effects */
  refuseWhenCutOff(): void {
    if (this.#parked !== undefined) throw this.#parked;
    if (this.#postponed !== undefined) throw this.#postponed.cause;
  }

  /** @param lasting `always`: committed even if the turn becomes a dead letter */
  changeState(change: StateChange, lasting: 'withTurn' | 'always' = 'withTurn'): void {
    if (lasting === 'always') this.#lastingChanges.add(change.key);
    const earlier = this.#changes.get(change.key);
    // The turn's first change was made against the committed value, so its eTag counts.
    this.#changes.set(change.key, earlier === undefined ? change : { ...change, expected: earlier.expected });
  }

  /** The last change of each timer counts. */
  changeTimer(change: TimerChange): void {
    this.#timerChanges.set(JSON.stringify([change.conversation, change.name]), change);
  }

  get timerChanges(): readonly TimerChange[] {
    return [...this.#timerChanges.values()];
  }

  changedState(key: string): StateChange | undefined {
    return this.#changes.get(key);
  }

  get changes(): readonly StateChange[] {
    return [...this.#changes.values()];
  }

  /** Changes that are committed whatever happens to the turn. */
  get lastingChanges(): readonly StateChange[] {
    return this.changes.filter(({ key }) => this.#lastingChanges.has(key));
  }

  /** A write to the journal that the turn need not wait for until its end. */
  trackWrite(write: Promise<void>): void {
    write.catch(() => undefined);
    this.#writes.push(write);
  }

  /** After this the turn can perform no more effects. Waits for those under way; rejects when one could not be written to the journal. */
  async end(): Promise<void> {
    // A turn that was not cut off has already waited for them.
    if (this.isCutOff && this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    this.#ended = true;
    await Promise.all(this.#writes);
  }
}

/** The turn cannot go on and becomes a dead letter for a person to look at. */
class TurnParkedError extends Error {
  override readonly name = 'TurnParked';
  readonly note: FailureNote;

  constructor(note: FailureNote) {
    super(note.sentence);
    this.note = note;
  }
}

/** Tells code anywhere inside a turn which turn that is. */
export interface TurnScopes {
  run<T>(scope: TurnScope, work: () => Promise<T>): Promise<T>;
  /** The present turn, even if it was cut off and must do nothing more. Undefined outside of turns and after their end. */
  current(): TurnScope | undefined;
  /** The turn that started this code, whether it is running or has ended. */
  origin(): TurnScope | undefined;
  /** Registers work to do with each turn after its bot has returned, while the turn still counts as running. */
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
