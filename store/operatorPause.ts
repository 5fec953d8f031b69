import type { Logger } from '../helpers/logging/logger.ts';
import { parseJson, readArray, readInteger, readObject, readText } from '../models/readJson.ts';
import type { StateTable } from './store.ts';

/** Stored with the bot's state, under a name that no conversation has, so that it outlives the process. */
export const pauseKey = 'messenger-handover/paused by an operator';

/** What an operator holds back: page keys, or `all` for every page. */
export interface PauseState {
  held: readonly string[];
  /** The last `resume`, numbered so that a bot recognises one that it has seen. */
  resumed?: { number: number; page: string };
}

export const allPages = 'all';

export function readPauseState(json: string | undefined): PauseState {
  const value: unknown = json === undefined ? undefined : parseJson(json);
  const held = readArray(value, 'held').filter((page) => typeof page === 'string');
  const last = readObject(value, 'resumed');
  const [number, page] = [readInteger(last, 'number'), readText(last, 'page')];
  return { held, ...(number === undefined || page === undefined ? {} : { resumed: { number, page } }) };
}

export interface OperatorPause {
  /** Call this when somebody may have changed it. */
  maybeChanged(): void;
  /** Reads it again if it may have changed. @throws StoreUnavailable */
  refresh(): Promise<void>;
  holds(page: string): boolean;
  held(): readonly string[];
}

/**
 * The pause that an operator asks for with `npm run store -- pause`: no turns begin, while events are still accepted.
 *
 * @param resumed called with the page, or `all`, at each `resume`
 */
export function createOperatorPause(
  state: Pick<StateTable, 'read'>,
  { logger, resumed }: { logger: Logger; resumed: (page: string) => void },
): OperatorPause {
  let known: PauseState | undefined;
  let isStale = true;

  function tell(before: readonly string[], { held }: PauseState): void {
    for (const page of held) {
      if (!before.includes(page)) logger.warn({ page }, 'an operator paused the turns: events are accepted and wait');
    }
    for (const page of before) {
      if (!held.includes(page)) logger.info({ page }, 'an operator let the turns go on');
    }
  }

  return {
    maybeChanged: () => {
      isStale = true;
    },
    refresh: async () => {
      if (!isStale) return;
      isStale = false;
      try {
        const found = await state.read([pauseKey]);
        const now = readPauseState(found.get(pauseKey)?.value);
        const before = known;
        known = now;
        tell(before?.held ?? [], now);
        const isNew = before !== undefined && now.resumed?.number !== before.resumed?.number;
        if (isNew && now.resumed !== undefined) resumed(now.resumed.page);
      } catch (error) {
        isStale = true;
        throw error;
      }
    },
    holds: (page) => known?.held.some((one) => one === page || one === allPages) ?? false,
    held: () => known?.held ?? [],
  };
}
