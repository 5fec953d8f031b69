import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BusyTracker } from '../runtime/busy.ts';
import type { AdvanceableClock } from '../runtime/clock.ts';
import type { Effect } from '../core/effects.ts';
import { graphFault, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import type { FaultSpec, InjectedFaults } from '../faults/injectedFaults.ts';
import { answerJson, whenAnswered } from '../http/answer.ts';
import { answerBroken, breakConnection } from '../http/brokenAnswer.ts';
import { UnreadableBodyError, readText } from '../http/requestBody.ts';
import type { JsonObject } from '../json.ts';
import type { Messenger } from '../runtime/messenger.ts';
import type { AppSeed } from '../seed.ts';
import type { EmulatorEventBody } from '../trace/emulatorEvent.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import type { AppAccounts } from './appAccounts.ts';
import { answerAppCall, isAppToken, isDebugToken, pathWithoutVersion } from './appRoutes.ts';
import { accessOf, accessParams, tokenOf } from './graphAccess.ts';
import { faultBody, ParameterError, type GraphReply, type GraphRoute } from './graphCall.ts';
import { readParams } from './graphParams.ts';
import { notModelledEdges } from './notModelledEdges.ts';
import { pageRoutes } from './pageRoutes.ts';
import { profileRoutes } from './profileRoutes.ts';
import { sendRoute } from './sendRoute.ts';
import { subscriptionRoutes } from './subscriptionRoutes.ts';
import { threadControlRoutes } from './threadControlRoutes.ts';

const bodyLimit = 1_000_000;

export const graphRoutes: readonly GraphRoute[] = [
  ...threadControlRoutes,
  sendRoute,
  ...pageRoutes,
  ...profileRoutes,
  ...subscriptionRoutes,
];

export interface GraphApiOptions {
  readonly messenger: Messenger;
  readonly apps: readonly AppSeed[];
  readonly accounts: AppAccounts;
  readonly trace: TraceLog;
  readonly busy: BusyTracker;
  readonly faults: InjectedFaults;
  readonly appSecretProof: 'optional' | 'required';
  /** By which faults wait. */
  readonly clock: AdvanceableClock;
  /** Ends waiting faults when the emulator closes. */
  readonly closing: AbortSignal;
}

export type GraphApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What one call comes to before a byte of the answer is written. */
interface Outcome {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Record<string, string>;
  readonly effects: readonly Effect[];
  readonly fault?: FaultName | 'injected';
  readonly guessed: boolean;
}

/** The Graph API on Meta's own paths, with any version or none. */
export function createGraphApi(options: GraphApiOptions): GraphApi {
  const { messenger, apps, accounts, trace, busy, faults, appSecretProof, clock, closing } = options;
  let calls = 0;

  return async (request, response) => {
    const answered = whenAnswered(response);
    void answered.then(busy.begin());
    calls += 1;
    const traceId = `Aemulated${String(calls).padStart(6, '0')}`;
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://emulator');
    const refusedBy = (fault: FaultName, detail?: string): Outcome => ({
      status: graphFault(fault).status,
      body: faultBody(fault, detail, traceId),
      effects: [],
      fault,
      guessed: graphFault(fault).guessed !== undefined,
    });
    const give = (outcome: Outcome, call: { appId?: string; params: JsonObject }): void => {
      const { status, body, fault } = outcome;
      record({ type: 'graphCall', ...call, method, path: url.pathname, status, answer: body, ...nameOf(fault) });
      messenger.dispatch(outcome.effects, answered);
      const headers = { ...outcome.headers, ...(outcome.guessed ? { 'x-emulated': 'guessed' } : {}) };
      answerJson(response, status, body, headers);
    };
    const record = (event: EmulatorEventBody): void => trace.add(event);

    const read = await readCall(request, url);
    if ('unreadable' in read) {
      const { fault, unreadable } = read;
      if (fault === 'notModelled') record({ type: 'notModelled', method, path: url.pathname, what: unreadable });
      give(refusedBy(fault, unreadable), { params: {} });
      return;
    }
    const params = Object.fromEntries(Object.entries(read.params).filter(([name]) => !accessParams.has(name)));
    const token = tokenOf(request, read.params);
    const path = pathWithoutVersion(url.pathname);
    if (token !== undefined && (isAppToken(token) || isDebugToken(path))) {
      const parts = { apps, accounts, page: messenger.state().page };
      const { status, body } = answerAppCall({ method, path, params: read.params, token, traceId }, parts);
      record({ type: 'graphCall', params, method, path: url.pathname, status, answer: body });
      answerJson(response, status, body);
      return;
    }
    const access = accessOf(request, read.params, apps, appSecretProof);
    if ('fault' in access) {
      give(refusedBy(access.fault), { params });
      return;
    }
    const { id: appId } = access.app;
    if (accounts.isOver(appId)) {
      give(refusedBy('expiredToken'), { appId, params });
      return;
    }
    const place = placeOf(url.pathname);
    const serve = (): Outcome => {
      const found = routeFor(method, place, messenger.state().page.id);
      if ('fault' in found) {
        const what = found.detail ?? 'No such route in the emulated Graph API.';
        record({ type: 'notModelled', method, path: url.pathname, what });
        return refusedBy(found.fault, found.detail);
      }
      const effects: Effect[] = [];
      const reply = handle(found.route, {
        appId,
        params,
        state: messenger.state(),
        accounts,
        run(command) {
          const ran = messenger.run(command);
          effects.push(...ran.effects);
          return ran.result;
        },
      });
      if (reply.type === 'answer') {
        return { status: 200, body: reply.body, effects, guessed: false };
      }
      const { fault, detail } = reply;
      if (fault === 'notModelled') {
        record({ type: 'notModelled', method, path: url.pathname, what: detail ?? 'Part of the request.' });
      }
      const told = effects.some(({ type }) => type === 'refused');
      const guessed = graphFault(fault).guessed === 'body';
      const because = detail ?? graphFault(fault).message;
      const refused: Effect = { type: 'refused', by: appId, command: found.route.edge, fault, because, guessed };
      return { ...refusedBy(fault, detail), effects: told ? effects : [...effects, refused] };
    };

    const injected = faults.take({ method, edge: place.edge, appId });
    if (injected === undefined) {
      give(serve(), { appId, params });
      return;
    }
    await goWrong(injected);

    async function goWrong(spec: FaultSpec): Promise<void> {
      const { when = 'before', fault, connection, body, delayMs } = spec;
      // A call that is only slow, or whose answer drips, is a call like every other.
      const serves = fault === undefined && connection === undefined && (body === undefined || body === 'drip');
      // The effect comes before the wait only when the caller is not to learn of it.
      const early = when === 'after' ? serve() : undefined;
      if (delayMs !== undefined) await clock.wait(delayMs, closing);
      const served = early ?? (serves ? serve() : undefined);
      const effects = served?.effects ?? [];
      const outcome: Outcome =
        fault === undefined
          ? (served ?? { status: 200, body: { success: true }, effects, fault: 'injected', guessed: false })
          : { ...injectedOutcome(fault, traceId), effects };
      if (connection === undefined && body === undefined) {
        give(outcome, { appId, params });
        return;
      }
      record({ type: 'graphCall', appId, params, method, path: url.pathname, fault: 'injected' });
      // Who gets no answer waits for one; the webhooks do not wait with it.
      messenger.dispatch(effects, connection === 'silent' ? undefined : answered);
      if (connection !== undefined) {
        breakConnection(response, connection);
        return;
      }
      if (body === undefined) return;
      const intact = { status: outcome.status, body: JSON.stringify(outcome.body), headers: outcome.headers };
      await answerBroken(response, body, intact, (ms) => clock.wait(ms, closing));
    }
  };
}

function injectedOutcome(fault: FaultName | GraphFault, traceId: string): Outcome {
  const { status, retryAfterSeconds } = typeof fault === 'string' ? graphFault(fault) : fault;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return {
    status,
    body: faultBody(fault, undefined, traceId),
    headers,
    effects: [],
    fault: 'injected',
    guessed: false,
  };
}

const nameOf = (fault: FaultName | 'injected' | undefined): { fault?: FaultName | 'injected' } =>
  fault === undefined ? {} : { fault };

type Read = { readonly params: JsonObject } | { readonly unreadable: string; readonly fault: FaultName };

async function readCall(request: IncomingMessage, url: URL): Promise<Read> {
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.includes('multipart/form-data')) {
    // However long it is, nobody reads it.
    request.resume();
    const unreadable = 'Uploads (multipart/form-data) are not modelled; send a file by its address.';
    return { unreadable, fault: 'notModelled' };
  }
  try {
    const text = await readText(request, bodyLimit);
    return { params: readParams(url.searchParams, contentType, text) };
  } catch (error) {
    if (error instanceof ParameterError) return { unreadable: error.message, fault: error.fault };
    const unreadable =
      error instanceof UnreadableBodyError ? error.message : 'The request ended before it was complete.';
    return { unreadable, fault: 'invalidParameter' };
  }
}

interface Place {
  readonly object: string;
  readonly edge: string;
  readonly depth: number;
}

/** `/v26.0/me/messages` and `/me/messages` are the same place. */
function placeOf(path: string): Place {
  const parts = path.split('/').filter((part) => part !== '');
  if (/^v\d+\.\d+$/.test(parts[0] ?? '')) parts.shift();
  return { object: parts[0] ?? '', edge: parts[1] ?? '', depth: parts.length };
}

type Found = { route: GraphRoute } | { fault: FaultName; detail?: string };

function routeFor(method: string, place: Place, pageId: string): Found {
  if (place.depth > 2 || place.depth === 0) return { fault: 'unknownPath' };
  if (place.object !== 'me' && place.object !== pageId) return { fault: 'noSuchObject' };
  const named = graphRoutes.filter(({ edge }) => edge === place.edge);
  const missing = notModelledEdges[place.edge];
  if (missing !== undefined) return { fault: 'notModelled', detail: missing };
  const route = named.find((candidate) => candidate.method === method);
  if (route !== undefined) return { route };
  return { fault: named.length > 0 ? 'noSuchObject' : 'unknownPath' };
}

function handle(route: GraphRoute, call: Parameters<GraphRoute['handle']>[0]): GraphReply {
  try {
    return route.handle(call);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    return { type: 'fault', fault: error.fault, detail: error.message };
  }
}
