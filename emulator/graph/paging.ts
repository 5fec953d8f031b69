import { isJsonObject, type JsonObject } from '../json.ts';
import type { GraphCall } from './graphCall.ts';
import { integerParam, stringParam } from './graphParams.ts';
import { newestGraphVersion } from './graphVersions.ts';

const usualPage = 25;
const largestPage = 500;

export interface Paging {
  /** Where the list is, without version. */
  readonly path: string;
  /** How many at once, if the call does not say so itself. */
  readonly limit?: number;
  readonly after?: string;
}

/** What the call says itself of the page that it wants. */
export const pageAsked = ({ params }: GraphCall): Pick<Paging, 'limit' | 'after'> => {
  const [limit, after] = [integerParam(params, 'limit'), stringParam(params, 'after')];
  return { ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after }) };
};

/**
 * A page of a list, with the address of the next one. That has the token of the call, where it came as a parameter, as Meta's has.
 * Source: https://developers.facebook.com/docs/graph-api/results
 */
export function paged<T extends JsonObject>(
  { origin, params }: GraphCall,
  nodes: readonly T[],
  { path, limit: wanted = usualPage, after }: Paging,
): { readonly page: readonly T[]; readonly paging: JsonObject } {
  const limit = Math.min(Math.max(wanted, 1), largestPage);
  const start = after === undefined ? 0 : nodes.findIndex(({ id }) => id === after) + 1;
  const page = nodes.slice(start, start + limit);
  const [first, last] = [page[0]?.['id'], page.at(-1)?.['id']];
  if (typeof first !== 'string' || typeof last !== 'string') return { page, paging: {} };
  const cursors = { before: first, after: last };
  if (start + page.length >= nodes.length) return { page, paging: { cursors } };
  const query = new URLSearchParams({ limit: String(limit), after: last });
  for (const name of ['fields', 'access_token', 'platform', 'user_id']) {
    const value = params[name];
    // A list that stands within a node is asked for with fields of its own.
    const isOwn = name !== 'fields' || path.endsWith('conversations');
    if (isOwn && typeof value === 'string') query.set(name, value);
  }
  return { page, paging: { cursors, next: `${origin}/${newestGraphVersion}/${path}?${query.toString()}` } };
}

/** The answer of an edge: its nodes, and where there are more. */
export const listAnswer = (data: readonly JsonObject[], paging: JsonObject): JsonObject => ({
  data,
  ...(isJsonObject(paging) && Object.keys(paging).length > 0 ? { paging } : {}),
});
