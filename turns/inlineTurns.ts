import type { KeyedLock } from './keyedLock.ts';
import { StoreUnavailableError } from '../store/storeErrors.ts';
import { createTurnSlots } from './turnSlots.ts';

/** How many may be under way in one conversation, those that wait for each other included. */
const mostOfConversation = 8;

/** How many may be under way in all. */
const mostOfAll = 64;

export interface InlineTurnsOptions {
  lock: KeyedLock;
  timeoutMs: number;
  monotonicNow: () => number;
  /** Resolves when they may begin. */
  gate: () => Promise<void>;
}

/**
 * Turns whose answer belongs into the HTTP response. They come from people who wait, at no bounded rate, so they have places of their own, and
 * none of those in which stored turns run: whoever sends many of them holds up nobody but himself.
 */
export interface InlineTurns {
  /** @throws StoreUnavailable when too many are under way */
  run<T>(conversation: string, work: () => Promise<T>): Promise<T>;
  /** How many are running, or wait for another turn of their conversation. */
  readonly running: number;
  /** How many were refused. */
  readonly refused: number;
  /** Looks at the clock. */
  tick(): void;
}

export function createInlineTurns({ lock, timeoutMs, monotonicNow, gate }: InlineTurnsOptions): InlineTurns {
  const slots = createTurnSlots({ ofPage: mostOfAll, timeoutMs, monotonicNow });
  const ofConversation = new Map<string, number>();
  let underWay = 0;
  let running = 0;
  let refused = 0;

  function admit(conversation: string): void {
    const known = ofConversation.get(conversation) ?? 0;
    if (underWay >= mostOfAll || known >= mostOfConversation) {
      refused += 1;
      throw new StoreUnavailableError('backlog', 'turns that answer at once');
    }
    underWay += 1;
    ofConversation.set(conversation, known + 1);
  }

  function leave(conversation: string): void {
    underWay -= 1;
    const left = (ofConversation.get(conversation) ?? 0) - 1;
    if (left > 0) ofConversation.set(conversation, left);
    else ofConversation.delete(conversation);
  }

  async function inTime<T>(conversation: string, work: () => Promise<T>): Promise<T> {
    const turn = slots.begin(conversation, monotonicNow());
    try {
      return await turn.limit(work());
    } finally {
      turn.end();
    }
  }

  return {
    run: async (conversation, work) => {
      admit(conversation);
      try {
        await gate();
        running += 1;
        try {
          return await lock(conversation, () => inTime(conversation, work));
        } finally {
          running -= 1;
        }
      } finally {
        leave(conversation);
      }
    },
    get running() {
      return running;
    },
    get refused() {
      return refused;
    },
    tick: () => void slots.tick(),
  };
}
