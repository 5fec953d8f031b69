import { setImmediate as yieldOnce } from 'node:timers/promises';
import { deferred } from '../support/deferred.ts';
import type { SeededRandom } from '../support/seededRandom.ts';

/** What an actor does when its turn comes. It may start work, which goes on by itself. */
export type Step = () => void | Promise<void>;

/**
 * Decides what happens next. Everything on its way between two parts waits at a gate; one thing at a time, chosen by a
 * seeded generator, goes on: a request, an answer, or the next step of an actor. No time is waited for.
 */
export class Scheduler {
  #open = true;
  readonly #waiting: (() => void)[] = [];
  #arrival = deferred();

  /** Resolves when what wants to pass may. Outside of a race that is at once. */
  pass(): Promise<void> {
    if (this.#open) return Promise.resolve();
    const passed = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#arrival.resolve();
    this.#arrival = deferred();
    return passed;
  }

  /** `fetch` with a gate before the request and one before the answer is heard. */
  gated(inner: typeof fetch = fetch): typeof fetch {
    return async (input, init) => {
      await this.pass();
      const response = await inner(input, init);
      await this.pass();
      return response;
    };
  }

  /**
   * Plays a race to its end.
   *
   * @param actors each actor's steps come in their order; between actors and gates the generator chooses
   * @param settled resolves when nothing is under way any more
   */
  async play(
    actors: readonly (readonly Step[])[],
    settled: () => Promise<void>,
    { next, below }: SeededRandom,
  ): Promise<void> {
    this.#open = false;
    const left = actors.map((steps) => [...steps]).filter(({ length }) => length > 0);
    // In some races the actors hurry, in others most of what was begun is over before something new happens.
    const haste = next() ** 3;
    const patience = below(12);
    for (;;) {
      for (let yields = below(patience + 1); yields > 0; yields -= 1) await yieldOnce();
      const acting = left.filter(({ length }) => length > 0);
      const act = () => acting[below(acting.length)]?.shift()?.();
      if (acting.length > 0 && next() < haste) {
        await act();
      } else if (this.#waiting.length > 0) {
        this.#waiting.splice(below(this.#waiting.length), 1)[0]?.();
      } else {
        const arrival = this.#arrival.promise.then(() => 'arrival' as const);
        const outcome = await Promise.race([arrival, settled().then(() => 'settled' as const)]);
        if (outcome === 'arrival' || this.#waiting.length > 0) continue;
        if (acting.length === 0) break;
        await act();
      }
    }
    this.#open = true;
  }
}
