import { parseJson, readText } from '../../../models/readJson.ts';
import { fail, ok, unknown, type Check, type Outcome } from '../check.ts';
import { azureBotConfiguration, clientSecrets } from '../pages.ts';

/**
 * What to do about common refusals. Microsoft may change the numbers; others are shown with the page that explains them.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const refusals: Readonly<Record<number, readonly [says: string, fix: string]>> = {
  700016: [
    'the app is unknown in that directory',
    `Compare MicrosoftAppId, MicrosoftAppTenantId and MicrosoftAppType with ${azureBotConfiguration}; a single-tenant app that asks as MultiTenant gets the same refusal.`,
  ],
  7000215: [
    'the client secret is wrong',
    `Make a new one at ${clientSecrets} and set its Value, not its Secret ID, as MicrosoftAppPassword.`,
  ],
  7000222: ['the client secret has expired', `Make a new one at ${clientSecrets} and set it as MicrosoftAppPassword.`],
  90002: ['the directory does not exist', `Set MicrosoftAppTenantId to the App Tenant ID at ${azureBotConfiguration}.`],
};

/** Microsoft's side of the bot. */
export const azureChecks: readonly Check[] = [
  {
    id: 'azure.login',
    what: 'the Microsoft credentials get a token',
    async run({ settings: { bot }, login }): Promise<Outcome> {
      if (bot.authentication === 'none') return ok('not used: MicrosoftAppId is not set');
      if (bot.authentication === 'managedIdentity') {
        return unknown(
          'a managed identity gets tokens inside Azure only',
          'Write to the bot with Test in Web Chat at https://portal.azure.com > your Azure Bot: an answer shows that it has one.',
        );
      }
      const reply = await login.login(bot);
      if (reply.type === 'token') return ok(`${bot.appType}, app ${bot.appId}`);
      if (reply.type === 'nothing') {
        return fail(
          `the login: ${reply.because}`,
          'Check that firewalls allow connections to login.microsoftonline.com.',
        );
      }
      const { number, status } = reply;
      const known = number === undefined ? undefined : refusals[number];
      const name = number === undefined ? `HTTP ${status}` : `AADSTS${number}`;
      if (known !== undefined) return fail(`${name}: ${known[0]}`, known[1]);
      return fail(name, `https://login.microsoftonline.com/error${number === undefined ? '' : `?code=${number}`}`);
    },
  },
  {
    id: 'azure.keys',
    what: 'the keys for requests from Azure can be fetched',
    async run({ settings: { bot }, login }) {
      if (bot.authentication === 'none') return ok('not used: MicrosoftAppId is not set');
      const reply = await login.openIdMetadata();
      const fix =
        'Check that firewalls allow connections to login.botframework.com, and check ToBotFromChannelOpenIdMetadataUrl if it is set.';
      if (reply.type === 'nothing') return fail(reply.because, fix);
      if (reply.status !== 200) return fail(`HTTP ${reply.status}`, fix);
      return namesKeys(reply.body) ? ok('found') : fail('the answer names no keys', fix);
    },
  },
];

function namesKeys(body: string): boolean {
  try {
    return readText(parseJson(body), 'jwks_uri') !== undefined;
  } catch {
    return false;
  }
}
