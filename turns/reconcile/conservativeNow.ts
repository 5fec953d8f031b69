/**
 * The time, in milliseconds since 1970, as the earlier of two clocks tells it: the system's, and the one that the process began with, which
 * never jumps. For times that are compared with the platform's: one too early makes a search longer, one too late would find nothing
 * of what is there.
 */
export function earliestNow(
  wallNow: () => number = Date.now,
  steadyNow: () => number = () => Math.round(performance.timeOrigin + performance.now()),
): number {
  return Math.min(wallNow(), steadyNow());
}
