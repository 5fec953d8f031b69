import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BusyTracker } from '../runtime/busy.ts';
import type { AdvanceableClock } from '../runtime/clock.ts';
import { graphFault, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import type { FaultSpec } from '../faults/faultSpec.ts';
import type { InjectedFaults } from '../faults/injectedFaults.ts';
import type { FileStore } from '../files/fileStore.ts';
import { answerJson, answerScript, whenAnswered } from '../http/answer.ts';
import { answerBroken, breakConnection } from '../http/brokenAnswer.ts';
import { UnreadableBodyError } from '../http/requestBody.ts';
import type { JsonObject } from '../json.ts';
import type { Messenger } from '../runtime/messenger.ts';
import type { AppSeed } from '../seed.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { EmulatorUsageError } from '../usageError.ts';
import type { AppAccounts } from './appAccounts.ts';
import type { Webhooks } from './appRoutes.ts';
import { accessParams, callbackOf, endedPart, methodOf, statusFor } from './globalParams.ts';
import { tokenOf } from './graphAccess.ts';
import { faultBody, ParameterError } from './graphCall.ts';
import { placeOf } from './graphPlace.ts';
import { customerOf } from './recipients.ts';
import { refusal, type GraphOutcome } from './graphOutcome.ts';
import { createGraphService } from './graphService.ts';
import { pathWithoutVersion } from './graphVersions.ts';
import { readRequest, type ReadRequest } from './readRequest.ts';

export interface GraphApiOptions {
  readonly messenger: Messenger;
  readonly apps: readonly AppSeed[];
  readonly accounts: AppAccounts;
  readonly webhooks: Webhooks;
  readonly trace: TraceLog;
  readonly busy: BusyTracker;
  readonly faults: InjectedFaults;
  readonly files: FileStore;
  readonly appSecretProof: 'optional' | 'required';
  /** By which faults wait. */
  readonly clock: AdvanceableClock;
  /** Ends waiting faults when the emulator closes. */
  readonly closing: AbortSignal;
}

export type GraphApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The Graph API on Meta's own paths, with any version or none. */
export function createGraphApi(options: GraphApiOptions): GraphApi {
  const { messenger, apps, accounts, webhooks, trace, busy, faults, files, appSecretProof, clock, closing } = options;
  const record = trace.add.bind(trace);
  const service = createGraphService({ messenger, apps, accounts, webhooks, appSecretProof, record, now: clock.now });
  let calls = 0;

  return async (request, response) => {
    const answered = whenAnswered(response);
    void answered.then(busy.begin());
    calls += 1;
    const traceId = `Aemulated${String(calls).padStart(6, '0')}`;
    // Clients that put a path behind an address with a slash at its end send two, which are no name of a host.
    const url = URL.parse(request.url?.replace(/^\/+/, '/') ?? '/', 'http://emulator') ?? new URL('http://emulator');
    const read = await readCall(request, url.search.slice(1));
    const { params: sent, files: uploads } = 'params' in read ? read : nothingRead;
    const params = Object.fromEntries(Object.entries(sent).filter(([name]) => !accessParams.has(name)));
    const method = methodOf(request.method ?? 'GET', params);
    const called = { method, path: url.pathname, params };

    const give = (outcome: GraphOutcome, appId?: string): void => {
      const { status, body, fault, emulated } = outcome;
      const named = { ...(appId === undefined ? {} : { appId }), ...(fault === undefined ? {} : { fault }) };
      trace.add({ type: 'graphCall', ...called, status, answer: body, ...named });
      messenger.dispatch(outcome.effects, answered);
      const headers = { ...outcome.headers, ...(emulated === undefined ? {} : { 'x-emulated': emulated }) };
      const callback = fault === 'endedForNewApps' ? undefined : callbackOf(params);
      if (callback === undefined) answerJson(response, statusFor(status, params), body, headers);
      else answerScript(response, callback, body, headers);
    };
    if (!('params' in read)) {
      give(refusal('invalidParameter', read.unreadable, traceId));
      return;
    }
    const ended = messenger.state().switches.graphApps === 'new' ? endedPart(params) : undefined;
    if (ended !== undefined) {
      give(refusal('endedForNewApps', ended, traceId));
      return;
    }
    const path = pathWithoutVersion(url.pathname);
    const origin = `http://127.0.0.1:${request.socket.localPort}`;
    const token = tokenOf(request, sent);
    const admitted = service.admit({
      ...{ method, calledPath: url.pathname, path, token, params: sent, files: uploads, traceId },
      origin,
      keepFile: (file) => keepFile(files, file, origin),
    });
    if (!('serve' in admitted)) {
      give(admitted);
      return;
    }
    const { appId, serve } = admitted;
    const injected = faults.take({ method, ...aboutCall(path, params, appId) });
    if (injected === undefined) give(await serve(), appId);
    else await goWrong(injected);

    async function goWrong(spec: FaultSpec): Promise<void> {
      const { when = 'before', effect, fault, connection, body, delayMs } = spec;
      // A call that is only slow, or whose answer drips, is a call like every other.
      const serves = fault === undefined && connection === undefined && (body === undefined || body === 'drip');
      const serveOften = effect === 'twice' ? serveTwice : serve;
      // The effect comes before the wait only when the caller is not to learn of it.
      const early = when === 'after' ? await serveOften() : undefined;
      if (delayMs !== undefined) await clock.wait(delayMs, closing);
      const served = early ?? (serves ? await serveOften() : undefined);
      const effects = served?.effects ?? [];
      const outcome: GraphOutcome =
        fault === undefined
          ? (served ?? { status: 200, body: { success: true }, effects, fault: 'injected' })
          : { ...injectedOutcome(fault, traceId), effects };
      if (connection === undefined && body === undefined) {
        give(outcome, appId);
        return;
      }
      trace.add({ type: 'graphCall', ...(appId === undefined ? {} : { appId }), ...called, fault: 'injected' });
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

    async function serveTwice(): Promise<GraphOutcome> {
      const first = await serve();
      const { status, body } = first;
      trace.add({ type: 'graphCall', ...called, status, answer: body, ...(appId === undefined ? {} : { appId }) });
      const second = await serve();
      return { ...second, effects: [...first.effects, ...second.effects] };
    }
  };

  function aboutCall(path: string, params: JsonObject, appId: string | undefined): AboutCall {
    const { object, edge } = placeOf(path);
    const psid = customerOf(messenger.state(), object, params);
    // What an app asks in its own name, such as debug_token, has no node in front.
    const last = edge === '' && !isNode(object) ? object : edge;
    return { edge: last, ...(appId === undefined ? {} : { appId }), ...(psid === undefined ? {} : { psid }) };
  }
}

interface AboutCall {
  readonly edge: string;
  readonly appId?: string;
  readonly psid?: string;
}

const isNode = (object: string): boolean => object === 'me' || /\d/.test(object);

function injectedOutcome(fault: FaultName | GraphFault, traceId: string): GraphOutcome {
  const { status, retryAfterSeconds } = typeof fault === 'string' ? graphFault(fault) : fault;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, body: faultBody(fault, undefined, traceId), headers, effects: [], fault: 'injected' };
}

const nothingRead: ReadRequest = { params: {}, files: new Map() };

async function readCall(
  request: IncomingMessage,
  query: string,
): Promise<ReadRequest | { readonly unreadable: string }> {
  try {
    return await readRequest(request, query);
  } catch (error) {
    const told = error instanceof ParameterError || error instanceof UnreadableBodyError;
    return { unreadable: told ? error.message : 'The request ended before it was complete.' };
  }
}

/** A file that is too long or empty is the caller's mistake here. */
function keepFile(store: FileStore, ...[file, origin]: Parameters<FileStore['add']>): ReturnType<FileStore['add']> {
  try {
    return store.add(file, origin);
  } catch (error) {
    throw error instanceof EmulatorUsageError ? new ParameterError(error.message) : error;
  }
}
