import type { KeyedLock } from './keyedLock.ts';
import { StoreUnavailableError } from '../store/storeErrors.ts';
import { TurnSlots } from './turnSlots.ts';

/** How many may be under way in one conversation, including those that wait for each other. */
const mostOfConversation = 8;

/** How many may be under way in all. */
const mostOfAll = 64;

export interface InlineTurnsOptions {
  lock: KeyedLock;
  timeoutMs: number;
  monotonicNow: () => number;
  /** Resolves when a turn may begin. */
  gate: () => Promise<void>;
}

/**
 * Turns that are answered in the HTTP response. Their callers wait and nothing limits their number, so they have slots of their own: whoever sends
 * too many holds up no stored turn.
 */
export class InlineTurns {
  readonly #options: InlineTurnsOptions;
  readonly #slots: TurnSlots;
  readonly #ofConversation = new Map<string, number>();
  #underWay = 0;
  #running = 0;
  #refused = 0;

  constructor(options: InlineTurnsOptions) {
    const { timeoutMs, monotonicNow } = options;
    this.#options = options;
    this.#slots = new TurnSlots({ perPage: mostOfAll, timeoutMs, monotonicNow });
  }

  /** How many are running or waiting for another turn of their conversation. */
  get running(): number {
    return this.#running;
  }

  /** How many were refused because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws StoreUnavailableError when too many are under way */
  async run<T>(conversation: string, work: () => Promise<T>): Promise<T> {
    this.#admit(conversation);
    try {
      await this.#options.gate();
      this.#running += 1;
      try {
        return await this.#options.lock(conversation, () => this.#inTime(conversation, work));
      } finally {
        this.#running -= 1;
      }
    } finally {
      this.#leave(conversation);
    }
  }

  /** Checks the clock for turns whose time is up. */
  tick(): void {
    this.#slots.tick();
  }

  #admit(conversation: string): void {
    const known = this.#ofConversation.get(conversation) ?? 0;
    if (this.#underWay >= mostOfAll || known >= mostOfConversation) {
      this.#refused += 1;
      throw new StoreUnavailableError('backlog', 'turns that answer at once');
    }
    this.#underWay += 1;
    this.#ofConversation.set(conversation, known + 1);
  }

  #leave(conversation: string): void {
    this.#underWay -= 1;
    const left = (this.#ofConversation.get(conversation) ?? 0) - 1;
    if (left > 0) this.#ofConversation.set(conversation, left);
    else this.#ofConversation.delete(conversation);
  }

  async #inTime<T>(conversation: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#slots.begin(conversation, this.#options.monotonicNow());
    try {
      return await turn.limit(work());
    } finally {
      turn.end();
    }
  }
}
