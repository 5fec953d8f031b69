/** @typedef {Readonly<Record<string, unknown>>} JsonObject */

/**
 * @param {unknown} value
 * @returns {value is JsonObject}
 */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is under these keys, one in the other; `undefined` when there is no such place.
 *
 * @param {unknown} value
 * @param {readonly string[]} keys
 */
export function at(value, ...keys) {
  return keys.reduce((/** @type {unknown} */ inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/**
 * @param {unknown} value
 * @param {readonly string[]} keys
 */
export function textAt(value, ...keys) {
  const found = at(value, ...keys);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}
