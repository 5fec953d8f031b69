import type { Finding } from '../../../commands/doctor/check.ts';
import { publicUrl, type HealthyScene } from './healthyScene.ts';

/** One thing that can be wrong, and the one finding that has to name it. */
export interface BrokenSetup {
  readonly what: string;
  readonly id: string;
  readonly state: Extract<Finding['state'], 'warn' | 'fail'>;
  /** What the fix or the finding has to say, so that a person finds the place. */
  readonly says: RegExp;
  readonly breakIt: (scene: HealthyScene) => void;
}

const daysFromNow = (days: number): number => Math.floor(Date.now() / 1000) + days * 86_400;
const emulatorOf = ({ platform }: HealthyScene): HealthyScene['platform']['emulator'] => platform.emulator;
const withoutField = (field: string) => (scene: HealthyScene) => {
  const { pageFields } = emulatorOf(scene).account(scene.bot.app.id);
  emulatorOf(scene).changeAccount(scene.bot.app.id, { pageFields: pageFields!.filter((name) => name !== field) });
};
/** Each date of the year as a holiday. */
const everyDay = Array.from({ length: 366 }, (_, n) =>
  new Date(Date.UTC(2028, 0, 1 + n)).toISOString().slice(5, 10),
).join('; ');
const token = (change: object) => (scene: HealthyScene) =>
  emulatorOf(scene).changeAccount(scene.bot.app.id, { token: change });
/** The app's webhook, changed. */
export const webhook = (change: object) => (scene: HealthyScene) => {
  const { webhook: before } = emulatorOf(scene).account(scene.bot.app.id);
  emulatorOf(scene).changeAccount(scene.bot.app.id, { webhook: { ...before!, ...change } });
};
const settings = (env: Readonly<Record<string, string>>) => (scene: HealthyScene) => void Object.assign(scene.env, env);
/** A bot that Azure knows nothing of. */
export const noMicrosoft = {
  MicrosoftAppId: '',
  MicrosoftAppPassword: '',
  MicrosoftAppTenantId: '',
  MicrosoftAppType: '',
  ToChannelFromBotLoginUrl: '',
  ToChannelFromBotOAuthScope: '',
  ToBotFromChannelTokenIssuer: '',
  ToBotFromChannelOpenIdMetadataUrl: '',
  ToBotFromEmulatorOpenIdMetadataUrl: '',
  OAuthUrl: '',
  CallerId: '',
};

export const brokenSetups: readonly BrokenSetup[] = [
  {
    what: 'no page token is set',
    id: 'settings.pageToken',
    state: 'fail',
    says: /Messenger API Settings/,
    // The verify token is left out too: with it alone the settings do not make sense.
    breakIt: settings({ FacebookPageToken: '', FacebookVerifyToken: '' }),
  },
  {
    what: 'a public bot whose settings are not those of production',
    id: 'settings.production',
    state: 'warn',
    says: /NODE_ENV=production/,
    breakIt: (scene) => void (scene.args = ['--url', publicUrl]),
  },
  {
    what: 'a Graph API that is not there',
    id: 'graph.reachable',
    state: 'fail',
    says: /GraphApiBaseUrl/,
    breakIt: settings({ GraphApiBaseUrl: 'http://127.0.0.1:1' }),
  },
  {
    what: 'a retired Graph API version',
    id: 'graph.version',
    state: 'fail',
    says: /v19\.0 has ended/,
    breakIt: settings({ GraphApiVersion: 'v19.0' }),
  },
  {
    what: 'a Graph API version from before the table',
    id: 'graph.version',
    state: 'fail',
    says: /v3\.3 has ended/,
    breakIt: settings({ GraphApiVersion: 'v3.3' }),
  },
  {
    what: 'a clock that is an hour behind',
    id: 'clock.skew',
    state: 'fail',
    says: /NTP/,
    breakIt: (scene) => void (scene.clockOffMs = -3_600_000),
  },
  {
    what: 'a clock that is a minute ahead',
    id: 'clock.skew',
    state: 'warn',
    says: /seconds off/,
    breakIt: (scene) => void (scene.clockOffMs = 60_000),
  },
  {
    what: 'the app secret of another app',
    id: 'app.secret',
    state: 'fail',
    says: /App settings > Basic/,
    breakIt: settings({ FacebookAppSecret: 'emulated-app-secret-of-secondary' }),
  },
  {
    what: 'no app secret',
    id: 'app.secret',
    state: 'warn',
    says: /FacebookAppSecret is not set/,
    // The verify token is left out too: with it alone the settings do not make sense.
    breakIt: settings({ FacebookAppSecret: '', FacebookVerifyToken: '' }),
  },
  {
    what: 'the page token of another app',
    id: 'token.app',
    state: 'fail',
    says: /made by a different app/,
    breakIt: settings({ FacebookPageToken: 'emulated-page-token-of-secondary' }),
  },
  {
    what: 'a token that Meta does not know',
    id: 'token.valid',
    state: 'fail',
    says: /Generate a new one/,
    breakIt: settings({ FacebookPageToken: 'copied-only-half-of-it' }),
  },
  {
    what: 'a token that ended yesterday',
    id: 'token.valid',
    state: 'fail',
    says: /it expired on \d{4}-/,
    breakIt: token({ expiresAt: daysFromNow(-1) }),
  },
  {
    what: "a person's token in place of a page token",
    id: 'token.kind',
    state: 'fail',
    says: /type USER/,
    breakIt: token({ type: 'USER' }),
  },
  {
    what: 'a token of another Page than the one that is meant',
    id: 'token.page',
    state: 'fail',
    says: /not of 555/,
    breakIt: (scene) => void (scene.args = [...scene.args, '--page', '555']),
  },
  {
    what: 'a setting that names another Page than the token is of',
    id: 'token.pageId',
    state: 'fail',
    says: /Set FacebookPageId to \d+/,
    breakIt: settings({ FacebookPageId: '555' }),
  },
  {
    what: 'a token without pages_messaging',
    id: 'permission.pages_messaging',
    state: 'fail',
    says: /leave pages_messaging ticked/,
    breakIt: token({ scopes: ['pages_manage_metadata'] }),
  },
  {
    what: 'a token without pages_manage_metadata',
    id: 'permission.pages_manage_metadata',
    state: 'fail',
    says: /leave pages_manage_metadata ticked/,
    breakIt: token({ scopes: ['pages_messaging'] }),
  },
  {
    what: 'a token that ends in a week',
    id: 'token.expiry',
    state: 'warn',
    says: /it expires on/,
    breakIt: token({ expiresAt: daysFromNow(7) }),
  },
  {
    what: 'access to data that ends in a week',
    id: 'token.dataAccess',
    state: 'warn',
    says: /administrator of the Page/,
    breakIt: token({ dataAccessExpiresAt: daysFromNow(7) }),
  },
  {
    what: 'an app without a webhook',
    id: 'webhook.registered',
    state: 'fail',
    says: /Callback URL and Verify token/,
    breakIt: (scene) => emulatorOf(scene).changeAccount(scene.bot.app.id, { webhook: null }),
  },
  {
    what: 'a webhook that Meta switched off',
    id: 'webhook.registered',
    state: 'fail',
    says: /switched off/,
    breakIt: webhook({ active: false }),
  },
  {
    what: 'a webhook that leads to another host',
    id: 'webhook.target',
    state: 'fail',
    says: /it points to old-bot\.example/,
    breakIt: webhook({ callbackUrl: 'https://old-bot.example/webhook' }),
  },
  {
    what: "a webhook that leads to the bot's other endpoint",
    id: 'webhook.target',
    state: 'fail',
    says: /they go to \/webhook/,
    breakIt: (scene) => {
      settings(noMicrosoft)(scene);
      webhook({ callbackUrl: `${scene.botUrl}/api/messages` })(scene);
      scene.answers.messages = 403;
    },
  },
  {
    what: 'a webhook that leads to the bot, which has no verify token',
    id: 'webhook.target',
    state: 'fail',
    says: /FacebookVerifyToken or FacebookAppSecret is not set/,
    breakIt: (scene) => {
      settings({ FacebookVerifyToken: '' })(scene);
      webhook({ callbackUrl: `${scene.botUrl}/webhook` })(scene);
    },
  },
  {
    what: 'a webhook that leads to Azure while there are no Microsoft credentials',
    id: 'webhook.target',
    state: 'fail',
    says: /no Microsoft credentials/,
    breakIt: (scene) => {
      settings(noMicrosoft)(scene);
      webhook({ callbackUrl: 'https://facebook.botframework.com/api/v1/bots/example' })(scene);
      scene.answers.messages = 404;
    },
  },
  {
    what: 'an app that lacks standby among its own webhook fields',
    id: 'webhook.fields',
    state: 'fail',
    says: /missing for the app: standby/,
    breakIt: webhook({ fields: ['messages', 'messaging_postbacks', 'messaging_handovers', 'message_echoes'] }),
  },
  {
    what: 'an app that is not subscribed to the Page',
    id: 'page.subscribed',
    state: 'fail',
    says: /--fix/,
    breakIt: (scene) => emulatorOf(scene).changeAccount(scene.bot.app.id, { pageFields: null }),
  },
  ...['messages', 'messaging_postbacks', 'messaging_handovers', 'standby'].map((field): BrokenSetup => ({
    what: `a Page without ${field}`,
    id: `subscription.${field}`,
    state: 'fail',
    says: /--fix/,
    breakIt: withoutField(field),
  })),
  {
    what: 'a Page without message_echoes',
    id: 'subscription.message_echoes',
    state: 'warn',
    says: /what others say/,
    breakIt: withoutField('message_echoes'),
  },
  {
    what: 'a BotRole of liveChat for the app that is not the default one',
    id: 'role.fits',
    state: 'warn',
    says: /Choose this app at [^,]*"/,
    breakIt: (scene) => {
      scene.bot = scene.secondary;
      settings({ BotRole: 'liveChat' })(scene);
    },
  },
  {
    what: 'a BotRole of primary for the app that is not the default one',
    id: 'role.fits',
    state: 'warn',
    says: /set BotRole=secondary/,
    breakIt: (scene) => {
      scene.bot = scene.secondary;
      settings({ BotRole: 'primary' })(scene);
    },
  },
  {
    what: 'a BotRole of secondary for the default app',
    id: 'role.fits',
    state: 'warn',
    says: /Set BotRole=primary/,
    breakIt: settings({ BotRole: 'secondary' }),
  },
  {
    what: 'an address that is plain http',
    id: 'bot.address',
    state: 'fail',
    says: /only call https addresses/,
    breakIt: (scene) => void (scene.args = ['--url', 'http://bot.example']),
  },
  {
    what: 'a bot that is not running',
    id: 'bot.alive',
    state: 'fail',
    says: /Start it/,
    breakIt: (scene) => void (scene.args = ['--url', 'http://127.0.0.1:1']),
  },
  {
    what: 'a bot that fails its health check',
    id: 'bot.alive',
    state: 'fail',
    says: /HTTP 503/,
    breakIt: ({ answers }) => void (answers.healthz = 503),
  },
  {
    what: 'a bot without /api/messages',
    id: 'bot.messages',
    state: 'fail',
    says: /messaging endpoint/,
    breakIt: ({ answers }) => void (answers.messages = 404),
  },
  {
    what: 'a bot that takes requests without a token',
    id: 'bot.messages',
    state: 'fail',
    says: /open to everyone/,
    breakIt: ({ answers }) => void (answers.messages = 200),
  },
  {
    what: 'a running bot that has no credentials, unlike these settings',
    id: 'bot.messages',
    state: 'fail',
    says: /the running bot has no credentials/,
    breakIt: ({ answers }) => void (answers.messages = 403),
  },
  {
    what: 'a running bot with another verify token',
    id: 'bot.handshake',
    state: 'fail',
    says: /another verify token/,
    breakIt: settings({ FacebookVerifyToken: 'another-verify-token' }),
  },
  {
    what: 'a running bot whose other endpoint is open beside the webhook',
    id: 'bot.messages',
    state: 'fail',
    says: /FacebookAppSecret and FacebookVerifyToken for the running bot/,
    breakIt: (scene) => {
      settings(noMicrosoft)(scene);
      webhook({ callbackUrl: `${scene.botUrl}/webhook` })(scene);
      scene.answers.messages = 200;
    },
  },
  {
    what: 'a receiver that the Page does not have',
    id: 'takeover.receivers',
    state: 'fail',
    says: /no receiver Sales desk, 4711; it has .*\(\d+\)/,
    breakIt: settings({ TakeoverReceivers: 'Sales desk, 4711, inbox' }),
  },
  {
    what: "handovers to the bot's own app",
    id: 'takeover.receivers',
    state: 'fail',
    says: /own app/,
    breakIt: (scene) => settings({ TakeoverReceivers: scene.bot.app.id })(scene),
  },
  {
    what: 'a receiver that is never asked',
    id: 'takeover.order',
    state: 'warn',
    says: /inbox stands behind pause/,
    breakIt: settings({ TakeoverReceivers: 'pause, inbox' }),
  },
  {
    what: 'a hard limit that is over before any silence',
    id: 'takeover.times',
    state: 'warn',
    says: /the silence never counts/,
    breakIt: settings({ TakeoverSilenceMinutes: '60', TakeoverHardLimitMinutes: '60' }),
  },
  {
    what: 'a notice that comes after the hard limit',
    id: 'takeover.times',
    state: 'warn',
    says: /never told/,
    breakIt: settings({ TakeoverNoticeMinutes: '61', TakeoverHardLimitMinutes: '60' }),
  },
  {
    what: 'a notice that comes after the return',
    id: 'takeover.times',
    state: 'warn',
    says: /never told/,
    breakIt: settings({ TakeoverNoticeMinutes: '30', TakeoverSilenceMinutes: '30', TakeoverReturn: 'atOnce' }),
  },
  {
    what: 'what happens outside of hours that are not set',
    id: 'takeover.hours',
    state: 'warn',
    says: /TakeoverHours is not/,
    breakIt: settings({ TakeoverOutsideHours: 'keep' }),
  },
  {
    what: 'hours of which holidays leave nothing',
    id: 'takeover.hours',
    state: 'warn',
    says: /no time/,
    breakIt: settings({
      ...{ TakeoverHours: 'Mo 09:00-17:00', TakeoverTimeZone: 'Europe/Berlin' },
      TakeoverHolidays: everyDay,
    }),
  },
  {
    what: 'a desk that is not there',
    id: 'takeover.desk',
    state: 'fail',
    says: /connection failed.*HandoffUrl/,
    breakIt: settings({ HandoffUrl: 'http://127.0.0.1:1/', HandoffSecret: 'fake-desk-secret' }),
  },
  {
    what: 'a desk that has broken down',
    id: 'takeover.desk',
    state: 'warn',
    says: /HTTP 503.*log of the desk/,
    breakIt: (scene) => {
      settings({ HandoffUrl: `${scene.botUrl}/healthz`, HandoffSecret: 'fake-desk-secret' })(scene);
      scene.args = [];
      scene.answers.healthz = 503;
    },
  },
  {
    what: 'a running bot that takes events without a signature',
    id: 'bot.events',
    state: 'fail',
    says: /X-Hub-Signature-256/,
    breakIt: ({ answers }) => void (answers.events = 200),
  },
  {
    what: 'a proxy that lets no events through',
    id: 'bot.events',
    state: 'fail',
    says: /GET through but not POST/,
    breakIt: ({ answers }) => void (answers.events = 405),
  },
  {
    what: 'a running bot without the webhook',
    id: 'bot.handshake',
    state: 'fail',
    says: /has no webhook/,
    breakIt: ({ answers }) => void (answers.webhook = 404),
  },
  {
    what: 'a sign-in page in front of the bot',
    id: 'bot.handshake',
    state: 'fail',
    says: /sign-in page/,
    breakIt: ({ answers }) => void (answers.webhook = 'signInPage'),
  },
  {
    what: 'a wrong client secret',
    id: 'azure.login',
    state: 'fail',
    says: /AADSTS7000215.*Certificates & secrets/,
    breakIt: settings({ MicrosoftAppPassword: 'not-the-bots-password' }),
  },
  {
    what: 'an app id of another directory',
    id: 'azure.login',
    state: 'fail',
    says: /AADSTS700016.*MicrosoftAppTenantId/,
    breakIt: settings({ MicrosoftAppId: 'b07a0000-0000-4000-8000-00000000dead' }),
  },
  {
    what: 'a directory that does not exist',
    id: 'azure.login',
    state: 'fail',
    says: /AADSTS90002.*App Tenant ID/,
    breakIt: (scene) => {
      const url = scene.bot.settings['ToChannelFromBotLoginUrl']!;
      settings({ ToChannelFromBotLoginUrl: url.replace(/[^/]+$/, '00000000-0000-4000-8000-00000000dead') })(scene);
    },
  },
  {
    what: 'keys that cannot be fetched',
    id: 'azure.keys',
    state: 'fail',
    says: /login\.botframework\.com/,
    breakIt: (scene) => {
      const { origin } = new URL(scene.bot.settings['ToBotFromChannelOpenIdMetadataUrl']!);
      settings({ ToBotFromChannelOpenIdMetadataUrl: `${origin}/nonsense` })(scene);
    },
  },
  {
    what: 'no endpoint at all',
    id: 'settings.endpoint',
    state: 'warn',
    says: /only this machine/,
    breakIt: (scene) => {
      settings({ ...noMicrosoft, FacebookVerifyToken: '' })(scene);
      webhook({ callbackUrl: 'https://somebody.example/elsewhere' })(scene);
      scene.answers.messages = 200;
    },
  },
];
