import { BotThreadControl } from '../helpers/botThreadControl.ts';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError } from '../helpers/graph/graphErrors.ts';
import type { GuardedTurns } from './guardedTurns.ts';

/** Thread control that notes what the bot does with its threads, and moves none that another receiver owns. */
export class GuardedThreadControl extends BotThreadControl {
  readonly #turns: GuardedTurns;

  /** @param calls makes the calls; undefined without a page token */
  constructor(calls: ThreadControl | undefined, turns: GuardedTurns) {
    super(calls);
    this.#turns = turns;
  }

  override async passThreadControl(userId: string, targetAppId?: string, metadata?: string): Promise<void> {
    await this.#leave(userId, () => super.passThreadControl(userId, targetAppId, metadata));
  }

  override async releaseThreadControl(userId: string, metadata?: string): Promise<void> {
    await this.#leave(userId, () => super.releaseThreadControl(userId, metadata));
  }

  override async extendThreadControl(userId: string, seconds: number): Promise<void> {
    if (await this.#mayMove(userId)) await super.extendThreadControl(userId, seconds);
  }

  override async takeThreadControl(userId: string, metadata?: string): Promise<void> {
    const begun = await this.#turns.now();
    await super.takeThreadControl(userId, metadata);
    await this.#turns.taken(await this.#turns.threadOf(userId), begun);
  }

  /** A refused pass changed nothing; one without an answer may have. */
  async #leave(userId: string, call: () => Promise<void>): Promise<void> {
    if (!(await this.#mayMove(userId))) return;
    const thread = await this.#turns.threadOf(userId);
    // Before the call: if the process ends in it, the next one learns only later that it worked, and the thread may have come back by then.
    const begun = await this.#turns.now();
    try {
      await call();
    } catch (error) {
      if (!(error instanceof GraphApiError)) await this.#turns.lost(thread, begun);
      throw error;
    }
    await this.#turns.lost(thread, begun);
  }

  /** Whether the thread may be this bot's to give away. Outside of a turn Meta decides. */
  async #mayMove(userId: string): Promise<boolean> {
    const turn = this.#turns.current();
    return !this.isAvailable || turn === undefined || this.#turns.mayAct(turn, await this.#turns.threadOf(userId), {});
  }
}
