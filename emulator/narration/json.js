/** @typedef {Readonly<Record<string, unknown>>} JsonObject */

/**
 * @param {unknown} value
 * @returns {value is JsonObject}
 */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value at a path of keys, or `undefined` when there is none.
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

/**
 * The list at a path of keys; empty when there is none.
 *
 * @param {unknown} value
 * @param {readonly string[]} keys
 * @returns {readonly unknown[]}
 */
export function listAt(value, ...keys) {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}
