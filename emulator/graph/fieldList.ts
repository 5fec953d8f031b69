import { isJsonObject, type JsonObject } from '../json.ts';
import { ParameterError } from './graphCall.ts';
import { listOfTexts } from './graphParams.ts';

/** A field of Graph's `fields` parameter, with the fields asked of what it holds: `messages{id,from}`. */
export interface Field {
  readonly name: string;
  /** What it is called in the answer: `messages.as(latest)`. */
  readonly alias: string;
  readonly fields: readonly Field[];
  /** How many of what it holds: `messages.limit(5)`. */
  readonly limit?: number;
}

const deepest = 8;

/** The parameter `fields`: a text with commas and braces, a list, or a list as JSON text. */
export function fieldsParam(params: JsonObject, usual: string): readonly Field[] {
  const { fields } = params;
  const isList = Array.isArray(fields) || (typeof fields === 'string' && fields.trimStart().startsWith('['));
  if (isList) return parseFields((listOfTexts(params, 'fields') ?? []).join(','));
  if (fields !== undefined && typeof fields !== 'string')
    throw new ParameterError('fields has to be a text or a list.');
  return parseFields(fields ?? usual);
}

/**
 * Reads `id,messages.limit(5).as(latest){id,message}`; other arguments than these two are passed over. Throws a `ParameterError` when
 * fields are nested deeper than anything that can be asked for.
 * Source: https://developers.facebook.com/docs/graph-api/guides/field-expansion
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
      const alias = /\.as\((\w{1,100})\)/.exec(words)?.[1] ?? name;
      return { name, alias, fields: nestedFields(inner), ...(limit === undefined ? {} : { limit: Number(limit) }) };
    })
    .filter(({ name }) => name !== '');
}

/** The members that were asked for, in turn with those asked of them; Graph adds `id` to every node that has one. */
export function pick(node: JsonObject, fields: readonly Field[]): JsonObject {
  const asked = fields.filter(({ name }) => node[name] !== undefined);
  const picked = Object.fromEntries(asked.map((field) => [field.alias, within(node[field.name], field)]));
  return node['id'] === undefined ? picked : { ...picked, id: node['id'] };
}

/** A list of nodes stands in `data`, or is a node of its own. */
function within(value: unknown, field: Field): unknown {
  const { fields, limit } = field;
  if (!isJsonObject(value)) return value;
  const { data } = value;
  if (!Array.isArray(data)) return fields.length === 0 ? value : pick(value, fields);
  const members: readonly unknown[] = data.slice(0, limit);
  return {
    ...value,
    data: fields.length === 0 ? members : members.map((one) => (isJsonObject(one) ? pick(one, fields) : one)),
  };
}

/** The names of fields that a node of this kind has not. */
export function strangeFields(fields: readonly Field[], known: readonly string[]): readonly string[] {
  return fields.filter(({ name }) => name !== 'id' && !known.includes(name)).map(({ name }) => `fields=${name}`);
}

/** Splits at the commas that stand in no brackets. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of text) {
    if (sign === '{' || sign === '(') depth += 1;
    if (sign === '}' || sign === ')') depth -= 1;
    if (sign === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += sign;
    }
  }
  return [...parts, part];
}
