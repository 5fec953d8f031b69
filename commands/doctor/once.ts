/** Calls a function the first time only and gives that result ever after; a promise that was rejected stays so. */
export function once<Result>(create: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: create() }).result;
}
