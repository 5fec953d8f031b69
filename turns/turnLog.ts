import { createEventAge } from '../store/eventAge.ts';
import type { Claim, InboxEvent } from '../store/store.ts';
import type { Logger } from '../helpers/logging/logger.ts';

/** How a turn ended, for metrics. `retried` is not final: the turn runs again. */
export interface TurnEnd {
  outcome: 'done' | 'retried' | 'failed';
  kind: string;
  /** From acceptance to this end, in milliseconds. */
  ageMs: number;
  durationMs: number;
}

/** `leftOver`: the runner stopped, so the turn is left to the next process. `err`: why the turn did not succeed. */
export interface TurnResult {
  outcome: TurnEnd['outcome'] | 'leftOver';
  err?: unknown;
}

export interface TurnLogOptions {
  logger: Logger;
  observe?: ((end: TurnEnd) => void) | undefined;
  /** More fields for the log line of a stored turn. */
  about?: ((event: InboxEvent) => Readonly<Record<string, unknown>>) | undefined;
  monotonicNow: () => number;
  now?: (() => number) | undefined;
}

const levels = { done: 'info', retried: 'warn', failed: 'error', leftOver: 'warn' } as const;

/** Writes one log line for each end of a turn and tells the observer. `startedAt` is a time of `monotonicNow`. */
export class TurnLog {
  readonly #options: TurnLogOptions;
  readonly #ageOf: (acceptedAt: number) => number;

  constructor(options: TurnLogOptions) {
    const { monotonicNow, now } = options;
    this.#options = options;
    this.#ageOf = createEventAge({ monotonicNow, ...(now && { now }) });
  }

  stored({ id, event, acceptedAt }: Claim, startedAt: number, { outcome, ...more }: TurnResult): void {
    const { conversation, kind, via } = event;
    const { logger, observe, about } = this.#options;
    const durationMs = this.#since(startedAt);
    const fields = { conversation, kind, via, delivery: id, ...about?.(event), durationMs, outcome, ...more };
    logger[levels[outcome]](fields, 'turn');
    if (outcome !== 'leftOver') {
      observe?.({ outcome, kind, durationMs, ageMs: Math.max(durationMs, this.#ageOf(acceptedAt)) });
    }
  }

  notCommitted({ id, event }: Claim, startedAt: number, err: unknown): void {
    const { conversation, kind, via } = event;
    const fields = { conversation, kind, via, delivery: id, durationMs: this.#since(startedAt), err };
    this.#options.logger.error(fields, 'the end of a turn could not be committed');
  }

  inline(
    { conversation, kind, via }: Pick<InboxEvent, 'conversation' | 'kind' | 'via'>,
    startedAt: number,
    { outcome, ...more }: TurnResult & { outcome: 'done' | 'failed' },
  ): void {
    const durationMs = this.#since(startedAt);
    this.#options.logger[levels[outcome]]({ conversation, kind, via, durationMs, outcome, ...more }, 'turn');
    this.#options.observe?.({ outcome, kind, ageMs: durationMs, durationMs });
  }

  #since(startedAt: number): number {
    return Math.round(this.#options.monotonicNow() - startedAt);
  }
}
