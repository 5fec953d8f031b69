import { isIPv4 } from 'node:net';

/**
 * Whether this host name or address can only mean the machine itself: `localhost`, `127.0.0.0/8` or `::1` (with or without a URL's
 * brackets). Decided by the name alone; nothing is resolved.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Whether this URL leads to the machine itself. False for anything that is not a URL. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** Whether a `Host` header names the machine itself. False if there is none. */
export function isLoopbackAuthority(host: string | undefined): boolean {
  return isLoopbackHost(URL.parse(`http://${host ?? ''}`)?.hostname ?? '');
}
