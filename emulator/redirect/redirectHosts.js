import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { urlToHttpOptions } from 'node:url';
import { metaHosts, microsoftHosts } from './hosts.js';

/** @import { ClientRequest, IncomingMessage, RequestOptions } from 'node:http' */

/** @typedef {(response: IncomingMessage) => void} OnResponse */

/**
 * The hosts of Meta and of Microsoft that bots have in their code, and where the emulator is in their place.
 *
 * @param {{ graph: string, azure: string }} emulator addresses without a path
 * @returns {ReadonlyMap<string, URL>}
 */
export function hostsOf({ graph, azure }) {
  return new Map([
    ...metaHosts.map((host) => /** @type {[string, URL]} */ ([host, new URL(graph)])),
    ...microsoftHosts.map((host) => /** @type {[string, URL]} */ ([host, new URL(azure)])),
  ]);
}

/**
 * From now on calls of this process to these hosts go to others, by `node:https` and by `fetch`. Nothing else is changed.
 *
 * @param {ReadonlyMap<string, URL>} hosts
 * @returns {() => void} takes it back
 */
export function redirectHosts(hosts) {
  const { request, get } = https;
  const { fetch } = globalThis;

  const original = (/** @type {unknown[]} */ ...args) => {
    /** @type {unknown} */
    const call = Reflect.apply(request, https, args);
    return /** @type {ClientRequest} */ (call);
  };
  /** @param {unknown[]} args */
  const redirected = (...args) => {
    const [first, second] = args;
    const isUrl = typeof first === 'string' || first instanceof URL;
    const options = isUrl ? { ...urlToHttpOptions(new URL(first)), ...optionsIn(second) } : optionsIn(first);
    const target = hosts.get((options.hostname ?? options.host ?? '').split(':', 1)[0] ?? '');
    if (target === undefined) return original(...args);
    const { agent: _agent, host: _host, headers, ...kept } = options;
    const { hostname, port } = target;
    const call = { ...kept, protocol: 'http:', hostname, port, headers: { ...unnamed(headers), host: target.host } };
    const onResponse = args.find((arg) => typeof arg === 'function');
    return http.request(call, /** @type {OnResponse | undefined} */ (onResponse));
  };
  https.request = redirected;
  https.get = (/** @type {unknown[]} */ ...args) => {
    const call = redirected(...args);
    call.end();
    return call;
  };
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const target = hosts.get(url.hostname);
    if (target === undefined) return fetch(input, init);
    const place = new URL(`${url.pathname}${url.search}`, target);
    return input instanceof Request ? fetch(new Request(place, input), init) : fetch(place, init);
  };
  syncBuiltinESMExports();
  return () => {
    Object.assign(https, { request, get });
    globalThis.fetch = fetch;
    syncBuiltinESMExports();
  };
}

/**
 * @param {unknown} value
 * @returns {RequestOptions}
 */
const optionsIn = (value) => (typeof value === 'object' && value !== null ? value : {});

/**
 * Headers without `Host`, which some clients set themselves.
 *
 * @param {RequestOptions['headers']} headers
 */
const unnamed = (headers) =>
  Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== 'host'));
