export interface EventAgeOptions {
  /** The clock that dates acceptances, in milliseconds since 1970. */
  now?: () => number;
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number;
}

/** How long ago something was accepted, in milliseconds. */
export type EventAge = (acceptedAt: number) => number;

/**
 * The age of an event by a wall clock that may be set meanwhile. Whether that was before or after the acceptance is unknown, so the smaller
 * age counts: an event must not be given up, or called late, because somebody corrected the clock.
 */
export function createEventAge({
  now = Date.now,
  monotonicNow = () => performance.now(),
}: EventAgeOptions = {}): EventAge {
  const offset = now() - monotonicNow();
  return (acceptedAt) => {
    const wallMs = now() - acceptedAt;
    const setForwardMs = now() - monotonicNow() - offset;
    return Math.max(0, wallMs - Math.max(0, setForwardMs));
  };
}
