/** A turn did not end in the time that it has. From here on it has no effects. */
export class TurnTimedOutError extends Error {
  override readonly name = 'TurnTimedOut';

  /** @param limitMs the time that it had, in milliseconds */
  constructor(limitMs: number) {
    super(`The turn did not end within ${Math.round(limitMs / 1000)} seconds.`);
  }
}
