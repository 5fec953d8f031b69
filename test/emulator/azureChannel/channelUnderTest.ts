import { createHmac, randomUUID } from 'node:crypto';
import { startAzureChannel } from '../../../emulator/azureChannel/azureChannel.ts';
import type { AzureChannel, AzureChannelOptions } from '../../../emulator/azureChannel/azureChannel.ts';
import type { AzureRegistration } from '../../../emulator/azureChannel/registration.ts';
import type { BusySource, EmulatorHooks, TraceRecord, WebhookCallback } from '../../../emulator/runtime/hooks.ts';
import { startScriptedServer } from './scriptedServer.ts';
import type { Call, ScriptedAnswer, ScriptedServer, SeenBody } from './scriptedServer.ts';

export const PAGE = '1900000000000001';
export const PSID = '2300000000000001';
export const OTHER_PSID = '2300000000000002';
export const CONVERSATION = `${PSID}-${PAGE}`;
export const NOW = Date.UTC(2026, 10, 22, 9, 30);

/** A registration with an app id of its own, because Bot Builder caches tokens by app id for the whole process. */
export const registrationWith = (changes: Partial<AzureRegistration> = {}): AzureRegistration => ({
  botAppId: randomUUID(),
  botPassword: 'a-fake-bot-password',
  tenantId: '7d000000-0000-4000-8000-000000000001',
  facebookAppId: '5100000000000001',
  appSecret: 'a-fake-app-secret',
  verifyToken: 'a-fake-verify-token',
  pageToken: 'a-fake-page-token',
  pageId: PAGE,
  ...changes,
});

/** What the Connector answers. */
export interface ConnectorAnswer {
  id?: string;
  error?: { code: string; message: string };
}

export interface Stage {
  channel: AzureChannel;
  registration: AzureRegistration;
  graph: ScriptedServer;
  bot: ScriptedServer;
  records: TraceRecord[];
  webhooks: { appId: string; callback: WebhookCallback }[];
  sources: Set<BusySource>;
  hidden: string[];
  /** What the bot got, without the envelope of HTTP. */
  activities: () => SeenBody[];
  /** Posts a signed webhook of the Page and waits until the channel is done with it. */
  post: (entry: object) => Promise<number>;
  token: () => Promise<string>;
  /** Posts an activity to the Connector as the bot would. */
  say: (activity: unknown, path?: string) => Promise<{ status: number; body: ConnectorAnswer; guessed: boolean }>;
  close: () => Promise<void>;
}

export interface StageScript {
  options?: Partial<AzureChannelOptions>;
  registration?: Partial<AzureRegistration>;
  bot?: (call: Call) => ScriptedAnswer | Promise<ScriptedAnswer>;
  graph?: (call: Call) => ScriptedAnswer | Promise<ScriptedAnswer>;
}

export const sign = (bytes: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;

export const tokenForm = (registration: AzureRegistration): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_id: registration.botAppId,
  client_secret: registration.botPassword,
  scope: 'https://api.botframework.com/.default',
});

/** The channel between a scripted bot and a scripted Graph, with an emulator's hooks played by the test. */
export const setStage = async (script: StageScript = {}): Promise<Stage> => {
  let sent = 0;
  const graph = await startScriptedServer(
    script.graph ?? ((call) => ({ json: { recipient_id: call.body.recipient?.id, message_id: `m_${(sent += 1)}` } })),
  );
  const bot = await startScriptedServer(script.bot ?? (() => ({})));
  const registration = registrationWith({ botEndpoint: `${bot.url}/api/messages`, ...script.registration });
  const records: TraceRecord[] = [];
  const webhooks: Stage['webhooks'] = [];
  const sources = new Set<BusySource>();
  const hidden: string[] = [];
  const hooks: EmulatorHooks = {
    clock: () => NOW,
    trace: (record) => records.push(record),
    addBusySource: (source) => {
      sources.add(source);
      return () => sources.delete(source);
    },
    hideSecret: (value) => hidden.push(value),
    graphBaseUrl: graph.url,
    registerWebhook: async (appId, callback) => void webhooks.push({ appId, callback }),
  };
  const channel = await startAzureChannel({ registrations: [registration], hooks, ...script.options });

  const token = async (): Promise<string> => {
    const response = await fetch(`${channel.url}/${registration.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(tokenForm(registration)),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };

  return {
    channel,
    registration,
    graph,
    bot,
    records,
    webhooks,
    sources,
    hidden,
    activities: () => bot.calls.map(({ body }) => body),
    post: async (entry) => {
      const bytes = JSON.stringify({ object: 'page', entry: [{ id: PAGE, time: NOW - 50, ...entry }] });
      const response = await fetch(channel.webhookOf(registration.botAppId).callbackUrl, {
        method: 'POST',
        headers: { 'x-hub-signature-256': sign(bytes, registration.appSecret) },
        body: bytes,
      });
      await response.text();
      await channel.settled();
      return response.status;
    },
    token,
    say: async (activity, path = `v3/conversations/${CONVERSATION}/activities`) => {
      const response = await fetch(`${channel.serviceUrl}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
        body: JSON.stringify(activity),
      });
      const guessed = response.headers.get('x-emulated') === 'guessed';
      return { status: response.status, body: (await response.json()) as ConnectorAnswer, guessed };
    },
    close: async () => {
      await channel.close();
      await graph.close();
      await bot.close();
    },
  };
};

/** An item as Messenger sends it: from the customer to the Page. */
export const fromCustomer = (fields: object, psid = PSID): object => ({
  sender: { id: psid },
  recipient: { id: PAGE },
  timestamp: NOW - 100,
  ...fields,
});
