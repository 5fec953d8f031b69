import type { Storage, StoreItems } from 'botbuilder';
import { isCustomerStateKey } from '../models/stateKey.ts';
import { present } from '../models/present.ts';
import { isJsonObject, readText } from '../models/readJson.ts';
import type { StateChange, StateTable, StateValue } from '../store/store.ts';
import type { TurnScopes } from './turnScope.ts';

const dayMs = 24 * 60 * 60 * 1000;

export interface BotStorageOptions {
  /** How long a value is kept after it was written, in milliseconds. Default: for ever. */
  keepMs?: number | undefined;
  /** `customers`: `keepMs` is about values of one customer alone, and counts from when they were last used. Default: all, from when written. */
  expire?: 'all' | 'customers';
  /** Until when a value is kept, in milliseconds since 1970, where that stands in the value. */
  expiresAt?: (item: unknown) => number | undefined;
  /** `always`: what a turn writes is committed even if the turn becomes a dead letter. Default: only with the turn. */
  committed?: 'withTurn' | 'always';
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * Bot Builder's `Storage` on a store: `ConversationState` and `UserState` survive a restart. What a turn writes is committed when the turn
 * ends, or not at all, so a turn that runs again finds what it found before.
 *
 * An item's `eTag` must be the one it was read with. Without one, or with `*`, the last writer wins.
 *
 * Source: https://learn.microsoft.com/javascript/api/botbuilder-core/storage
 */
export function createBotStorage(table: StateTable, scopes: TurnScopes, options: BotStorageOptions = {}): Storage {
  const { keepMs, expire = 'all', expiresAt, committed = 'withTurn', now = Date.now } = options;
  const expires = (key: string) => expire === 'all' || isCustomerStateKey(key);

  async function change(changes: readonly StateChange[]): Promise<void> {
    const scope = scopes.current();
    const kept =
      keepMs === undefined
        ? changes
        : changes.map((one) => (expires(one.key) ? { ...one, expiresAt: now() + keepMs } : one));
    if (scope === undefined) await table.write(kept);
    else for (const one of kept) scope.changeState(one, committed);
  }

  /** What a customer's turns use is kept, though they do not change it. Written once a day, so that most turns write nothing. */
  async function keepUsed(found: ReadonlyMap<string, StateValue>): Promise<void> {
    if (keepMs === undefined || expire === 'all') return;
    const isDue = ([key, { expiresAt = 0 }]: [string, StateValue]) =>
      expires(key) && expiresAt < now() + keepMs - Math.min(dayMs, keepMs / 2);
    const keys = [...found].filter(isDue).map(([key]) => key);
    if (keys.length > 0) await table.expireAt(keys, now() + keepMs);
  }

  return {
    read: async (keys) => {
      const scope = scopes.current();
      const items: StoreItems = {};
      const found = await table.read(keys);
      await keepUsed(found);
      for (const [key, { value, eTag }] of found) {
        items[key] = { ...objectFrom(value), eTag };
      }
      for (const key of keys) {
        const changed = scope?.changedState(key);
        if (changed === undefined) continue;
        if (changed.value === undefined) Reflect.deleteProperty(items, key);
        else items[key] = { ...objectFrom(changed.value), eTag: '*' };
      }
      return items;
    },
    write: (items) =>
      change(
        Object.entries(items).map(([key, item]: [string, unknown]) => {
          const eTag = readText(item, 'eTag');
          const expected = eTag === '*' ? undefined : eTag;
          return { key, value: textWithoutETag(item), expected, ...present('expiresAt', expiresAt?.(item)) };
        }),
      ),
    delete: (keys) => change(keys.map((key) => ({ key, value: undefined, expected: undefined }))),
  };
}

function objectFrom(text: string): object {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}

function textWithoutETag(item: unknown): string {
  return JSON.stringify(isJsonObject(item) ? { ...item, eTag: undefined } : {});
}
