import type { TurnContext } from 'botbuilder';
import type { BotParts } from '../../server.ts';
import { createBotServer, openStore, type BotServer } from '../../server.ts';
import type { Store } from '../../store/store.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { startScriptedServer, type Call, type ScriptedAnswer } from '../emulator/azureChannel/scriptedServer.ts';
import { createRecordingLogger } from './recordingLogger.ts';
import { startScriptedIssuer } from './scriptedIssuer.ts';
import { webhookSettings } from './settingsReader.ts';
import { metaBytes, postSigned } from './signedWebhook.ts';
import { testSettings } from './testSettings.ts';

/** A platform that is not the project's emulator: all that it knows is what it was told. */
export interface ScriptedPlatformOptions {
  endpoint: 'webhook' | 'azure';
  storePath: string;
  /** The bot. */
  run: (context: TurnContext, parts: BotParts) => Promise<unknown>;
  /** How the platform changes words. Default: not at all. */
  render?: (text: string) => string;
  /** How far its clock is ahead, in milliseconds. Default: not at all. */
  aheadMs?: number;
  /** Whether the answer of this call is lost, counted from 1 for messages and for passes each. Default: none. */
  isLost?: (call: 'message' | 'pass', number: number) => boolean;
  /**
   * What becomes of an attempt at a message or a pass, counted from 1 together. `refused`: by Meta's code 2, and nothing happens. `late`: the
   * connection breaks, and it takes effect with `takesEffect`. Default: `taken`.
   */
  attempt?: (number: number) => 'taken' | 'refused' | 'late';
  /** What happens while the bot waits. */
  whileWaiting?: () => unknown;
}

type Item = Record<string, unknown> & { message?: { mid: string; text?: string; is_echo?: boolean } };

const customer = '7004';
const page = '10';

const temporaryRefusal = {
  error: { message: 'Service temporarily unavailable', type: 'OAuthException', is_transient: true, code: 2 },
};

/** A bot with what ships around it, and in place of Graph, Bot Connector and Microsoft's login servers that remember what they were told. */
export async function startScriptedPlatform(options: ScriptedPlatformOptions) {
  const { endpoint, run, aheadMs = 0, isLost = () => false, attempt = () => 'taken' } = options;
  const render = options.render ?? ((text: string) => text);
  const now = () => Date.now() + aheadMs;
  const logger = createRecordingLogger();
  const messages: { id: string; message: string; created: number; from: string }[] = [];
  let passes = 0;
  let said = 0;
  let attempts = 0;
  let takeLateEffect: () => unknown = () => undefined;
  let owner: string = webhookSettings.FacebookAppId;
  let tellLost: () => void = () => undefined;
  const issuer = await startScriptedIssuer();

  function answerTo(call: Call): object {
    if (call.path.includes('/thread_owner')) return { data: [{ thread_owner: { app_id: owner } }] };
    if (!call.path.includes('/conversations?')) return {};
    const newest = messages.map(({ id, message, created, from }) => {
      return { id, message, from: { id: from }, created_time: new Date(created).toISOString() };
    });
    return { data: [{ messages: { data: newest.reverse() } }] };
  }
  function effectOf(call: Call): (() => object) | undefined {
    const text = textOf(call);
    if (text !== undefined) {
      return () => {
        const id = `m_${messages.length + 1}`;
        messages.push({ id, message: render(text), created: now(), from: page });
        said += 1;
        if (isLost('message', said)) throw breakOff();
        return { id: endpoint === 'azure' ? `azure-${said}` : id, message_id: id };
      };
    }
    if (!call.path.includes('/pass_thread_control')) return undefined;
    return () => {
      owner = '263902037430900';
      passes += 1;
      if (isLost('pass', passes)) throw breakOff();
      return { success: true };
    };
  }
  function answerOf(call: Call): ScriptedAnswer {
    const effect = effectOf(call);
    const fate = effect === undefined ? 'taken' : attempt((attempts += 1));
    if (fate === 'refused') {
      // Azure's channel hands on the words of what Graph answered.
      const isRelayed = call.path.startsWith('/v3/');
      const message = JSON.stringify(temporaryRefusal);
      return { status: 500, json: isRelayed ? { error: { code: 'ServiceError', message } } : temporaryRefusal };
    }
    if (effect === undefined) return { json: answerTo(call) };
    if (fate === 'taken') return { json: effect() };
    takeLateEffect = effect;
    throw breakOff();
  }
  function breakOff(): Error {
    tellLost();
    return new Error('The answer is lost.');
  }
  const server = await startScriptedServer((call): ScriptedAnswer => {
    return { headers: { date: new Date(now()).toUTCString() }, ...answerOf(call) };
  });

  const settings = testSettings({
    ...{ ...issuer.settings, ...webhookSettings, GraphApiBaseUrl: server.url, StorePath: options.storePath },
    EventTimes: 'unchecked',
  });
  const start = async (wrap: (store: Store) => Store = (store) => store): Promise<BotServer> =>
    createBotServer(settings, {
      ...{ logger, store: wrap(await openStore(settings, logger)), drainMs: 0 },
      createBot: (parts) => ({
        run: async (context) => {
          await run(context, parts);
        },
      }),
      retries: createRetryPolicy({ baseMs: 0 }),
      turnWork: { sleep: async () => options.whileWaiting?.() },
    });
  let bot = await start();

  async function post(item: Item): Promise<void> {
    const body = { object: 'page', entry: [{ id: page, time: now(), messaging: [item] }] };
    if (endpoint === 'webhook') {
      await postSigned(`${bot.url}/webhook`, metaBytes(body), webhookSettings.FacebookAppSecret);
      return;
    }
    const serviceUrl = `${server.url}/`;
    const token = await issuer.sign({ claims: { serviceurl: serviceUrl } });
    const isMessage = item.message !== undefined && item.message.is_echo !== true;
    const activity = {
      ...{ channelId: 'facebook', serviceUrl, from: { id: customer }, recipient: { id: page } },
      ...{ conversation: { id: `${customer}-${page}` }, timestamp: new Date(now()).toISOString() },
      ...(isMessage ? { type: 'message', id: item.message?.mid, text: item.message?.text } : { type: 'event' }),
      ...(isMessage ? { channelData: item } : { value: item }),
    };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    await fetch(`${bot.url}/api/messages`, { method: 'POST', headers, body: JSON.stringify(activity) });
  }

  return {
    logger,
    texts: () => messages.filter(({ from }) => from === page).map(({ message }) => message),
    passes: () => passes,
    bot: () => bot,
    /** The customer writes. */
    says: async (text: string) => {
      const mid = `m_${messages.length + 1}`;
      messages.push({ id: mid, message: text, created: now(), from: customer });
      await post({ sender: { id: customer }, recipient: { id: page }, timestamp: now(), message: { mid, text } });
    },
    /** The echo of the Page's message of this number, from 1: as Azure hands it on, without a mark. */
    echoes: async (number: number) => {
      const found = messages.filter(({ from }) => from === page)[number - 1];
      if (found === undefined) throw new RangeError('There is no such message.');
      const message = { mid: found.id, text: found.message, is_echo: true, app_id: webhookSettings.FacebookAppId };
      await post({ sender: { id: page }, recipient: { id: customer }, timestamp: found.created, message });
    },
    /** What was attempted `late` happens now. */
    takesEffect: () => {
      takeLateEffect();
      takeLateEffect = () => undefined;
    },
    /** A person gives the thread back; the event that says so is sent with the answer of this. */
    givesBack: () => {
      owner = webhookSettings.FacebookAppId;
      const pass_thread_control = { new_owner_app_id: owner, previous_owner_app_id: '263902037430900' };
      const item = { sender: { id: customer }, recipient: { id: page }, timestamp: now(), pass_thread_control };
      return () => post(item);
    },
    /** Resolves when the next answer is lost. */
    untilLost: () => new Promise<void>((resolve) => (tellLost = resolve)),
    restart: async (between: () => void, wrap?: (store: Store) => Store) => {
      await bot.close();
      between();
      bot = await start(wrap);
    },
    close: async () => {
      await bot.close();
      await server.close();
      await issuer.close();
    },
  };
}

function textOf({ path, body }: Call): string | undefined {
  if (/^\/v3\/conversations\/[^/]+\/activities/.test(path)) return body.text ?? '';
  return path.endsWith('/me/messages') ? body.message?.text : undefined;
}
