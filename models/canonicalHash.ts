import { isArray, isJsonObject } from './readJson.ts';
import { sha256 } from './sha256.ts';

/** A hash of JSON that does not depend on how it was written: property order, ids as numbers or strings, null or absent. */
export function canonicalHash(value: unknown): string {
  return sha256(JSON.stringify(canonical(value)));
}

function canonical(value: unknown): unknown {
  if (isArray(value)) return value.map(canonical);
  if (typeof value === 'number') return String(value);
  if (!isJsonObject(value)) return value;
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const part = value[name] ?? undefined;
      return part === undefined ? [] : [[name, canonical(part)]];
    });
}
