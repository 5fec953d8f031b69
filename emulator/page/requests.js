import { signal } from '@preact/signals';

/** @import { Signal } from '@preact/signals' */

/**
 * The emulator's last refusal, in its own words.
 *
 * @type {Signal<string | undefined>}
 */
export const problem = signal(undefined);

/**
 * Reads from the control API. The answer is from the emulator that served this page, so its types hold.
 *
 * @template T
 * @param {string} path behind `/_emulator/`
 * @returns {Promise<T>}
 */
export async function read(path) {
  const response = await fetch(`/_emulator/${path}`);
  return /** @type {T} */ (await answerOf(response));
}

/**
 * Asks the control API for something. A refusal is shown, and then the result is `undefined`.
 *
 * @param {string} path behind `/_emulator/`
 * @param {Readonly<Record<string, unknown>>} [body]
 * @returns {Promise<unknown>}
 */
export const ask = (path, body = {}) => post(path, JSON.stringify(body), 'application/json');

/**
 * Uploads a file to the emulator. A refusal is shown, and then the result is `undefined`.
 *
 * @param {File} file
 */
export const upload = (file) => post(`files?${new URLSearchParams({ name: file.name }).toString()}`, file, file.type);

/**
 * Goes on from an exported state. A refusal is shown, and then the result is `undefined`.
 *
 * @param {File} file
 */
export const importState = (file) => post('state/import', file, 'application/json');

/**
 * Tells the emulator something unasked, such as that a message is shown. Refusals are ignored.
 *
 * @param {string} path behind `/_emulator/`
 */
export async function mention(path) {
  await fetch(`/_emulator/${path}`, { method: 'POST' }).catch(() => undefined);
}

/**
 * @param {string} path
 * @param {string | File} body
 * @param {string} type
 * @returns {Promise<unknown>}
 */
async function post(path, body, type) {
  try {
    const response = await fetch(`/_emulator/${path}`, { method: 'POST', headers: { 'content-type': type }, body });
    const answer = await answerOf(response);
    problem.value = undefined;
    return answer;
  } catch (error) {
    problem.value = error instanceof RefusedError ? error.message : 'The emulator cannot be reached.';
    return undefined;
  }
}

class RefusedError extends Error {}

/** @param {Response} response */
async function answerOf(response) {
  /** @type {unknown} */
  const body = await response.json();
  if (response.ok) return body;
  const sentence = typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : 'Refused.';
  throw new RefusedError(sentence);
}
