import { servedChannels } from '../../helpers/settings/schema.ts';
import type { BotCredentials } from '../../helpers/settings/types.ts';
import { isLoopbackHost, isLoopbackUrl } from '../../helpers/loopback.ts';

/** Whether the bot may send messages, and with them its token, to this service URL. */
export type ServiceUrlRule = (serviceUrl: string) => boolean;

/** The token issuer of Azure's cloud for the US government. Source: GovernmentConstants of botframework-connector. */
const governmentIssuer = 'https://api.botframework.us';

/** Hosts of channels. A name that begins with a dot stands for every host in that domain, but not for the domain itself. */
const publicHosts = ['.botframework.com', 'smba.trafficmanager.net'];
const governmentHosts = ['.botframework.us', '.botframework.azure.us'];

/**
 * Where this bot may send its messages. The SDK alone would send its token to any address that an activity or a stored conversation
 * names.
 *
 * A bot without credentials, or with both its login and its key endpoint on this machine, talks to this machine only. Any other bot
 * talks https to the Bot Connector's hosts and never to this machine. `smba.trafficmanager.net` is Microsoft's, but any Azure customer
 * can get another name in that domain.
 *
 * An address must be spelled exactly as the URL standard's parser prints it: no userinfo, only the default port (any port on this
 * machine), no query, and nothing that two programs could read as different hosts.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-resources-bot-framework-faq (hosts for a firewall)
 */
export function serviceUrlRuleOf(bot: BotCredentials): ServiceUrlRule {
  if (staysOnThisMachine(bot)) return (serviceUrl) => parsePlain(serviceUrl, isLoopbackAddress) !== undefined;
  const hosts = channelHosts(bot);
  return (serviceUrl) => parsePlain(serviceUrl, (url) => isChannelAddress(url, hosts)) !== undefined;
}

/** The channels' hosts in the bot's cloud; those that begin with a dot are domains. */
function channelHosts(bot: BotCredentials): readonly string[] {
  const government = bot.authentication !== 'none' && bot.endpoints?.toBotFromChannelTokenIssuer === governmentIssuer;
  return government ? governmentHosts : publicHosts;
}

/** Whether the bot trusts nothing beyond this machine: its login and its key server are here, or it has no credentials. */
function staysOnThisMachine(bot: BotCredentials): boolean {
  if (bot.authentication === 'none') return true;
  const { endpoints } = bot;
  if (endpoints === undefined) return false;
  return (
    isLoopbackUrl(endpoints.toChannelFromBotLoginUrl) && isLoopbackUrl(endpoints.toBotFromChannelOpenIdMetadataUrl)
  );
}

function parsePlain(text: string, allows: (url: URL) => boolean): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !allows(url)) return undefined;
  // The parser drops an empty query or fragment, so look at the text.
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) return undefined;
  // The parser forgives a lot: spaces, backslashes, capitals, other spellings of an address. None of that is plain.
  return url.href === text || url.href === `${text}/` ? url : undefined;
}

function isLoopbackAddress(url: URL): boolean {
  return (url.protocol === 'http:' || url.protocol === 'https:') && isLoopbackHost(url.hostname);
}

function isChannelAddress(url: URL, hosts: readonly string[]): boolean {
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return hosts.some((host) =>
    host.startsWith('.')
      ? url.hostname.endsWith(host) && isPlainName(url.hostname.slice(0, -host.length))
      : url.hostname === host,
  );
}

/** One or more labels of letters, digits and hyphens; the parser accepts more than DNS does. */
function isPlainName(name: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(name);
}

/** Whether the bot serves this channel. */
export type ChannelRule = (channelId: string) => boolean;

/**
 * Which channels the bot serves: those in the setting `Channels`. On this machine also `emulator`, and any channel if the bot has
 * neither credentials nor the setting, so that a client can play one; under `NODE_ENV=production` the settings refuse both.
 *
 * Tokens of the Bot Framework Emulator are not accepted: it signs in at Microsoft Entra, where any tenant can issue tokens. It works
 * with a bot that has no credentials.
 */
export function channelRuleOf(bot: BotCredentials, channels?: readonly string[]): ChannelRule {
  if (bot.authentication === 'none' && channels === undefined) return () => true;
  const served = channels ?? servedChannels;
  const allowed = new Set(staysOnThisMachine(bot) ? [...served, 'emulator'] : served);
  return (channelId) => allowed.has(channelId);
}

/** Whether a token for this service URL may speak for this channel. */
export type ChannelHostRule = (channelId: string, serviceUrl: string) => boolean;

/**
 * Azure signs the tokens of all channels with the same keys, and each channel calls with the service URL of its own host. A Direct Line
 * token, which any visitor of a web page can trigger, must not speak as Facebook, where the sender's id decides whose thread it is. So the
 * label before the cloud's domain must name the channel: `https://facebook.botframework.com/`,
 * `https://europe.directline.botframework.com/`. On this machine there are no host names to compare.
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
