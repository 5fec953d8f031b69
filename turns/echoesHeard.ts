import type { StateTable } from '../store/store.ts';

/**
 * Whether Azure's channel was ever heard to tell what others said for a Page. Nobody documents that it does, and it was recorded both
 * ways, so a bot that depends on hearing people has to know whether it can.
 */
export interface EchoesHeard {
  /** An echo came for this Page, named as by `pageOf`. Cheap: each Page is written once. */
  note(page: string): Promise<void>;
  heard(page: string): Promise<boolean>;
}

/** Kept among the bot's state, under names that no conversation has. */
export function createEchoesHeard(state: StateTable, now: () => number = Date.now): EchoesHeard {
  const noted = new Set<string>();
  const keyOf = (page: string): string => `messenger-handover/echo heard through Azure/${page}`;
  return {
    note: async (page) => {
      if (noted.has(page)) return;
      await state.write([{ key: keyOf(page), value: JSON.stringify({ at: now() }), expected: undefined }]);
      noted.add(page);
    },
    heard: async (page) => noted.has(page) || (await state.read([keyOf(page)])).size > 0,
  };
}
