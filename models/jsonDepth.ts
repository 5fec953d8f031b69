import { isArray } from './readJson.ts';

/** Meta's payloads have about eight levels. Not every piece of code can print much deeper JSON. */
export const maxDepth = 32;

/** Whether a value has more than this many levels of objects and lists. Looks no deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}

/** The value with everything below this many levels replaced by a string, so that it can be printed. */
export function cutBelow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '[too deep]';
  if (isArray(value)) return value.map((part) => cutBelow(part, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, cutBelow(part, levels - 1)]));
}
