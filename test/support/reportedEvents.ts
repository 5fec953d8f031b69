import { readFileSync, readdirSync } from 'node:fs';
import { type ActivityHandler, type TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { LiveChatBot } from '../../bots/samples/liveChatBot.ts';
import { PrimaryBot } from '../../bots/samples/primaryBot.ts';
import { SecondaryBot } from '../../bots/samples/secondaryBot.ts';
import { facebookEventOf } from '../../models/facebookActivity.ts';
import { isArray, isJsonObject, readArray, readObject } from '../../models/readJson.ts';
import type { BotParts } from '../../server.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { startBothEndpoints, type EndpointName } from './bothEndpoints.ts';
import { printable } from './messengerFixtures.ts';

/** What people reported that Meta or Azure's channel sent, and what this project makes of it. */
export interface ReportedEvents {
  /** Where it was reported. */
  provenance: string;
  what: string;
  /** Webhook bodies as Meta sends them, or activities as Azure's channel sends them: one after the other. */
  bodies?: unknown[];
  activities?: object[];
  expected: Outcome;
}

export interface Outcome {
  /** Each turn: its event, and the handlers that it came to. */
  turns: { event: object | null; handlers: string[] }[];
  /** Why something reached no bot, as words, in order. */
  quarantined: string[];
  /** Whether the shipped bots say anything to it. */
  answered: Record<ShippedBot, boolean>;
}

export const shippedBots = {
  primary: (parts: BotParts): ActivityHandler => new PrimaryBot(parts),
  secondary: (parts: BotParts): ActivityHandler => new SecondaryBot(parts),
  liveChat: (parts: BotParts): ActivityHandler => new LiveChatBot({ ...parts, takeBackAfterMs: 3_600_000 }),
};
export type ShippedBot = keyof typeof shippedBots;

const pageId = '104857600012345';

export function reportedEvents(): Map<string, ReportedEvents> {
  const place = new URL('../fixtures/reported/', import.meta.url);
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, place), 'utf8')) as ReportedEvents;
  return new Map(readdirSync(place).map((name) => [name.replace(/\.json$/, ''), read(name)]));
}

/** Sends it all to a bot behind one endpoint, and tells what came of it. */
export async function playReported(
  events: Pick<ReportedEvents, 'bodies' | 'activities'>,
  endpoint: EndpointName,
  createBot: (parts: BotParts) => Pick<ActivityHandler, 'run'>,
): Promise<{ quarantined: string[]; said: number; statuses: number[]; alarms: string[] }> {
  const store = createMemoryStore();
  const env = { FacebookPageId: pageId };
  const now = () => lastTimeIn(events);
  const both = await startBothEndpoints({ createBot, store, env, clock: { now } });
  try {
    const statuses: number[] = [];
    const activities = events.activities ?? (events.bodies ?? []).flatMap(azureActivitiesOf);
    const posts =
      endpoint === 'webhook'
        ? (events.bodies ?? []).map((body) => () => both.postBody(body))
        : activities.map((activity) => () => both.postActivity(activity));
    for (const post of posts) {
      statuses.push(await post());
      await both.server().settled();
    }
    const quarantined = (await store.quarantine.list()).map(({ reason }) => reason);
    const alarms = both.alarms().map(({ message }) => message);
    return { quarantined, said: both.sent.length, statuses, alarms };
  } finally {
    await both.close();
  }
}

/** They were dated when they were written down; a bot that runs much later finds people silent for long. */
function lastTimeIn(events: object): number {
  const times = JSON.stringify(events).match(/\b\d{13}\b/g) ?? [];
  return times.length === 0 ? Date.now() : Math.max(...times.map(Number));
}

/** What Azure's channel makes of a webhook body, as far as it is recorded. It is not known to pass on what stands beside the items. */
export function azureActivitiesOf(body: unknown): object[] {
  return readArray(body, 'entry').flatMap((entry, index) => {
    const standby = readArray(entry, 'standby');
    const heard = { type: 'event', name: 'standby', channelId: 'facebook', id: `standby-${index}`, value: standby };
    const items = readArray(entry, 'messaging').map(activityOf);
    return [...items, ...(standby.length === 0 ? [] : [heard])];
  });
}

function activityOf(item: unknown): object {
  const from = readObject(item, 'sender');
  const recipient = readObject(item, 'recipient');
  const message = readObject(item, 'message');
  const about = { channelId: 'facebook', ...(from && { from }), ...(recipient && { recipient }) };
  if (message !== undefined || readObject(item, 'postback') !== undefined) {
    const mid = message?.mid;
    const id = typeof mid === 'string' ? { id: mid } : {};
    return { ...about, type: 'message', ...id, text: message?.text ?? '', channelData: item };
  }
  const moves = ['pass_thread_control', 'take_thread_control'].some((name) => readObject(item, name) !== undefined);
  return moves ? { ...about, type: 'conversationUpdate', channelData: item } : { ...about, type: 'event', value: item };
}

/** A bot that writes down each turn's event and the handlers that it came to, and says nothing. */
export function tellingBot(turns: Outcome['turns']): FacebookActivityHandler {
  const bot = new FacebookActivityHandler();
  let handlers: string[] = [];
  bot.onTurn(async ({ activity }, next) => {
    handlers = [];
    const event = facebookEventOf(activity);
    turns.push({ event: event === undefined ? null : printable(event), handlers });
    await next();
  });
  const notes = (name: string) => async (_event: unknown, _context: TurnContext, next: () => Promise<void>) => {
    handlers.push(name);
    await next();
  };
  bot.onFacebookPassThreadControl(notes('pass'));
  bot.onFacebookTakeThreadControl(notes('take'));
  bot.onFacebookRequestThreadControl(notes('request'));
  bot.onFacebookStandby(notes('standby'));
  bot.onFacebookEcho(notes('echo'));
  bot.onFacebookNotice(notes('notice'));
  bot.onFacebookPostback(notes('postback'));
  bot.onFacebookQuickReply(notes('quickReply'));
  bot.onFacebookReferral(notes('referral'));
  bot.onFacebookReaction(notes('reaction'));
  bot.onFacebookRead(notes('read'));
  bot.onFacebookDelivery(notes('delivery'));
  bot.onFacebookOptin(notes('optin'));
  const noteGeneral = (name: string) => async (_context: TurnContext, next: () => Promise<void>) => {
    handlers.push(name);
    await next();
  };
  bot.onMessage(noteGeneral('onMessage'));
  bot.onConversationUpdate(noteGeneral('onConversationUpdate'));
  bot.onEvent(async ({ activity }, next) => {
    const value: unknown = activity.value;
    handlers.push(isJsonObject(value) || isArray(value) ? 'onEvent' : 'onEvent without value');
    await next();
  });
  return bot;
}
