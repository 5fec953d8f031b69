import type { Effect } from '../core/effects.ts';
import { graphFault, type FaultName } from '../core/graphFaults.ts';
import type { Clock } from '../runtime/hooks.ts';
import type { Messenger } from '../runtime/messenger.ts';
import type { AppSeed } from '../seed.ts';
import type { EmulatorEventBody } from '../trace/emulatorEvent.ts';
import { appTokenOf, isAppToken } from './accessTokens.ts';
import type { AppAccounts } from './appAccounts.ts';
import { answerAppCall, isDebugToken, type Webhooks } from './appRoutes.ts';
import { strangeParams } from './globalParams.ts';
import { accessOf, type Access } from './graphAccess.ts';
import { ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { refusal, tokenRefusal, type Admitted, type GraphOutcome, type GraphRequest } from './graphOutcome.ts';
import { placeOf, routeFor } from './graphPlace.ts';
import { giveToken } from './loginRoutes.ts';
import { makeBatch } from './makeBatch.ts';
import { readSeveral } from './severalObjects.ts';

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

/** The Graph API without HTTP. Effects are not sent out; that is left to the caller, since they come after the answer. */
export interface GraphService {
  /** Checks the token and finds who serves the call. */
  admit(request: GraphRequest): Admitted | GraphOutcome;
}

const noRoute = 'No such route in the emulated Graph API.';

export function createGraphService(parts: GraphServiceParts): GraphService {
  const { messenger, apps, accounts, webhooks, appSecretProof, record, now } = parts;
  const admit = (request: GraphRequest): Admitted | GraphOutcome => {
    const { method, path, params, token, traceId } = request;
    if (path === 'oauth/access_token') {
      return { serve: () => ({ ...giveToken(params, { apps, accounts, now: now() }, traceId), effects: [] }) };
    }
    if (method === 'GET' && params['ids'] !== undefined) return { serve: () => readSeveral(request, admit) };
    const batchPaths = ['', 'me', messenger.state().page.id];
    const isBatch = method === 'POST' && batchPaths.includes(path) && params['batch'] !== undefined;
    const appItself = isBatch ? apps.find((app) => token === appTokenOf(app)) : undefined;
    if (appItself !== undefined) {
      const trouble = accounts.troubleOf(appItself.id, 'app');
      return trouble === undefined
        ? { serve: () => makeBatch(request, admit, record) }
        : tokenRefusal(trouble, traceId);
    }
    if (token !== undefined && (isAppToken(token) || isDebugToken(path))) {
      const { page, switches } = messenger.state();
      const appParts = { apps, accounts, webhooks, page, proofs: switches.appTokenProof };
      const call = { method, path, params, token, traceId };
      return {
        serve: async () => {
          const answer = await answerAppCall(call, appParts);
          if (answer.fault === 'unknownPath')
            record({ type: 'notModelled', method, path: request.calledPath, what: noRoute });
          return { ...answer, effects: [] };
        },
      };
    }
    const access = accessOf(token, params, apps, appSecretProof);
    if ('fault' in access) return refusal(access.fault, undefined, traceId);
    const { id: appId } = access.app;
    const trouble = accounts.troubleOf(appId, access.me === 'page' ? 'page' : 'user');
    if (trouble !== undefined) return tokenRefusal(trouble, traceId);
    return { appId, serve: () => (isBatch ? makeBatch(request, admit, record) : serve(request, access)) };
  };
  return { admit };

  function serve(request: GraphRequest, { app, me }: Exclude<Access, { fault: FaultName }>): GraphOutcome {
    const { id: appId, pageToken } = app;
    const { method, path, calledPath, params, files, keepFile, origin, traceId } = request;
    const note = (what: string): void => record({ type: 'notModelled', method, path: calledPath, what });
    const place = placeOf(path);
    const found = routeFor(method, place, messenger.state(), me);
    if ('fault' in found) {
      note(found.detail ?? noRoute);
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
