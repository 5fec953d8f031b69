import { earliestNow } from './earliestNow.ts';

/** The longest time that a call may be under way before it is given up, in milliseconds. */
const longestCallMs = 15_000;

export interface LateEffectOptions {
  /** How long after a call was given up it may still take effect at the platform, in milliseconds. Default: 5 seconds. */
  lateMs?: number;
  /** The clock that tells when effects begin. Default: {@link earliestNow}. */
  now?: () => number;
}

/**
 * In how many milliseconds it may be believed that a call did not take effect. A call that was given up, by a time limit or because the
 * process ended, may still be on its way; when its turn runs again long after, nothing of it is.
 *
 * @param at when it was begun, in milliseconds since 1970
 */
export function msUntilBelievable(
  at: number,
  { lateMs = 5_000, now = () => earliestNow() }: LateEffectOptions,
): number {
  // A clock that was set meanwhile must not make this long.
  return Math.min(lateMs, Math.max(0, at + longestCallMs + lateMs - now()));
}
