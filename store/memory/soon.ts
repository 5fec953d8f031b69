/** Makes a function asynchronous, so that its errors become rejections. */
export function soon<Args extends unknown[], Result>(
  work: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    await Promise.resolve();
    return work(...args);
  };
}
