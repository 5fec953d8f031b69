/** One bot in Azure Bot Service with its Facebook channel switched on: a Microsoft app, a Facebook app and a Page. */
export interface AzureRegistration {
  /** Microsoft app id of the bot; `aud` of the tokens that the bot gets. */
  readonly botAppId: string;
  /** Client secret with which the bot asks for tokens. */
  readonly botPassword: string;
  readonly tenantId: string;
  readonly facebookAppId: string;
  /** Facebook app secret, to check the signature of webhooks. */
  readonly appSecret: string;
  /** What Messenger must say in the handshake. */
  readonly verifyToken: string;
  readonly pageToken: string;
  readonly pageId: string;
  /** The bot's messaging endpoint, such as `http://127.0.0.1:3978/api/messages`. May be set later. */
  readonly botEndpoint?: string;
}

/**
 * Every setting that a bot needs to talk to this channel with authentication on, by the names that Bot Builder reads.
 *
 * The seven endpoints belong together: when one of them is set, Bot Builder takes none of its defaults for the others.
 * Stock Bot Builder asks Microsoft's own login even then, because its login library refuses plain http; a bot on loopback
 * needs credentials that post to `ToChannelFromBotLoginUrl` themselves.
 */
export interface AzureBotSettings {
  readonly MicrosoftAppType: 'SingleTenant';
  readonly MicrosoftAppId: string;
  readonly MicrosoftAppPassword: string;
  readonly MicrosoftAppTenantId: string;
  readonly ToChannelFromBotLoginUrl: string;
  readonly ToChannelFromBotOAuthScope: string;
  readonly ToBotFromChannelTokenIssuer: string;
  readonly ToBotFromChannelOpenIdMetadataUrl: string;
  readonly ToBotFromEmulatorOpenIdMetadataUrl: string;
  readonly OAuthUrl: string;
  readonly CallerId: string;
}

/** Issuer of the tokens that Azure's channels send to bots. */
export const channelTokenIssuer = 'https://api.botframework.com';

/** The resource for which a bot asks a token, without the `/.default` that the token endpoint wants behind it. */
export const connectorScope = 'https://api.botframework.com';

export const settingsOf = (registration: AzureRegistration, baseUrl: string): AzureBotSettings => ({
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppId: registration.botAppId,
  MicrosoftAppPassword: registration.botPassword,
  MicrosoftAppTenantId: registration.tenantId,
  ToChannelFromBotLoginUrl: `${baseUrl}/${registration.tenantId}`,
  ToChannelFromBotOAuthScope: connectorScope,
  ToBotFromChannelTokenIssuer: channelTokenIssuer,
  ToBotFromChannelOpenIdMetadataUrl: `${baseUrl}/v1/.well-known/openidconfiguration`,
  ToBotFromEmulatorOpenIdMetadataUrl: `${baseUrl}/v1/.well-known/openidconfiguration`,
  OAuthUrl: `${baseUrl}/oauth`,
  CallerId: 'urn:botframework:azure',
});
