import type { FaultName } from '../core/graphFaults.ts';
import type { GraphRoute } from './graphCall.ts';
import { notModelledEdges } from './notModelledEdges.ts';
import { pageRoutes } from './pageRoutes.ts';
import { profileRoutes } from './profileRoutes.ts';
import { sendRoute } from './sendRoute.ts';
import { subscriptionRoutes } from './subscriptionRoutes.ts';
import { threadControlRoutes } from './threadControlRoutes.ts';

export const graphRoutes: readonly GraphRoute[] = [
  ...threadControlRoutes,
  sendRoute,
  ...pageRoutes,
  ...profileRoutes,
  ...subscriptionRoutes,
];

/** What a path is about: `me/messages` is the edge `messages` of the object `me`. */
export interface Place {
  readonly object: string;
  readonly edge: string;
  readonly depth: number;
}

/** @param path without a version */
export function placeOf(path: string): Place {
  const parts = path.split('/').filter((part) => part !== '');
  return { object: parts[0] ?? '', edge: parts[1] ?? '', depth: parts.length };
}

export type Found = { readonly route: GraphRoute } | { readonly fault: FaultName; readonly detail?: string };

export function routeFor(method: string, place: Place, pageId: string): Found {
  if (place.depth > 2 || place.depth === 0) return { fault: 'unknownPath' };
  if (place.object !== 'me' && place.object !== pageId) return { fault: 'noSuchObject' };
  const named = graphRoutes.filter(({ edge }) => edge === place.edge);
  const missing = notModelledEdges[place.edge];
  if (missing !== undefined) return { fault: 'notModelled', detail: missing };
  const route = named.find((candidate) => candidate.method === method);
  if (route !== undefined) return { route };
  return { fault: named.length > 0 ? 'noSuchObject' : 'unknownPath' };
}
