import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from 'botbuilder';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { RecordOnce } from '../../helpers/once.ts';
import type { OwnEvent } from '../../models/ownEvents.ts';
import type { InboxEvent, Store } from '../../store/store.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import type { JournaledSend } from '../../turns/journal/outgoingMessage.ts';
import type { TurnLogic } from '../../turns/turnLogic.ts';
import type { TurnRunner } from '../../turns/turnRunner.ts';
import { RequestRefusedError, type Handler } from './answer.ts';
import type restify from 'restify';
import type { IncomingRules } from './incomingRules.ts';
import { createRefusalLog, type RefusalLog } from './refusalLog.ts';
import type { RequestGate } from './requestGate.ts';

/** A path of the server and its handler. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly handle: Handler;
}

/** One way into the bot: routes that store what they accept, and what runs a stored turn later. */
export interface Endpoint {
  readonly name: InboxEvent['endpoint'];
  readonly routes: readonly Route[];
  /** Runs the turn of an event that this endpoint stored, given its payload, with the bot or with other logic. Rejects if the turn fails. */
  run(payload: string, logic?: TurnLogic): Promise<void>;
  /**
   * The payload for an event of the bot's own in this conversation.
   *
   * @param from a payload of the same conversation, if there is one
   * @returns undefined if it does not say enough to reach the customer
   */
  ownTurn(conversation: string, from: string | undefined, event: OwnEvent): string | undefined;
}

/** What every endpoint needs. */
export interface EndpointParts {
  store: Pick<Store, 'accept'>;
  runner: Pick<TurnRunner, 'inline' | 'wake'>;
  logger: Logger;
  /** The bot. */
  logic: TurnLogic;
  /** What stands before the bot in every turn, in this order. Default: nothing. */
  middleware?: readonly Middleware[];
  /** Sends through the journal of the running turn. Default: without one. */
  send?: JournaledSend;
  /** Backs `once()`. Default: values last as long as the process. */
  recordOnce?: RecordOnce;
  /** Default: its own log, without addresses. */
  refusals?: RefusalLog;
  /** Which readable events must not reach the bot. Default: none. */
  rules?: IncomingRules;
}

export interface MountedRoutes {
  gate: Pick<RequestGate, 'open' | 'guarded'>;
  /** These keep answering while the bot closes. */
  health: readonly Route[];
  endpoints: readonly Endpoint[];
  /** Routes that are no endpoint of a channel. */
  others?: readonly Route[];
  /** Wraps each handler that takes events. */
  observer: { handler(endpoint: Endpoint['name'], handler: Handler): Handler };
}

/** Opens all routes of a bot. */
export function mountRoutes(server: restify.Server, mounted: MountedRoutes): void {
  const { gate, health, endpoints, others = [], observer } = mounted;
  for (const { method, path, handle } of health) server[method](path, gate.open(handle));
  for (const { method, path, handle } of others) server[method](path, gate.guarded(handle));
  for (const { name, routes } of endpoints) {
    for (const { method, path, handle } of routes) {
      server[method](path, gate.guarded(method === 'post' ? observer.handler(name, handle) : handle));
    }
  }
}

/** Runs a stored turn on its endpoint, with the bot or with other logic. Rejects if the turn fails, or if that endpoint is off. */
export async function runStoredTurn(
  endpoints: readonly Endpoint[],
  { endpoint, payload }: Pick<InboxEvent, 'endpoint' | 'payload'>,
  logic?: TurnLogic,
): Promise<void> {
  const own = endpoints.find(({ name }) => name === endpoint);
  if (own === undefined) throw new Error("This turn came through Messenger's webhook, which is off now.");
  await own.run(payload, logic);
}

export interface ErrorAnswers extends Pick<EndpointParts, 'logger' | 'refusals'> {
  /** Sends a status and a sentence, in the form that callers of this endpoint expect. */
  answer: (response: ServerResponse, status: number, sentence: string) => void;
  /** The sentence for when the store cannot commit. */
  unavailable: string;
}

/**
 * Wraps a handler so that every error gets a response: a refusal its own status and sentence, a store that cannot commit 503, so that the
 * sender tries again, and anything else 500 and a line in the log.
 */
export function answerErrors(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  { logger, refusals = createRefusalLog({ logger }), answer, unavailable }: ErrorAnswers,
): Handler {
  return async (request, response) => {
    try {
      await handle(request, response);
    } catch (error) {
      if (error instanceof RequestRefusedError) {
        refusals.refused(request, error);
        answer(response, error.status, error.message);
      } else if (error instanceof StoreUnavailableError) {
        // The store has logged it; a line for each repeated event would bury that.
        logger.debug({ status: 503, reason: error.reason }, 'request not accepted');
        answer(response, 503, unavailable);
      } else {
        logger.error({ err: error }, 'request failed');
        answer(response, 500, 'The request could not be handled.');
      }
    }
  };
}
