import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import type { TurnContext } from 'botbuilder';
import { AppCredentials, ServiceClientCredentialsFactory } from 'botframework-connector';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AzureBotSettings } from '../../../emulator/azureChannel/registration.ts';

/** Asks the login URL of the settings for tokens, which Microsoft's login library does not do over plain http. */
class PlainHttpCredentials extends AppCredentials {
  readonly #settings: AzureBotSettings;

  constructor(settings: AzureBotSettings, audience: string | undefined) {
    super(settings.MicrosoftAppId, settings.MicrosoftAppTenantId, audience);
    this.#settings = settings;
  }

  protected override async refreshToken(): Promise<{ accessToken: string; expiresOn: Date }> {
    const response = await fetch(`${this.#settings.ToChannelFromBotLoginUrl}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.#settings.MicrosoftAppId,
        client_secret: this.#settings.MicrosoftAppPassword,
        scope: `${this.oAuthScope}/.default`,
      }),
    });
    const body = (await response.json()) as { access_token: string; expires_in: number };
    return { accessToken: body.access_token, expiresOn: new Date(Date.now() + body.expires_in * 1000) };
  }
}

class PlainHttpCredentialsFactory extends ServiceClientCredentialsFactory {
  readonly #settings: AzureBotSettings;

  constructor(settings: AzureBotSettings) {
    super();
    this.#settings = settings;
  }

  override isValidAppId = (appId: string): Promise<boolean> => Promise.resolve(appId === this.#settings.MicrosoftAppId);
  override isAuthenticationDisabled = (): Promise<boolean> => Promise.resolve(false);
  override createCredentials = (_appId: string, audience: string | undefined): Promise<AppCredentials> =>
    Promise.resolve(new PlainHttpCredentials(this.#settings, audience));
}

/** The answer as Bot Builder wants it: in the style of Express. */
const expressStyle = (response: ServerResponse) => ({
  socket: response.socket,
  header: (name: string, value: unknown) => response.setHeader(name, String(value)),
  status: (status: number) => (response.statusCode = status),
  send: (text: unknown) => response.write(typeof text === 'string' ? text : JSON.stringify(text)),
  end: () => response.end(),
});

/** Bot Builder's own adapter with authentication on, serving one bot on loopback. */
export const startStockBot = (settings: AzureBotSettings, logic: (context: TurnContext) => Promise<void>) => {
  const factory = new PlainHttpCredentialsFactory(settings);
  return startBotServer(new CloudAdapter(new ConfigurationBotFrameworkAuthentication({ ...settings }, factory)), logic);
};

export const startBotServer = async (adapter: CloudAdapter, logic: (context: TurnContext) => Promise<void>) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
      const parsed = { method: request.method!, headers: request.headers, body };
      adapter.process(parsed, expressStyle(response), logic).catch(() => response.writeHead(500).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
