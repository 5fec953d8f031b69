import type { BotCredentials } from '../helpers/settingsTypes.ts';
import { staysOnThisMachine } from './serviceUrlRule.ts';

/** Tells whether the bot hears activities of this channel. */
export type ChannelRule = (channelId: string) => boolean;

const channels = ['facebook', 'webchat', 'directline'];

/**
 * Which channels the bot hears: Facebook, and Azure's two ways to try a bot on a web page. On this machine `emulator` too,
 * and any channel when the bot runs without credentials, so that a client may play one; under `NODE_ENV=production` the
 * settings refuse both.
 *
 * Tokens of the Bot Framework Emulator itself are not understood: it signs in at Microsoft Entra, where any tenant can issue
 * tokens. It works with a bot without credentials.
 */
export function channelRuleOf(bot: BotCredentials): ChannelRule {
  if (bot.authentication === 'none') return () => true;
  const allowed = new Set(staysOnThisMachine(bot) ? [...channels, 'emulator'] : channels);
  return (channelId) => allowed.has(channelId);
}
