import { ParameterError } from './graphCall.ts';

/** A field of Graph's `fields` parameter, with the fields asked of what it holds: `messages{id,from}`. */
export interface Field {
  readonly name: string;
  readonly fields: readonly Field[];
  /** How many of what it holds: `messages.limit(5)`. */
  readonly limit?: number;
}

const deepest = 8;

/**
 * Reads `id,messages.limit(5){id,message}`; other arguments than `limit` are passed over. Throws a `ParameterError` when fields
 * are nested deeper than anything that can be asked for.
 */
export function parseFields(text: string): readonly Field[] {
  let depth = 0;
  for (const sign of text) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (depth > deepest) throw new ParameterError(`fields may be nested ${deepest} deep.`);
  }
  return nestedFields(text);
}

function nestedFields(text: string): readonly Field[] {
  if (text.trim() === '') return [];
  return splitOutside(text)
    .map((part) => {
      const open = part.indexOf('{');
      const words = open === -1 ? part : part.slice(0, open);
      const name = (words.split('.', 1)[0] ?? '').trim();
      const inner = open === -1 ? '' : part.slice(open + 1, part.lastIndexOf('}'));
      const limit = /\.limit\((\d{1,4})\)/.exec(words)?.[1];
      return { name, fields: nestedFields(inner), ...(limit === undefined ? {} : { limit: Number(limit) }) };
    })
    .filter(({ name }) => name !== '');
}

/** The members that were asked for; Graph adds `id` to every node that has one. */
export function pick(node: Readonly<Record<string, unknown>>, fields: readonly Field[]): Record<string, unknown> {
  const names = new Set([...fields.map(({ name }) => name), 'id']);
  return Object.fromEntries(Object.entries(node).filter(([name]) => names.has(name)));
}

/** Splits at the commas that stand in no braces. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of text) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (sign === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += sign;
    }
  }
  return [...parts, part];
}
