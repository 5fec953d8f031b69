import { withDates } from '../../models/activityDates.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Activity } from 'botbuilder';
import type { AuthenticateRequestResult } from 'botframework-connector';
import { isLoopbackAuthority, isLoopbackUrl } from '../../helpers/loopback.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import {
  countStandby,
  facebookEventOf,
  splitStandby,
  tellsOfSeveralEvents,
  withoutForeignWords,
} from '../../models/facebookActivity.ts';
import { present } from '../../models/present.ts';
import type { QuarantineNote } from '../../models/quarantineNote.ts';
import { readProperty } from '../../models/readJson.ts';
import { severalEvents } from '../../models/severalEvents.ts';
import type { EchoesHeard } from '../../turns/echoesHeard.ts';
import { pageOf } from '../../models/conversationKey.ts';
import type { Delivery, Store } from '../../store/store.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import type { TurnRunner } from '../../turns/turnRunner.ts';
import { answerJson, RequestRefusedError } from '../http/answer.ts';
import { needsInlineTurn, type BotFrameworkTurnAdapter } from './botFrameworkAdapter.ts';
import type { Incoming, IncomingRules } from '../http/incomingRules.ts';
import { createRefusalLog, type RefusalLog } from '../http/refusalLog.ts';
import { readJsonBody } from '../http/requestBody.ts';
import { deliveryOf } from './azureTurn.ts';

export interface BotFrameworkEndpointOptions {
  adapter: BotFrameworkTurnAdapter;
  store: Pick<Store, 'accept'>;
  runner: Pick<TurnRunner, 'inline' | 'wake'>;
  logger: Logger;
  /** This bot's Facebook app id, part of every key; empty when there is none. */
  facebookAppId: string;
  /** `open` when the bot runs without credentials: then only this machine may call, and only it is answered. */
  access: 'authenticated' | 'open';
  /** Default: one of its own, without addresses. */
  refusals?: RefusalLog;
  /** What must not reach the bot although it can be read. Default: everything may. */
  rules?: IncomingRules;
  /** Is told of echoes. */
  echoes?: Pick<EchoesHeard, 'note'>;
}

/**
 * `POST /api/messages`: token, body, activity, store, answer. Nothing of the body is read for who has no token. The turn runs after the answer, except where the answer is the
 * turn's result.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
export function createBotFrameworkEndpoint(options: BotFrameworkEndpointOptions) {
  const { adapter, store, runner, logger, facebookAppId, access, rules, echoes } = options;
  const { refusals = createRefusalLog({ logger }) } = options;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (access === 'open') refuseStrangers(request);
    const caller = await adapter.identify(request.headers.authorization ?? '');
    const activity = activityFrom(await readJsonBody(request));
    if (access === 'open') refuseDistantServiceUrl(activity);
    const authenticated = adapter.admit(activity, caller);

    if (needsInlineTurn(activity)) {
      const against = reasonAgainst(activity);
      if (against !== undefined) throw new RequestRefusedError(403, against.sentence);
      const run = () => adapter.runInlineTurn(withDates(activity), authenticated);
      const answer = await runner.inline(deliveryOf(activity, authenticated, facebookAppId), run);
      answerJson(response, answer?.status ?? 200, answer?.body);
      return;
    }
    const deliveries = deliveriesOf(activity, authenticated);
    await store.accept(deliveries);
    answerJson(response, 200);
    runner.wake();
    const echo = deliveries.find(({ kind, quarantine }) => kind === 'echo' && quarantine === undefined);
    // Should it not be noted, the next one will be.
    if (echo !== undefined) await echoes?.note(pageOf(echo.conversation)).catch(() => undefined);
  }

  function reasonAgainst(activity: Activity): QuarantineNote | undefined {
    if (isUnreadableEcho(activity)) return { reason: 'malformed', sentence: unreadableEcho };
    if (tellsOfSeveralEvents(activity)) return severalEvents;
    const incoming = incomingOf(activity);
    return incoming && rules?.(incoming, 'messages');
  }

  /** @throws {RequestRefusedError} when they are so much longer than the activity that holding them would cost more than it may */
  function deliveriesOf(activity: Activity, authenticated: AuthenticateRequestResult): Delivery[] {
    let characters = 0;
    return splitStandby(activity).map((part) => {
      // What is quarantined for that is kept whole.
      const one = tellsOfSeveralEvents(part) ? part : withoutForeignWords(part);
      const quarantine = reasonAgainst(one);
      const delivery = { ...deliveryOf(one, authenticated, facebookAppId), ...present('quarantine', quarantine) };
      characters += delivery.turn.length;
      if (characters > maxCharacters) {
        throw new RequestRefusedError(
          413,
          'The standby items of the activity come to too much with what is around each.',
        );
      }
      return delivery;
    });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await handle(request, response);
    } catch (err) {
      if (err instanceof RequestRefusedError) {
        refusals.refused(request, err);
        answerJson(response, err.status, { error: err.message });
      } else if (err instanceof StoreUnavailableError) {
        // The store has said so; a line for each event that is sent again would bury it.
        logger.debug({ status: 503, reason: err.reason }, 'request not accepted');
        answerJson(response, 503, { error: 'The request could not be stored. It may be sent again later.' });
      } else {
        logger.error({ err }, 'request failed');
        answerJson(response, 500, { error: 'The request could not be handled.' });
      }
    }
  };
}

/** What of an activity the rules look at; undefined when it is none of Facebook's, or nothing that anybody said. */
function incomingOf(activity: Activity): Incoming | undefined {
  const event = facebookEventOf(activity);
  if (event !== undefined || activity.channelId !== 'facebook' || activity.type !== 'message') return event;
  const { from, recipient, timestamp } = activity as Partial<Activity>;
  const time = new Date(timestamp ?? NaN).getTime();
  return { kind: 'message', psid: from?.id, pageId: recipient?.id, timestamp: Number.isNaN(time) ? undefined : time };
}

const unreadableEcho = 'The echo holds no item of Messenger that can be read, so nobody knows who spoke for the Page.';

/** Azure's channel was seen to send echoes as events of that name, and an answer of the Page must not pass without a trace. */
function isUnreadableEcho(activity: Activity): boolean {
  const { channelId, type, name } = activity as Partial<Activity>;
  const isEcho = channelId === 'facebook' && type === 'event' && typeof name === 'string' && /^echo$/i.test(name);
  return isEcho && facebookEventOf(activity) === undefined;
}

/** Meta puts at most so many events into one webhook, and each becomes a turn of its own. */
const maxStandbyItems = 1000;
/** What all items of one activity may come to, in characters of JSON: each is stored with who and where. */
const maxCharacters = 4_000_000;

function activityFrom(body: unknown): Activity {
  if (!isActivity(body)) throw new RequestRefusedError(400, 'The body must be an activity: an object with a type.');
  if (typeof body.channelId !== 'string' || body.channelId === '') {
    throw new RequestRefusedError(400, 'The activity must have a channelId.');
  }
  refuseLongNames(body);
  // Without one, Bot Builder would send the bot's answers to a default address.
  if (typeof body.serviceUrl !== 'string' || !URL.canParse(body.serviceUrl)) {
    throw new RequestRefusedError(400, 'The activity must have a serviceUrl.');
  }
  if (countStandby(body) > maxStandbyItems) {
    throw new RequestRefusedError(413, `The activity must not have more than ${maxStandbyItems} standby items.`);
  }
  return body;
}

/** How long what names something may be, in UTF-16 units. Each of these gets into keys, log lines and metrics. */
const longestNames = { type: 64, channelId: 64, name: 256, id: 1_024, replyToId: 1_024, serviceUrl: 1_024 } as const;

function refuseLongNames(activity: Activity): void {
  const { from, recipient, conversation } = activity as Partial<Activity>;
  const places: readonly [place: string, value: unknown, longest: number][] = [
    ...Object.entries(longestNames).map(([name, longest]): [string, unknown, number] => [
      name,
      readProperty(activity, name),
      longest,
    ]),
    ...Object.entries({ from, recipient, conversation }).map(([name, account]): [string, unknown, number] => [
      `${name}.id`,
      readProperty(account, 'id'),
      longestNames.id,
    ]),
  ];
  for (const [place, value, longest] of places) {
    if (typeof value === 'string' && value.length > longest) {
      throw new RequestRefusedError(400, `The activity's ${place} must not be longer than ${longest} characters.`);
    }
  }
}

function isActivity(body: unknown): body is Activity {
  return typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string';
}

/** A web page that a browser shows could otherwise post to a bot on the same machine. */
function refuseStrangers(request: IncomingMessage): void {
  if (!isLoopbackAuthority(request.headers.host)) {
    throw new RequestRefusedError(403, 'This bot runs without credentials and answers this machine only.');
  }
  if (request.headers.origin !== undefined && !isLoopbackUrl(request.headers.origin)) {
    throw new RequestRefusedError(403, 'This bot runs without credentials and answers no web page from elsewhere.');
  }
}

/** Without a token nothing vouches for the address that the bot is told to send its answers to. */
function refuseDistantServiceUrl(activity: Activity): void {
  if (!isLoopbackUrl(activity.serviceUrl)) {
    throw new RequestRefusedError(403, 'This bot runs without credentials and sends its answers to this machine only.');
  }
}
