import { roles } from '../../bots/samples/createBot.ts';
import { readSettings, type ReadSettingsOptions } from '../../helpers/settings/settings.ts';
import { SettingsError } from '../../helpers/settings/problems.ts';
import type { Environment } from '../../helpers/settings/sources.ts';
import type { Settings } from '../../helpers/settings/types.ts';

export interface SettingsFiles {
  'appsettings.json'?: string;
  '.env'?: string;
}

/** Reads files that exist only here. */
export function fileReader(files: SettingsFiles): (path: string) => string {
  return (path) => {
    const name = path.split(/[\\/]/).at(-1) as keyof SettingsFiles;
    const text = files[name];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
}

export function read(env: Environment, files: SettingsFiles = {}, more: ReadSettingsOptions = {}): Settings {
  return readSettings({ env, directory: 'anywhere', readFile: fileReader(files), roles: Object.keys(roles), ...more });
}

/** The error that these settings are refused with. */
export function refusal(env: Environment, files: SettingsFiles = {}): SettingsError {
  try {
    read(env, files);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('The settings were accepted.');
}

/** Names of the settings that have a problem, in the order told. */
export function refused(env: Environment, files: SettingsFiles = {}): string[] {
  return refusal(env, files).problems.map(({ setting }) => setting);
}

export const singleTenant = {
  MicrosoftAppId: '00000000-fa4e-4000-8000-000000000001',
  MicrosoftAppPassword: 'fake-app-password',
  MicrosoftAppTenantId: '00000000-fa4e-4000-8000-000000000002',
} as const;

/** The seven endpoints on loopback. */
export const loopbackEndpoints = {
  ToChannelFromBotLoginUrl: 'http://127.0.0.1:4000/login',
  ToChannelFromBotOAuthScope: 'https://api.botframework.com',
  ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
  ToBotFromChannelOpenIdMetadataUrl: 'http://127.0.0.1:4000/openid',
  ToBotFromEmulatorOpenIdMetadataUrl: 'http://127.0.0.1:4000/openid',
  OAuthUrl: 'http://127.0.0.1:4000/oauth',
  CallerId: 'urn:botframework:azure',
} as const;

/** Messenger's own webhook, on. */
export const webhookSettings = {
  FacebookPageToken: 'fake-page-token',
  FacebookAppId: '5100000000000001',
  FacebookAppSecret: 'fake-app-secret',
  FacebookVerifyToken: 'fake-verify-token',
} as const;
