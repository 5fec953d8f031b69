import type { JsonObject } from '../json.ts';

/** About access; they are not recorded. */
export const accessParams: ReadonlySet<string> = new Set([
  ...['access_token', 'appsecret_proof', 'appsecret_time'],
  ...['client_secret', 'code', 'fb_exchange_token'],
]);

/**
 * What every call of Graph may carry. Those that the emulator does not read change nothing in what it answers: its answers are always JSON,
 * in English and on one line, with times as Graph writes them by itself.
 * Source: https://developers.facebook.com/docs/graph-api/overview and Meta's SDKs
 */
const globalParams: ReadonlySet<string> = new Set([
  ...accessParams,
  ...['callback', 'date_format', 'debug', 'fields', 'format', 'include_headers', 'locale', 'method'],
  ...['pretty', 'return_ssl_resources', 'sdk', 'suppress_http_code', 'suppress_http_codes', 'transport'],
  // Meta's own SDK repeats there what the path says.
  'id',
]);

/** Names of parameters that neither the route nor Graph knows. */
export function strangeParams(params: JsonObject, known: readonly string[]): readonly string[] {
  return Object.keys(params).filter((name) => !globalParams.has(name) && !known.includes(name));
}

const methods = ['GET', 'POST', 'DELETE'];

/**
 * The method of a call, which clients that can only send GET or POST name in a parameter.
 * Source: https://developers.facebook.com/blog/post/2026/11/04/introducing-graph-api-v27-and-marketing-api-v27/, which ends it for new apps
 */
export function methodOf(method: string, { method: named }: JsonObject): string {
  const meant = typeof named === 'string' ? named.toUpperCase() : '';
  return methods.includes(meant) && (method === 'GET' || method === 'POST') ? meant : method;
}

/**
 * What of a call Graph has ended for new apps in all versions: clients of today should do without.
 * Source: https://developers.facebook.com/blog/post/2026/11/04/introducing-graph-api-v27-and-marketing-api-v27/
 */
export function endedPart(params: JsonObject): string | undefined {
  const aliased = /\.as\(/.test(JSON.stringify(params['fields'] ?? ''));
  const named = ['ids', 'date_format', 'method', 'callback'].find((name) => params[name] !== undefined);
  return aliased ? 'an alias in fields' : named;
}

/** The status of an answer: clients that cannot read refusals ask for 200 whatever it is. */
export function statusFor(status: number, params: JsonObject): number {
  const asked = params['suppress_http_code'] ?? params['suppress_http_codes'];
  return [true, 1, '1', 'true'].some((on) => on === asked) ? 200 : status;
}

/** The name of the JavaScript function that gets the answer (JSONP). */
export function callbackOf({ callback }: JsonObject): string | undefined {
  return typeof callback === 'string' && /^[\w$][\w$.]{0,100}$/.test(callback) ? callback : undefined;
}
