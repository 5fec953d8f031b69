/** Edges of a Page that Meta has and the emulator has not, and why. A call of one is refused with these words. */
export const notModelledEdges: ReadonlyMap<string, string> = new Map([
  ['pass_thread_metadata', 'pass_thread_metadata, which only the protocol of 2021 had.'],
]);
