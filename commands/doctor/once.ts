/** Calls a function the first time only and gives that result ever after; an error of the first call is thrown every time. */
export function once<Result>(create: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: create() }).result;
}
