import type { BotCredentials } from '../../helpers/settings/types.ts';
import { parseJson, readText } from '../../models/readJson.ts';
import type { Ask, HttpReply } from './httpAsk.ts';
import { once } from './once.ts';

/** Microsoft's answer to the bot's credentials. */
export type LoginReply =
  | { readonly type: 'token' }
  /** `number` is the number after `AADSTS`. */
  | { readonly type: 'refused'; readonly number: number | undefined; readonly status: number }
  | { readonly type: 'nothing'; readonly because: string };

/** Microsoft's side: the login for the bot's own token, and the keys that requests to the bot are checked with. */
export interface LoginProbe {
  /** Asks for a token with the password, and drops it. */
  login(bot: Extract<BotCredentials, { authentication: 'password' }>): Promise<LoginReply>;
  openIdMetadata(): Promise<HttpReply>;
}

const publicLogin = 'https://login.microsoftonline.com';
const publicScope = 'https://api.botframework.com';
const publicMetadata = 'https://login.botframework.com/v1/.well-known/openidconfiguration';

/** Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication */
export function createLoginProbe(ask: Ask, bot: BotCredentials): LoginProbe {
  const endpoints = bot.authentication === 'none' ? undefined : bot.endpoints;
  return {
    async login({ appId, password, tenantId = 'botframework.com' }) {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: appId,
        client_secret: password.reveal(),
        scope: `${endpoints?.toChannelFromBotOAuthScope ?? publicScope}/.default`,
      });
      const login = endpoints?.toChannelFromBotLoginUrl ?? `${publicLogin}/${tenantId}`;
      const reply = await ask(`${login}/oauth2/v2.0/token`, { method: 'POST', body: form });
      return loginReplyOf(reply);
    },
    openIdMetadata: once(() => ask(endpoints?.toBotFromChannelOpenIdMetadataUrl ?? publicMetadata)),
  };
}

function loginReplyOf(reply: HttpReply): LoginReply {
  if (reply.type === 'nothing') return reply;
  const answer = readJson(reply.body);
  if (reply.status === 200 && readText(answer, 'access_token') !== undefined) return { type: 'token' };
  const number = /AADSTS(\d{4,9})/.exec(readText(answer, 'error_description') ?? '')?.[1];
  return { type: 'refused', status: reply.status, number: number === undefined ? undefined : Number(number) };
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
