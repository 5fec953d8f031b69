import type { Effect } from '../core/effects.ts';
import { graphFault, type FaultName } from '../core/graphFaults.ts';
import type { NewFile, StoredFile } from '../files/fileStore.ts';
import type { JsonObject } from '../json.ts';
import type { Clock } from '../runtime/hooks.ts';
import type { Messenger } from '../runtime/messenger.ts';
import type { AppSeed } from '../seed.ts';
import type { EmulatorEventBody } from '../trace/emulatorEvent.ts';
import type { AppAccounts } from './appAccounts.ts';
import { appTokenOf, faultOfTrouble, isAppToken, type TokenTrouble } from './accessTokens.ts';
import { answerAppCall, isDebugToken, pathWithoutVersion, type Webhooks } from './appRoutes.ts';
import { runBatch, type Operation } from './batch.ts';
import { accessParams, strangeParams } from './globalParams.ts';
import { accessOf, type Access } from './graphAccess.ts';
import { faultBody, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { placeOf, routeFor } from './graphPlace.ts';
import { giveToken } from './loginRoutes.ts';

/** A call of Graph, however it came. */
export interface GraphRequest {
  readonly method: string;
  /** With the version, as it was called; for the event stream. */
  readonly calledPath: string;
  /** Without the version. */
  readonly path: string;
  readonly token: string | undefined;
  /** With those about access. */
  readonly params: JsonObject;
  readonly files: ReadonlyMap<string, NewFile>;
  readonly keepFile: (file: NewFile) => StoredFile;
  readonly origin: string;
  readonly traceId: string;
}

/** What a call comes to before a byte of the answer is written. */
export interface GraphOutcome {
  readonly status: number;
  readonly body: JsonObject | readonly (JsonObject | null)[];
  readonly headers?: Record<string, string>;
  readonly effects: readonly Effect[];
  readonly fault?: FaultName | 'injected';
  /** What the header `x-emulated` says. */
  readonly emulated?: 'guessed' | 'faked';
}

export interface GraphServiceParts {
  readonly messenger: Messenger;
  readonly apps: readonly AppSeed[];
  readonly accounts: AppAccounts;
  readonly webhooks: Webhooks;
  readonly appSecretProof: 'optional' | 'required';
  readonly record: (event: EmulatorEventBody) => void;
  /** The emulator's time. */
  readonly now: Clock;
}

/** Who calls. `app` is absent for calls of an app in its own name. */
export type Admitted = { readonly appId?: string; readonly serve: () => GraphOutcome | Promise<GraphOutcome> };

/** The Graph API without HTTP. Effects are not sent out; that is left to the caller, since they come after the answer. */
export interface GraphService {
  /** Checks the token and finds who serves the call. */
  admit(request: GraphRequest): Admitted | GraphOutcome;
}

export function refusal(fault: FaultName, detail: string | undefined, traceId: string): GraphOutcome {
  const { status, guessed, open } = graphFault(fault);
  // Words that were recorded stay as they were.
  const body = faultBody(fault, guessed === 'body' || open === true ? detail : undefined, traceId);
  return { status, body, effects: [], fault, ...(guessed === undefined ? {} : { emulated: 'guessed' }) };
}

function tokenRefusal(trouble: TokenTrouble, traceId: string): GraphOutcome {
  const fault = faultOfTrouble(trouble);
  return {
    status: fault.status,
    body: faultBody(fault, undefined, traceId),
    effects: [],
    fault: trouble.fault,
    emulated: 'guessed',
  };
}

export function createGraphService(parts: GraphServiceParts): GraphService {
  const { messenger, apps, accounts, webhooks, appSecretProof, record, now } = parts;
  const admit = (request: GraphRequest): Admitted | GraphOutcome => {
    const { method, path, params, token, traceId } = request;
    if (path === 'oauth/access_token') {
      return { serve: () => ({ ...giveToken(params, { apps, accounts, now: now() }, traceId), effects: [] }) };
    }
    const isBatch = method === 'POST' && ['', 'me'].includes(path) && params['batch'] !== undefined;
    const appItself = isBatch ? apps.find((app) => token === appTokenOf(app)) : undefined;
    if (appItself !== undefined) {
      const trouble = accounts.troubleOf(appItself.id, 'app');
      return trouble === undefined ? { serve: () => batch(request) } : tokenRefusal(trouble, traceId);
    }
    if (token !== undefined && (isAppToken(token) || isDebugToken(path))) {
      const { page, switches } = messenger.state();
      const appParts = { apps, accounts, webhooks, page, proofs: switches.appTokenProof };
      const call = { method, path, params, token, traceId };
      return { serve: async () => ({ ...(await answerAppCall(call, appParts)), effects: [] }) };
    }
    const access = accessOf(token, params, apps, appSecretProof);
    if ('fault' in access) return refusal(access.fault, undefined, traceId);
    const { id: appId } = access.app;
    const trouble = accounts.troubleOf(appId, access.me === 'page' ? 'page' : 'user');
    if (trouble !== undefined) return tokenRefusal(trouble, traceId);
    return { appId, serve: () => (isBatch ? batch(request) : serve(request, access)) };
  };
  return { admit };

  /** Each call of a batch is recorded like one that came alone. */
  async function batch(request: GraphRequest): Promise<GraphOutcome> {
    const effects: Effect[] = [];
    const make = async ({ method, path: calledPath, params, files: named }: Operation): Promise<GraphOutcome> => {
      const own = params['access_token'];
      const token = typeof own === 'string' ? own : request.token;
      const files = new Map(named.flatMap((name) => [...request.files].filter(([there]) => there === name)));
      const [first] = files.values();
      const call = { method, calledPath, path: pathWithoutVersion(calledPath), params, token };
      const admitted = admit({
        ...request,
        ...call,
        files: first === undefined ? files : new Map([['filedata', first]]),
      });
      const outcome = 'serve' in admitted ? await admitted.serve() : admitted;
      effects.push(...outcome.effects);
      const who = 'serve' in admitted && admitted.appId !== undefined ? { appId: admitted.appId } : {};
      const told = Object.fromEntries(Object.entries(params).filter(([name]) => !accessParams.has(name)));
      const { status, body: answer, fault } = outcome;
      const event = { type: 'graphCall', ...who, method, path: calledPath, params: told, status, answer } as const;
      record({ ...event, ...(fault === undefined ? {} : { fault }) });
      return outcome;
    };
    try {
      return { status: 200, body: await runBatch(request.params, make), effects };
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      return { ...refusal(error.fault, error.message, request.traceId), effects };
    }
  }

  function serve(request: GraphRequest, { app, me }: Exclude<Access, { fault: FaultName }>): GraphOutcome {
    const { id: appId, pageToken } = app;
    const { method, path, calledPath, params, files, keepFile, origin, traceId } = request;
    const note = (what: string): void => record({ type: 'notModelled', method, path: calledPath, what });
    const place = placeOf(path);
    const found = routeFor(method, place, messenger.state(), me);
    if ('fault' in found) {
      note(found.detail ?? 'No such route in the emulated Graph API.');
      return refusal(found.fault, found.detail, traceId);
    }
    const effects: Effect[] = [];
    const strange: string[] = [...strangeParams(params, found.route.params)];
    const reply = handle(found.route, {
      appId,
      pageToken,
      nodeId: place.object,
      origin,
      params,
      files,
      state: messenger.state(),
      accounts,
      keepFile,
      passOver: (what) => void strange.push(what),
      run(command) {
        const ran = messenger.run(command);
        effects.push(...ran.effects);
        return ran.result;
      },
    });
    if (strange.length > 0) record({ type: 'passedOver', appId, method, path: calledPath, what: strange });
    if (reply.type === 'answer') {
      return { status: 200, body: reply.body, effects, ...(reply.faked === true ? { emulated: 'faked' } : {}) };
    }
    const { fault, detail } = reply;
    if (fault === 'notModelled') note(detail ?? 'Part of the request.');
    if (effects.some(({ type }) => type === 'refused')) return { ...refusal(fault, detail, traceId), effects };
    const guessed = graphFault(fault).guessed === 'body';
    const because = detail ?? graphFault(fault).message;
    const refused: Effect = { type: 'refused', by: appId, command: found.route.edge, fault, because, guessed };
    return { ...refusal(fault, detail, traceId), effects: [...effects, refused] };
  }
}

function handle(route: GraphRoute, call: GraphCall): GraphReply {
  try {
    const missing = Object.entries(route.missing ?? {}).find(([name]) => call.params[name] !== undefined);
    if (missing !== undefined) throw new ParameterError(missing[1], 'notModelled');
    return route.handle(call);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    return { type: 'fault', fault: error.fault, detail: error.message };
  }
}
