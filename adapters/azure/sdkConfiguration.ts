import { type ConfigurationBotFrameworkAuthentication, ConfigurationServiceClientCredentialFactory } from 'botbuilder';
import { AuthenticationConstants } from 'botframework-connector';
import { isLoopbackUrl } from '../../helpers/loopback.ts';
import type { BotCredentials, BotEndpoints } from '../../helpers/settings/types.ts';
import type { CallLimits } from './connectorClients.ts';
import { LimitedCredentialsFactory } from './limitedCredentials.ts';
import { LoopbackCredentialsFactory } from './loopbackCredentials.ts';

/** The default audience of the bot's tokens. */
export function audienceOf(bot: BotCredentials): string {
  return endpointsOf(bot)?.toChannelFromBotOAuthScope ?? AuthenticationConstants.ToChannelFromBotOAuthScope;
}

/** The issuer of the tokens of Azure's channels. */
export function issuerOf(bot: BotCredentials): string {
  return endpointsOf(bot)?.toBotFromChannelTokenIssuer ?? AuthenticationConstants.ToBotFromChannelTokenIssuer;
}

/** Where the issuer publishes its signing keys. */
export function metadataUrlOf(bot: BotCredentials): string {
  return (
    endpointsOf(bot)?.toBotFromChannelOpenIdMetadataUrl ?? AuthenticationConstants.ToBotFromChannelOpenIdMetadataUrl
  );
}

/** The `callerId` of activities from Azure's channels. Source: CallerIdConstants of botframework-schema. */
export function callerIdOf(bot: BotCredentials): string {
  return endpointsOf(bot)?.callerId ?? 'urn:botframework:azure';
}

function endpointsOf(bot: BotCredentials): BotEndpoints | undefined {
  return bot.authentication === 'none' ? undefined : bot.endpoints;
}

/** The constructor arguments for the SDK's authentication. */
export function sdkArguments(
  bot: BotCredentials,
  limits: CallLimits,
): ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication> {
  if (bot.authentication === 'none') return [{}];
  const password = bot.authentication === 'password' ? bot.password.reveal() : '';
  const loginUrl = bot.endpoints?.toChannelFromBotLoginUrl;
  const configuration = {
    MicrosoftAppType: bot.appType,
    MicrosoftAppId: bot.appId,
    MicrosoftAppPassword: password,
    MicrosoftAppTenantId: bot.tenantId ?? '',
    ...(bot.endpoints && sdkEndpoints(bot.endpoints)),
  };
  const credentials =
    loginUrl !== undefined && isLoopbackUrl(loginUrl)
      ? new LoopbackCredentialsFactory(bot.appId, password, limits)
      : new LimitedCredentialsFactory(new ConfigurationServiceClientCredentialFactory(configuration), limits);
  return [configuration, credentials];
}

/** The endpoints under the names that the SDK reads. */
function sdkEndpoints(
  endpoints: BotEndpoints,
): ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[0] {
  return {
    ToChannelFromBotLoginUrl: endpoints.toChannelFromBotLoginUrl,
    ToChannelFromBotOAuthScope: endpoints.toChannelFromBotOAuthScope,
    ToBotFromChannelTokenIssuer: endpoints.toBotFromChannelTokenIssuer,
    ToBotFromChannelOpenIdMetadataUrl: endpoints.toBotFromChannelOpenIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: endpoints.toBotFromEmulatorOpenIdMetadataUrl,
    OAuthUrl: endpoints.oAuthUrl,
    CallerId: endpoints.callerId,
  };
}
