import { at, textAt } from '../narration/json.js';

/** @import { EmulatorEvent } from '../trace/emulatorEvent.ts' */

/**
 * Quotes a text for bash, zsh, dash and similar shells, so that it arrives unchanged. PowerShell and cmd read quotes differently.
 *
 * @param {string} text
 */
function quoted(text) {
  const word = (/** @type {string} */ inside) => `'${inside.replaceAll("'", `'\\''`)}'`;
  if (!/\p{Cc}/u.test(text)) return word(text);
  // A webhook's signature is over its bytes, so control characters must arrive, but must not be typed as such.
  // And between double quotes bash takes an exclamation mark for an earlier command.
  const format = text.replace(/[\\%]/g, '$&$&').replace(/[\p{Cc}!]/gu, inOctal);
  return `"$(printf ${word(format)})"`;
}

/** @param {string} sign */
const inOctal = (sign) =>
  [...new TextEncoder().encode(sign)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * JSON without characters that a terminal could take for keys, such as the end of a paste.
 *
 * @param {unknown} value
 */
const asJson = (value) =>
  JSON.stringify(value).replace(/\p{C}/gu, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );

/**
 * Of a call without an app the emulator has kept nothing that says who made it. A shell in which the variable is not set says this, and calls nothing.
 */
const unknownToken =
  '${ACCESS_TOKEN:?the emulator does not know whose token this call had. Set it to <app id>|<app secret> for a call about an app, otherwise to a page token}';

/**
 * A shell command that sends the event again; `undefined` if nothing went over the wire. It never contains a page token, since the
 * emulator shows none.
 *
 * @param {EmulatorEvent} event
 * @returns {string | undefined}
 */
export function asCurl(event) {
  if ('post' in event && typeof event.post === 'object' && event.post !== null && 'headers' in event.post) {
    const { url, headers, body } = /** @type {import('../trace/emulatorEvent.ts').WebhookPost} */ (event.post);
    const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
    return ['curl', quoted(url), ...lines, `--data-binary ${quoted(body)}`].join(' \\\n  ');
  }
  if (event.type !== 'graphCall') return undefined;
  const { method, path, params, appId } = /** @type {Extract<EmulatorEvent, { type: 'graphCall' }>} */ (event);
  const bearer = appId === undefined ? unknownToken : `as-app-${appId}`;
  const token = `-H "Authorization: Bearer ${bearer}"`;
  if (method === 'GET') {
    const query = new URLSearchParams(Object.entries(params ?? {}).map(([name, value]) => [name, String(value)]));
    return ['curl', quoted(`${location.origin}${path}?${query.toString()}`), token].join(' \\\n  ');
  }
  return [
    `curl -X ${method}`,
    quoted(`${location.origin}${path}`),
    token,
    "-H 'content-type: application/json'",
    `--data-binary ${quoted(asJson(params))}`,
  ].join(' \\\n  ');
}

/**
 * An event as a test fixture: its source, and its payload unchanged.
 *
 * @param {EmulatorEvent} event
 * @param {string} mode
 */
export function asFixture(event, mode) {
  const provenance = `Recorded from the Messenger emulator in mode ${mode}, event ${event.id} (${event.type}).`;
  const body = textAt(event, 'post', 'body');
  if (body !== undefined) {
    /** @type {unknown} */
    const payload = JSON.parse(body);
    return pretty({ provenance, payload });
  }
  if (event.type !== 'graphCall') return pretty({ provenance, payload: at(event, 'payload') ?? event });
  const [method, path, params] = ['method', 'path', 'params'].map((name) => at(event, name));
  return pretty({
    provenance,
    request: { method, path, params },
    response: { status: at(event, 'status'), body: at(event, 'answer') },
  });
}

/** @param {unknown} value */
export const pretty = (value) => JSON.stringify(value, undefined, 2);
