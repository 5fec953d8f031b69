/** A turn ran out of time. It can perform no more effects. */
export class TurnTimedOutError extends Error {
  override readonly name = 'TurnTimedOut';

  /** @param limitMs how long it may take, in milliseconds */
  constructor(limitMs: number) {
    super(`The turn did not end within ${Math.round(limitMs / 1000)} seconds.`);
  }
}
