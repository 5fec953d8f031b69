/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The field as an object; undefined if it is missing or something else. */
export const objectAt = (from: unknown, field: string): JsonObject | undefined => {
  const value = isJsonObject(from) ? from[field] : undefined;
  return isJsonObject(value) ? value : undefined;
};

/** The field as an array; empty if it is missing or something else. */
export const listAt = (from: unknown, field: string): readonly unknown[] => {
  const value: unknown = isJsonObject(from) ? from[field] : undefined;
  return Array.isArray(value) ? value : [];
};

/** The field as a non-empty string; otherwise undefined. */
export const textAt = (from: unknown, field: string): string | undefined => {
  const value = isJsonObject(from) ? from[field] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The field as an id: Meta spells the same id as a string in one place and as a number in another. */
export const idAt = (from: unknown, field: string): string | undefined => {
  const value = isJsonObject(from) ? from[field] : undefined;
  return typeof value === 'number' ? String(value) : textAt(from, field);
};

/** Deeper than anything Meta describes, and far from overflowing the stack. */
const deepest = 100;

/** @returns `undefined` if the text is not JSON or is nested too deep */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether brackets are nested too deep; those within strings do not count. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (inString) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}
