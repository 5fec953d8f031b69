import { decoded } from './decoded.ts';

/**
 * The newest version of the Graph API, which the emulator's own parts use. It serves every version alike, and a call without one.
 * Source: https://developers.facebook.com/blog/post/2026/11/04/introducing-graph-api-v27-and-marketing-api-v27/
 */
export const newestGraphVersion = 'v27.0';

/** `/v26.0/debug_token` and `/debug_token` are the same place. */
export function pathWithoutVersion(path: string): string {
  return decoded(path)
    .replace(/\/+/g, '/')
    .replace(/^\/|\/$/g, '')
    .replace(/^v\d+\.\d+(\/|$)/, '');
}
