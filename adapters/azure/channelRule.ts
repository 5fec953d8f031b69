import { servedChannels } from '../../helpers/settings/schema.ts';
import type { BotCredentials } from '../../helpers/settings/types.ts';
import { channelHosts, staysOnThisMachine } from './serviceUrlRule.ts';

/** Tells whether the bot hears activities of this channel. */
export type ChannelRule = (channelId: string) => boolean;

/**
 * Which channels the bot hears: those of the setting `Channels`. On this machine `emulator` too, and any channel when the bot runs
 * without credentials and without the setting, so that a client may play one; under `NODE_ENV=production` the settings refuse both.
 *
 * Tokens of the Bot Framework Emulator itself are not understood: it signs in at Microsoft Entra, where any tenant can issue
 * tokens. It works with a bot without credentials.
 */
export function channelRuleOf(bot: BotCredentials, channels?: readonly string[]): ChannelRule {
  if (bot.authentication === 'none' && channels === undefined) return () => true;
  const served = channels ?? servedChannels;
  const allowed = new Set(staysOnThisMachine(bot) ? [...served, 'emulator'] : served);
  return (channelId) => allowed.has(channelId);
}

/** Tells whether a token for this service URL may speak for this channel. */
export type ChannelHostRule = (channelId: string, serviceUrl: string) => boolean;

/**
 * Azure signs the tokens of all its channels with the same keys, and each channel calls with the service URL of its own host. A token of
 * Direct Line, which any visitor of a web page can cause, must not speak as Facebook, where the sender's id says whose thread it is. So
 * the label before the cloud's domain must name the channel: `https://facebook.botframework.com/`,
 * `https://europe.directline.botframework.com/`. On this machine the hosts have no names to compare.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-resources-bot-framework-faq (hosts for a firewall)
 */
export function channelHostRuleOf(bot: BotCredentials): ChannelHostRule {
  if (staysOnThisMachine(bot)) return () => true;
  const domains = channelHosts(bot).filter((host) => host.startsWith('.'));
  return (channelId, serviceUrl) => {
    const { hostname = '' } = URL.parse(serviceUrl) ?? {};
    return domains.some((domain) => {
      const own = `${channelId}${domain}`;
      return hostname === own || hostname.endsWith(`.${own}`);
    });
  };
}
