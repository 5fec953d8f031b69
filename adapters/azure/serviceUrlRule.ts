import { servedChannels } from '../../helpers/settings/schema.ts';
import type { BotCredentials } from '../../helpers/settings/types.ts';
import { isLoopbackHost, isLoopbackUrl } from '../../helpers/loopback.ts';

/** Tells whether the bot may send to this service URL, and with it its token. */
export type ServiceUrlRule = (serviceUrl: string) => boolean;

/** The token issuer of Azure's cloud for the US government. Source: GovernmentConstants of botframework-connector. */
const governmentIssuer = 'https://api.botframework.us';

/** Hosts of channels. A name that begins with a dot stands for every host below it, none for the host itself. */
const publicHosts = ['.botframework.com', 'smba.trafficmanager.net'];
const governmentHosts = ['.botframework.us', '.botframework.azure.us'];

/**
 * Where this bot may send its messages. The SDK sends its token to whatever address the activity or a stored conversation
 * names.
 *
 * A bot whose login and key endpoints are both on this machine, or that has no credentials, talks to this machine only; any
 * other bot talks by https to the Bot Connector's hosts and never to this machine. `smba.trafficmanager.net` is Microsoft's,
 * but every customer of Azure can have another name in that domain.
 *
 * An address counts only as it is spelled by the standard's parser: no userinfo, no port but the usual one (on this machine
 * any), no query, and nothing that one program could read as another host than the next.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-resources-bot-framework-faq (hosts for a firewall)
 */
export function serviceUrlRuleOf(bot: BotCredentials): ServiceUrlRule {
  if (staysOnThisMachine(bot)) return (serviceUrl) => parsePlain(serviceUrl, isLoopbackAddress) !== undefined;
  const hosts = channelHosts(bot);
  return (serviceUrl) => parsePlain(serviceUrl, (url) => isChannelAddress(url, hosts)) !== undefined;
}

/** The hosts of the channels in the bot's cloud; those that begin with a dot are domains. */
export function channelHosts(bot: BotCredentials): readonly string[] {
  const government = bot.authentication !== 'none' && bot.endpoints?.toBotFromChannelTokenIssuer === governmentIssuer;
  return government ? governmentHosts : publicHosts;
}

/** Whether everything that the bot trusts is on this machine: its login and its key server, or there is nothing to trust. */
export function staysOnThisMachine(bot: BotCredentials): boolean {
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
  // The parser shows an empty query or fragment as none, so the text is asked.
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) return undefined;
  // The parser forgives a lot: blanks, backslashes, capitals, other spellings of an address. None of it is plain.
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

/** One or more labels of letters, digits and hyphens; the parser lets through more than DNS has names for. */
function isPlainName(name: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(name);
}

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
