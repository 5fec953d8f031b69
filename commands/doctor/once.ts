/** Calls a function once and returns that result from then on, even a rejected promise. */
export function once<Result>(create: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: create() }).result;
}
