import type { TurnContext } from 'botbuilder';
import { createBotServer, type BotServerOptions } from '../../server.ts';
import type { Store } from '../../store/store.ts';
import { startScriptedServer, type Call, type ScriptedAnswer } from '../emulator/azureChannel/scriptedServer.ts';
import { samplesOf } from './prometheusText.ts';
import { createRecordingLogger } from './recordingLogger.ts';
import { startScriptedIssuer } from './scriptedIssuer.ts';
import { webhookSettings } from './settingsReader.ts';
import { metaBytes, postSigned } from './signedWebhook.ts';
import { testSettings } from './testSettings.ts';

export const endpointNames = ['webhook', 'azure'] as const;
export type EndpointName = (typeof endpointNames)[number];

export interface BothEndpointsOptions extends Partial<Omit<BotServerOptions, 'logger'>> {
  logger?: ReturnType<typeof createRecordingLogger>;
  /** The bot. Default: one that does nothing, for a test that gives `createBot`. */
  run?: (context: TurnContext) => Promise<void>;
  /** More settings. */
  env?: Readonly<Record<string, string>>;
  /** What Graph answers to the question whose page token it is. Default: nothing that tells. */
  page?: object;
  /** What Graph answers to anything else that is read. Default: an empty object. */
  reads?: ScriptedAnswer;
  /** What Graph and Bot Connector answer to a message for this customer. Default: that it was sent. */
  answer?: (message: SentMessage) => ScriptedAnswer | undefined;
}

export interface SentMessage {
  psid: string;
  text: string;
}

/** One webhook item of Messenger, from a customer to a Page. */
export interface Item {
  sender: { id: string };
  recipient: { id: string };
  timestamp: number;
  message?: { mid: string; text: string };
  [more: string]: unknown;
}

const usualTime = 1_767_225_600_000;

export function says(psid: string, mid: string, text = mid, pageId = '10'): Item {
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: usualTime, message: { mid, text } };
}

export function passesTo(psid: string, metadata: string): Item {
  const pass_thread_control = { new_owner_app_id: webhookSettings.FacebookAppId, metadata };
  return { sender: { id: psid }, recipient: { id: '10' }, timestamp: usualTime, pass_thread_control };
}

/** One bot with both endpoints open, and in place of Graph, Bot Connector and Microsoft's login a server each, which note what they get. */
export async function startBothEndpoints(options: BothEndpointsOptions) {
  const {
    run = () => Promise.resolve(),
    answer = () => undefined,
    logger = createRecordingLogger(),
    env = {},
    page = {},
    reads = { json: {} },
    ...rest
  } = options;
  const issuer = await startScriptedIssuer();
  const sent: SentMessage[] = [];
  const calls: string[] = [];
  const platform = await startScriptedServer((call) => {
    calls.push(call.path);
    const message = messageOf(call);
    if (message === undefined && call.path.endsWith('_thread_control')) return { json: { success: true } };
    if (message === undefined) return call.path.includes('/me?') ? { json: page } : reads;
    const refusal = answer(message);
    if (refusal !== undefined) return refusal;
    sent.push(message);
    const id = `m_sent_${sent.length}`;
    return { json: { id, message_id: id } };
  });
  const serviceUrl = `${platform.url}/`;
  const token = await issuer.sign({ claims: { serviceurl: serviceUrl } });
  const settings = testSettings({
    ...issuer.settings,
    ...webhookSettings,
    GraphApiBaseUrl: platform.url,
    MetricsPort: '0',
    ...env,
  });
  const start = (more: Partial<BotServerOptions> = {}) =>
    createBotServer(settings, {
      createBot: () => ({ run }),
      ...rest,
      logger,
      ...more,
      turnWork: { echoWaitMs: 0, ...options.turnWork },
    });
  let server = await start();

  const postBody = async (body: unknown): Promise<number> =>
    statusOf(await postSigned(`${server.url}/webhook`, metaBytes(body), webhookSettings.FacebookAppSecret));
  const postActivity = async (activity: object): Promise<number> => {
    const body = JSON.stringify({ ...activity, serviceUrl });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return statusOf(await fetch(`${server.url}/api/messages`, { method: 'POST', headers, body }));
  };

  const post: Record<EndpointName, (...items: Item[]) => Promise<number>> = {
    webhook: (...items) =>
      postBody({
        object: 'page',
        entry: items.map((item) => ({ id: item.recipient.id, time: item.timestamp, messaging: [item] })),
      }),
    azure: async (...items) => {
      let status = 200;
      for (const item of items) status = await postActivity(activityOf(item));
      return status;
    },
  };

  return {
    /** Posts items as the endpoint gets them, and gives the HTTP status. */
    post,
    /** Posts a webhook's body, signed. */
    postBody,
    /** Posts an activity as Azure's channel does, with the address of the scripted Bot Connector. */
    postActivity,
    /** What arrived at the customers, in order. */
    sent,
    /** The paths that were asked for at Graph and Bot Connector. */
    calls,
    logger,
    server: () => server,
    /** Lines that somebody should look at. */
    alarms: () => logger.lines.filter(({ level }) => level === 'error' || level === 'warn'),
    ready: async () => {
      const response = await fetch(`${server.url}/readyz`);
      return { code: response.status, ...((await response.json()) as { status: string }) };
    },
    /** The metrics by their series, without the prefix that all have. */
    metrics: async () => {
      const samples = samplesOf(await (await fetch(server.metricsUrl ?? '')).text());
      return new Map([...samples].map(([series, value]) => [series.replace('messenger_handover_', ''), value]));
    },
    /** Closes the bot and starts it again. The store is opened in between, since a file has one owner at a time. */
    restart: async (openStore: () => Promise<Store>) => {
      await server.close();
      server = await start({ store: await openStore() });
    },
    close: async () => {
      await server.close();
      await platform.close();
      await issuer.close();
    },
  };
}

export type BothEndpoints = Awaited<ReturnType<typeof startBothEndpoints>>;

function messageOf({ path, body }: Call): SentMessage | undefined {
  const conversation = /^\/v3\/conversations\/([^/]+)\/activities/.exec(path)?.[1];
  if (conversation !== undefined) return { psid: conversation.split('-')[0] ?? '', text: body.text ?? '' };
  if (!path.endsWith('/me/messages')) return undefined;
  return { psid: body.recipient?.id ?? '', text: body.message?.text ?? '' };
}

async function statusOf(response: Response): Promise<number> {
  await response.arrayBuffer();
  return response.status;
}

/** The item as Azure's Facebook channel hands it on; each event has an id of its own there. */
function activityOf(item: Item): object {
  const [from, recipient] = [item.sender, item.recipient];
  const about = { channelId: 'facebook', from, recipient, conversation: { id: `${from.id}-${recipient.id}` } };
  if (item.message === undefined) return { ...about, type: 'conversationUpdate', channelData: item };
  return { ...about, type: 'message', id: item.message.mid, text: item.message.text, channelData: item };
}
