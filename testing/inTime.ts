/** @throws Error with these words when the work takes longer than so many milliseconds of real time: a test runner does not know what it waits for */
export async function inTime<T>(work: Promise<T>, limitMs: number, late: () => string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(late())), limitMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
