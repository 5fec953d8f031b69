/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The field as an object, or nothing when it is missing or something else. */
export const objectAt = (from: unknown, field: string): JsonObject | undefined => {
  const value = isJsonObject(from) ? from[field] : undefined;
  return isJsonObject(value) ? value : undefined;
};

/** The field as an array; an empty one when it is missing or something else. */
export const listAt = (from: unknown, field: string): readonly unknown[] => {
  const value: unknown = isJsonObject(from) ? from[field] : undefined;
  return Array.isArray(value) ? value : [];
};

/** The field as a string that is not empty, or nothing. */
export const textAt = (from: unknown, field: string): string | undefined => {
  const value = isJsonObject(from) ? from[field] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The field as an id: Meta spells the same id as a string in one place and as a number in another. */
export const idAt = (from: unknown, field: string): string | undefined => {
  const value = isJsonObject(from) ? from[field] : undefined;
  return typeof value === 'number' ? String(value) : textAt(from, field);
};

/** The parsed text, or nothing when it is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
