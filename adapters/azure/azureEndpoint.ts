import { withDates } from '../../models/activityDates.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Activity } from 'botbuilder';
import type { AuthenticateRequestResult } from 'botframework-connector';
import { onceMiddleware } from '../../helpers/once.ts';
import type { Settings } from '../../helpers/settings/types.ts';
import { readActivities, withoutForeignWords, type ReadActivity } from '../../models/facebookActivity.ts';
import { readActivity } from '../../models/readActivity.ts';
import { pageOf } from '../../models/conversationKey.ts';
import { present } from '../../models/present.ts';
import type { OwnEvent } from '../../models/ownEvents.ts';
import type { QuarantineNote } from '../../models/quarantineNote.ts';
import { severalEvents } from '../../models/severalEvents.ts';
import type { InboxEvent } from '../../store/store.ts';
import type { EchoesHeard } from '../../turns/echoesHeard.ts';
import type { TurnLogic } from '../../turns/turnLogic.ts';
import { answerJson, RequestRefusedError, sendText, type Handler } from '../http/answer.ts';
import type { Incoming } from '../http/incomingRules.ts';
import { readJsonBody } from '../http/requestBody.ts';
import { answerErrors, type Endpoint, type EndpointParts, type Route } from '../http/route.ts';
import { azureInboxEvent, ownAzureTurn } from './azureTurn.ts';
import { BotFrameworkTurnAdapter, needsInlineTurn } from './botFrameworkAdapter.ts';
import { HandoverAuthentication, type HandoverAuthenticationOptions } from './botFrameworkAuthentication.ts';
import { activityFrom, refuseDistantServiceUrl, refuseStrangers } from './incomingActivity.ts';

export interface AzureEndpointOptions extends EndpointParts {
  settings: Pick<Settings, 'bot' | 'channels' | 'facebook' | 'webhook'>;
  /** How the bot calls the Bot Connector and checks its own callers. */
  calls?: Pick<HandoverAuthenticationOptions, 'timeoutMs' | 'platformClock' | 'gotToken'>;
  /** Is told of echoes. */
  echoes?: Pick<EchoesHeard, 'note'>;
}

/** The most JSON that the standby items of one activity may turn into, in characters: each is stored with a copy of the envelope. */
const maxCharacters = 4_000_000;

/**
 * `POST /api/messages`: token, body, activity, store, answer. Without a valid token, none of the body is read. The turn runs after the
 * answer, unless the answer is the turn's result.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
export class AzureEndpoint implements Endpoint {
  readonly name = 'azure';
  readonly routes: readonly Route[];
  readonly #parts: AzureEndpointOptions;
  readonly #adapter: BotFrameworkTurnAdapter;
  /** `open` without credentials: only this machine may call, and answers go nowhere else. */
  readonly #access: 'authenticated' | 'open';
  /** This bot's Facebook app id, part of every key; empty if there is none. */
  readonly #appId: string;

  constructor(options: AzureEndpointOptions) {
    const { settings, calls, logic, send, recordOnce, middleware = [], logger, refusals } = options;
    const { bot, channels, facebook, webhook } = settings;
    this.#parts = options;
    this.#appId = facebook.appId ?? '';
    this.#access = bot.authentication === 'none' ? 'open' : 'authenticated';
    this.#adapter = new BotFrameworkTurnAdapter(new HandoverAuthentication(bot, { ...calls, channels }), logic, send);
    if (recordOnce !== undefined) this.#adapter.use(onceMiddleware(recordOnce));
    this.#adapter.use(...middleware);
    const handle = answerErrors((request, response) => this.#receive(request, response), {
      ...{ logger, ...present('refusals', refusals) },
      answer: (response, status, error) => answerJson(response, status, { error }),
      unavailable: 'The request could not be stored. It may be sent again later.',
    });
    // A proxy that forwards Meta's webhook here may forward this path too, and it would be open to everyone.
    const isClosed = this.#access === 'open' && webhook !== undefined;
    this.routes = [{ method: 'post', path: '/api/messages', handle: isClosed ? refuseMessages : handle }];
  }

  run(payload: string, logic?: TurnLogic): Promise<void> {
    return this.#adapter.runStoredTurn(payload, logic);
  }

  ownTurn(conversation: string, from: string | undefined, event: OwnEvent): string | undefined {
    return from === undefined ? undefined : ownAzureTurn(conversation, from, event);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { store, runner, echoes } = this.#parts;
    if (this.#access === 'open') refuseStrangers(request);
    const caller = await this.#adapter.identify(request.headers.authorization ?? '');
    const activity = activityFrom(await readJsonBody(request));
    if (this.#access === 'open') refuseDistantServiceUrl(activity);
    const authenticated = this.#adapter.admit(activity, caller);

    if (needsInlineTurn(activity)) {
      await this.#answerInline(activity, authenticated, response);
      return;
    }
    const events = this.#inboxEventsOf(activity, authenticated);
    await store.accept(events);
    answerJson(response, 200);
    runner.wake();
    const echo = events.find(({ kind, quarantine }) => kind === 'echo' && quarantine === undefined);
    // If this note fails, the next echo makes up for it.
    if (echo !== undefined) await echoes?.note(pageOf(echo.conversation)).catch(() => undefined);
  }

  async #answerInline(
    activity: Activity,
    authenticated: AuthenticateRequestResult,
    response: ServerResponse,
  ): Promise<void> {
    const reading = readActivity(activity);
    const reason = this.#reasonAgainst({ activity, ...reading });
    if (reason !== undefined) throw new RequestRefusedError(403, reason.sentence);
    const run = () => this.#adapter.runInlineTurn(withDates(activity), authenticated);
    const answer = await this.#parts.runner.inline(azureInboxEvent(activity, authenticated, this.#appId, reading), run);
    answerJson(response, answer?.status ?? 200, answer?.body);
  }

  #reasonAgainst(read: ReadActivity): QuarantineNote | undefined {
    if (isUnreadableEcho(read)) return { reason: 'malformed', sentence: unreadableEcho };
    if (read.tellsOfSeveral) return severalEvents;
    const incoming = incomingOf(read);
    return incoming && this.#parts.rules?.(incoming, this.name);
  }

  /** @throws {RequestRefusedError} 413 if they would take too much memory */
  #inboxEventsOf(activity: Activity, authenticated: AuthenticateRequestResult): InboxEvent[] {
    let characters = 0;
    return readActivities(activity).map((read) => {
      // An activity with several events is quarantined whole.
      const one = read.tellsOfSeveral ? read.activity : withoutForeignWords(read.activity, read.event);
      const quarantine = this.#reasonAgainst({ ...read, activity: one });
      const event = { ...azureInboxEvent(one, authenticated, this.#appId, read), ...present('quarantine', quarantine) };
      characters += event.payload.length;
      if (characters > maxCharacters) throw new RequestRefusedError(413, tooMuch);
      return event;
    });
  }
}

const tooMuch = 'The standby items of the activity, each with its envelope, are too large.';

/** The part of an activity that the rules check. Undefined if it is not from Facebook, or if nobody said anything in it. */
function incomingOf({ activity, event }: ReadActivity): Incoming | undefined {
  if (event !== undefined || activity.channelId !== 'facebook' || activity.type !== 'message') return event;
  const { from, recipient, timestamp } = activity as Partial<Activity>;
  const time = new Date(timestamp ?? NaN).getTime();
  return { kind: 'message', psid: from?.id, pageId: recipient?.id, timestamp: Number.isNaN(time) ? undefined : time };
}

const unreadableEcho = 'The echo holds no readable Messenger item, so nobody knows who spoke for the Page.';

/** Azure's channel has been seen to send echoes as events named `echo`, and an answer from the Page must not get lost. */
function isUnreadableEcho({ activity, event }: ReadActivity): boolean {
  const { channelId, type, name } = activity as Partial<Activity>;
  const isEcho = channelId === 'facebook' && type === 'event' && typeof name === 'string' && /^echo$/i.test(name);
  return isEcho && event === undefined;
}

const refuseMessages: Handler = async (_request, response) => {
  sendText(response, 403, 'This bot runs without Microsoft credentials and hears Messenger through /webhook alone.');
  await Promise.resolve();
};
