/** The same as a promise, so that what it throws rejects. */
export function soon<Args extends unknown[], Result>(
  work: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    await Promise.resolve();
    return work(...args);
  };
}
