import type { FaultName } from '../core/graphFaults.ts';
import type { MessengerState } from '../core/state.ts';
import { assetRoutes } from './assetRoutes.ts';
import { conversationRoutes, findConversation, findMessage } from './conversationRoutes.ts';
import { fakedRoutes, labelId } from './fakedRoutes.ts';
import type { GraphRoute, NodeKind } from './graphCall.ts';
import { loginRoutes, ownerId } from './loginRoutes.ts';
import { messageTemplateRoutes } from './messageTemplateRoutes.ts';
import { notModelledEdges } from './notModelledEdges.ts';
import { pageRoutes } from './pageRoutes.ts';
import { personaRoutes } from './personaRoutes.ts';
import { profileRoutes } from './profileRoutes.ts';
import { sendRoute } from './sendRoute.ts';
import { subscriptionRoutes } from './subscriptionRoutes.ts';
import { threadControlRoutes } from './threadControlRoutes.ts';
import { userRoutes } from './userRoutes.ts';

export const graphRoutes: readonly GraphRoute[] = [
  ...threadControlRoutes,
  sendRoute,
  ...pageRoutes,
  ...userRoutes,
  ...loginRoutes,
  ...conversationRoutes,
  ...personaRoutes,
  ...assetRoutes,
  ...messageTemplateRoutes,
  ...profileRoutes,
  ...subscriptionRoutes,
  ...fakedRoutes,
];

/** What a route is called in the table of coverage: `GET user`, `GET conversation messages`, `POST messages`. */
export const nameOf = ({ method, on, edge }: Pick<GraphRoute, 'method' | 'on' | 'edge'>): string =>
  [method, on ?? (edge === '' ? 'page' : ''), edge].filter((part) => part !== '').join(' ');

/** What a path is about: `me/messages` is the edge `messages` of the object `me`. */
export interface Place {
  readonly object: string;
  readonly edge: string;
  readonly depth: number;
}

/** @param path without a version */
export function placeOf(path: string): Place {
  const parts = path.split('/').filter((part) => part !== '');
  // `insights/<metric>` is the edge with a filter.
  const depth = parts[1] === 'insights' ? 2 : parts.length;
  return { object: parts[0] ?? '', edge: parts[1] ?? '', depth };
}

export type Found = { readonly route: GraphRoute } | { readonly fault: FaultName; readonly detail?: string };

/** @param me what `me` stands for */
export function routeFor(method: string, place: Place, state: MessengerState, me: 'page' | 'person'): Found {
  if (place.depth > 2 || place.depth === 0) return { fault: 'unknownPath' };
  const kind = place.object === 'me' ? me : kindOf(state, place.object);
  if (kind === undefined) return { fault: 'noSuchObject' };
  const missing = kind === 'page' ? notModelledEdges.get(place.edge) : undefined;
  if (missing !== undefined) return { fault: 'notModelled', detail: missing };
  const named = graphRoutes.filter(({ edge, on = 'page' }) => edge === place.edge && on === kind);
  const route = named.find((candidate) => candidate.method === method);
  if (route !== undefined) return { route };
  return { fault: named.length > 0 ? 'noSuchObject' : 'unknownPath' };
}

function kindOf(state: MessengerState, id: string): NodeKind | undefined {
  if (id === state.page.id) return 'page';
  if (id === ownerId) return 'person';
  if (id === labelId) return 'label';
  if (state.customers.some(({ psid }) => psid === id)) return 'user';
  if (state.personas.some((persona) => persona.id === id)) return 'persona';
  if (findConversation(state, id) !== undefined) return 'conversation';
  return findMessage(state, id) === undefined ? undefined : 'message';
}
