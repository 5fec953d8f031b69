/** Limits the memory of all request bodies that are being read, together. */
export interface BodyBudget {
  /**
   * A body starts to arrive.
   *
   * @param giveUp called at most once, if this body has to make room
   */
  enter(giveUp: () => void): BodyPlace;
}

export interface BodyPlace {
  /** The memory that this body takes now, in bytes. May call the `giveUp` of the oldest bodies, including this one. */
  hold(bytes: number): void;
  /** The body is complete, or will not be read any further. */
  leave(): void;
}

/**
 * Senders are unknown while their bodies arrive, so all bodies share one limit. Beyond it the oldest unfinished body makes room: an honest
 * one is complete within milliseconds, and those that hold memory on purpose are the oldest.
 *
 * @param maxBytes the limit for all bodies together
 */
export function createBodyBudget(maxBytes: number): BodyBudget {
  const oldestFirst = new Map<object, { bytes: number; giveUp: () => void }>();
  let held = 0;

  function remove(key: object): (() => void) | undefined {
    const entry = oldestFirst.get(key);
    oldestFirst.delete(key);
    held -= entry?.bytes ?? 0;
    return entry?.giveUp;
  }

  return {
    enter: (giveUp) => {
      const key = {};
      oldestFirst.set(key, { bytes: 0, giveUp });
      return {
        hold: (bytes) => {
          const entry = oldestFirst.get(key);
          if (entry === undefined) return;
          held += bytes - entry.bytes;
          entry.bytes = bytes;
          for (const oldest of oldestFirst.keys()) {
            if (held <= maxBytes) break;
            remove(oldest)?.();
          }
        },
        leave: () => void remove(key),
      };
    },
  };
}

/** The budget of this process: four of the largest bodies that any endpoint takes. */
export const processBodyBudget = createBodyBudget(64 * 1024 * 1024);
