import { at, textAt } from '../narration/json.js';

/** @import { EmulatorEvent } from '../trace/emulatorEvent.ts' */

/**
 * What leaves the page has to come through a shell as it is: bash, zsh or another of their kind. PowerShell and cmd read quotes
 * otherwise.
 *
 * @param {string} text
 */
const quoted = (text) =>
  // The signature of a webhook is over its bytes, so a control character in it has to arrive, and must not be typed.
  /\p{Cc}/u.test(text)
    ? `$'${text.replace(/[\\']/g, '\\$&').replace(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)}'`
    : `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * JSON without a sign that a terminal could take for a key, such as the end of what is pasted.
 *
 * @param {unknown} value
 */
const asJson = (value) =>
  JSON.stringify(value).replace(/\p{C}/gu, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );

/**
 * An event as a command for bash that sends it again; `undefined` when nothing went over the wire. A page token is never in it: the
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
  const { method, path, params } = /** @type {Extract<EmulatorEvent, { type: 'graphCall' }>} */ (event);
  const token = '-H "Authorization: Bearer $FACEBOOK_PAGE_TOKEN"';
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
 * An event as a file for tests: where it comes from, and the payload as it was.
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
