import type { StateTable } from '../store/store.ts';

/**
 * Whether Azure's channel has ever delivered echoes of others for a Page. It is undocumented and was recorded both ways, so a bot that
 * depends on hearing people has to know whether it can.
 */
export interface EchoesHeard {
  /** An echo of others came for the Page with this page key. Cheap: each Page is written once. */
  note(page: string): Promise<void>;
  heard(page: string): Promise<boolean>;
}

/** Stored with the bot's state, under names that no conversation has. */
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
