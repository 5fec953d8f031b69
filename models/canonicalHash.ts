import { createHash } from 'node:crypto';
import { isArray, isJsonObject } from './readJson.ts';

/** A hash of JSON that is the same for all ways to write it: the order of properties, ids as numbers or texts, null or absent. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('base64url');
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
