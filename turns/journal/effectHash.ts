import { isJsonObject } from '../../models/readJson.ts';
import { sha256 } from '../../models/sha256.ts';
import type { Effect } from './effect.ts';

/** A hash of an effect's kind and arguments, whatever the order of their properties. */
export function hashOf({ kind, args }: Pick<Effect<unknown>, 'kind' | 'args'>): string {
  const text = JSON.stringify([kind, args === undefined ? null : ordered(JSON.parse(JSON.stringify(args)))]);
  return sha256(text);
}

/** The same JSON with the names of each object in alphabetical order. */
function ordered(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(ordered);
  if (!isJsonObject(json)) return json;
  return Object.keys(json)
    .sort()
    .map((name) => [name, ordered(json[name])]);
}
