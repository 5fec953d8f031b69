/** Limits the memory of all request bodies that are being read. */
export interface BodyBudget {
  /**
   * A body begins to come in.
   *
   * @param giveUp called at most once, when this body has to make room
   */
  enter(giveUp: () => void): BodyPlace;
}

export interface BodyPlace {
  /** So many bytes of memory are held for this body now. May call the `giveUp` of the oldest bodies, this one included. */
  hold(bytes: number): void;
  /** The body is complete, or is not read any further. */
  leave(): void;
}

/**
 * Nobody has shown yet who they are while their bodies come in, so what all of them hold is bounded in sum. Where it is not enough, the
 * body that has been coming in for longest makes room: an honest one is there within milliseconds, and those who hold memory on purpose
 * are the oldest.
 *
 * @param maxBytes what all bodies may hold together
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
