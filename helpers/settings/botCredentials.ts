import { isLoopbackUrl } from '../loopback.ts';
import { Secret } from '../secret.ts';
import { appTypes, endpointSettings, type SettingName } from './schema.ts';
import type { BotCredentials, BotEndpoints } from './types.ts';
import type { SettingsValues } from './values.ts';
import { isWebhookOn } from './webhook.ts';

/** Settings that make no sense without an app id: whoever sets one of them believes that the bot is closed. */
const needAppId = ['MicrosoftAppPassword', 'MicrosoftAppTenantId', ...endpointSettings] as const;

/** Reads how the bot is authenticated. `none` also when there is a problem; the caller throws then. */
export function readBotCredentials(values: SettingsValues, production: boolean): BotCredentials {
  const endpoints = readEndpoints(values, production);
  const appId = values.get('MicrosoftAppId');
  if (appId === undefined) {
    if (values.isMissing('MicrosoftAppId')) reportMissingAppId(values, production);
    return { authentication: 'none' };
  }
  const appType = values.choose('MicrosoftAppType', appTypes);
  const password = values.get('MicrosoftAppPassword');
  const tenantId = values.get('MicrosoftAppTenantId');
  if (values.isSet('MicrosoftAppType') && values.get('MicrosoftAppType') === undefined) {
    return { authentication: 'none' }; // misspelt, so nobody knows what else it needs
  }
  const common = { appId, ...(endpoints === undefined ? {} : { endpoints }) };
  if (appType === 'UserAssignedMSI') {
    reportWhenMissing(values, 'MicrosoftAppTenantId', appType);
    if (values.isSet('MicrosoftAppPassword')) {
      values.report(
        'MicrosoftAppPassword',
        'is set, but a managed identity has no password',
        'Remove it, or change MicrosoftAppType to SingleTenant.',
      );
    }
    if (tenantId === undefined) return { authentication: 'none' };
    return { authentication: 'managedIdentity', appType, ...common, tenantId };
  }
  reportWhenMissing(values, 'MicrosoftAppPassword', appType);
  if (appType === 'SingleTenant') reportWhenMissing(values, 'MicrosoftAppTenantId', appType);
  if (password === undefined) return { authentication: 'none' };
  const secret = new Secret(password);
  if (appType === 'MultiTenant') return { authentication: 'password', appType, ...common, password: secret };
  if (tenantId === undefined) return { authentication: 'none' };
  return { authentication: 'password', appType, ...common, password: secret, tenantId };
}

function reportMissingAppId(values: SettingsValues, production: boolean): void {
  const appType = values.get('MicrosoftAppType');
  const others: SettingName[] = needAppId.filter((name) => values.isSet(name));
  // SingleTenant is the default and stands in the example file, so it alone tells no intention.
  if (appType === 'UserAssignedMSI' || appType === 'MultiTenant') others.unshift('MicrosoftAppType');
  if (others.length > 0) {
    values.report(
      'MicrosoftAppId',
      `is missing, although ${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} set; the bot would be open to everyone`,
      'Set it to the app id of the Azure Bot, or remove the others to run without authentication on this machine alone.',
    );
  } else if (production && !isWebhookOn(values)) {
    values.report(
      'MicrosoftAppId',
      'is missing; without authentication anyone could speak to the bot in any name, so NODE_ENV=production refuses it',
      'Set MicrosoftAppId and what its MicrosoftAppType needs, or start without NODE_ENV=production to try the bot on this machine.',
    );
  }
}

function reportWhenMissing(values: SettingsValues, name: SettingName, appType: string): void {
  if (!values.isMissing(name)) return;
  const fixes: Partial<Record<SettingName, string>> = {
    MicrosoftAppPassword: 'Set it to the value of a client secret of the app registration.',
    MicrosoftAppTenantId: 'Set it to the directory (tenant) id of the app registration.',
  };
  values.report(name, `is missing; MicrosoftAppType ${appType} needs it`, fixes[name] ?? 'Set it.');
}

function readEndpoints(values: SettingsValues, production: boolean): BotEndpoints | undefined {
  const [set, ...alsoSet] = endpointSettings.filter((name) => values.isSet(name));
  if (set === undefined) return undefined;
  const allMissing = endpointSettings.filter((name) => values.isMissing(name));
  const [missing, ...alsoMissing] = allMissing;
  if (missing !== undefined && alsoSet.length === 0) {
    values.report(
      set,
      'is set, so the other six have to be set too, or remove it',
      `The others are ${allMissing.join(', ')}.`,
    );
  } else if (missing !== undefined) {
    const and =
      alsoMissing.length === 0 ? '' : ` (and so ${alsoMissing.length === 1 ? 'is' : 'are'} ${alsoMissing.join(', ')})`;
    values.report(
      missing,
      `is missing${and}; the SDK takes each endpoint that is left out as empty once one of them is set`,
      `Set all of ${endpointSettings.join(', ')}, or none.`,
    );
  }
  for (const name of endpointSettings) checkTransport(values, name, production);
  const login = values.get('ToChannelFromBotLoginUrl');
  if (production && login?.startsWith('https:') === true && isLoopbackUrl(login)) {
    values.report(
      'ToChannelFromBotLoginUrl',
      'leads to this machine, which NODE_ENV=production refuses',
      'Use the public login address, or start without NODE_ENV=production.',
    );
  }
  return {
    toChannelFromBotLoginUrl: values.getOrDefault('ToChannelFromBotLoginUrl'),
    toChannelFromBotOAuthScope: values.getOrDefault('ToChannelFromBotOAuthScope'),
    toBotFromChannelTokenIssuer: values.getOrDefault('ToBotFromChannelTokenIssuer'),
    toBotFromChannelOpenIdMetadataUrl: values.getOrDefault('ToBotFromChannelOpenIdMetadataUrl'),
    toBotFromEmulatorOpenIdMetadataUrl: values.getOrDefault('ToBotFromEmulatorOpenIdMetadataUrl'),
    oAuthUrl: values.getOrDefault('OAuthUrl'),
    callerId: values.getOrDefault('CallerId'),
  };
}

/** Plain http is for this machine, and for trying things out: it shows every token to whoever listens. */
export function checkTransport(values: SettingsValues, name: SettingName, production: boolean): void {
  const url = values.getOrDefault(name);
  // URL schemes are case-insensitive; identifiers that merely look like an address are never connected to.
  if (!isAddress(name) || !URL.canParse(url) || new URL(url).protocol !== 'http:') return;
  if (!isLoopbackUrl(url)) {
    values.report(
      name,
      'is a plain http address of another machine',
      'Use https; plain http is only for 127.0.0.1 and localhost.',
    );
  } else if (production) {
    values.report(
      name,
      'is a plain http address, which NODE_ENV=production refuses',
      'Use https, or start without NODE_ENV=production.',
    );
  }
}

function isAddress(name: SettingName): boolean {
  return !['ToChannelFromBotOAuthScope', 'ToBotFromChannelTokenIssuer', 'CallerId'].includes(name);
}
