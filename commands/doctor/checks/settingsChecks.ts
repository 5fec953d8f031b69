import { isLoopbackUrl } from '../../../helpers/loopback.ts';
import { fail, ok, warn, type Check } from '../check.ts';
import { appServiceSettings, azureBotConfiguration, messengerSettings } from '../pages.ts';

/** What the settings alone reveal. Their form was already checked when they were read. */
export const settingsChecks: readonly Check[] = [
  {
    id: 'settings.pageToken',
    what: 'a page token is set',
    run: ({ settings: { facebook } }) =>
      facebook.pageToken === undefined
        ? fail(
            'FacebookPageToken is not set, so the bot cannot move control of a thread',
            `Generate one beside the Page at ${messengerSettings(facebook.appId)} and set it as FacebookPageToken.`,
          )
        : ok('FacebookPageToken and FacebookAppId are set'),
  },
  {
    id: 'settings.endpoint',
    what: 'the bot has an endpoint',
    run: ({ settings: { bot, webhook } }) => {
      const endpoints = [
        ...(bot.authentication === 'none' ? [] : [`Azure Bot Service at /api/messages, ${bot.appType}`]),
        ...(webhook === undefined ? [] : ["Messenger's own webhook at /webhook"]),
      ];
      if (endpoints.length > 0) return ok(endpoints.join('; '));
      return warn(
        'neither Microsoft credentials nor FacebookAppSecret and FacebookVerifyToken are set; only this machine reaches the bot',
        `Set MicrosoftAppId and the settings that go with it, from ${azureBotConfiguration}, or the two Facebook settings.`,
      );
    },
  },
  {
    id: 'settings.production',
    what: 'a public bot runs in production mode',
    run: ({ settings: { production }, bot: { url } }) =>
      production || url?.startsWith('https://') !== true || isLoopbackUrl(url)
        ? ok(production ? 'NODE_ENV is production' : 'no public address was given')
        : warn(
            'NODE_ENV is not production in these settings, so settings that leave the bot open are not refused',
            `Set NODE_ENV=production at ${appServiceSettings}.`,
          ),
  },
];
