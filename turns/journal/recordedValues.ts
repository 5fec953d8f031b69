import { makeOnce, throughJson, type RecordOnce } from '../../helpers/once.ts';
import { readProperty } from '../../models/readJson.ts';
import { sha256 } from '../../models/sha256.ts';
import { valueKind } from '../../store/journalEntries.ts';
import type { JournalTable } from '../../store/store.ts';
import type { TurnScope, TurnScopes } from '../turnScope.ts';

export interface RecordedValuesOptions {
  table: JournalTable;
  scopes: TurnScopes;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Records the values that a turn makes in its journal. Outside of turns nothing is recorded, and each call makes a new value. */
export function createRecordOnce({ table, scopes, now = Date.now }: RecordedValuesOptions): RecordOnce {
  async function recall(scope: TurnScope, name: string, make: () => unknown): Promise<unknown> {
    const hash = sha256(name);
    const written = scope.recorded.value(hash);
    if (written !== undefined) return readProperty(JSON.parse(written), 'value');
    const value = throughJson(await make());
    scope.refuseWhenCutOff();
    const ordinal = scope.recorded.nextOrdinal();
    const entry = { ordinal, kind: valueKind, hash, detail: JSON.stringify({ name }), at: now() };
    await table.begin(scope.id, { ...entry, outcome: 'done', result: JSON.stringify({ value }) });
    return value;
  }

  return async (name, make) => {
    const scope = scopes.current();
    if (scope === undefined) return throughJson(await make());
    scope.refuseWhenCutOff();
    return makeOnce(scope.values, name, () => recall(scope, name, make));
  };
}
