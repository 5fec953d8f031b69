/** The pages that fixes point to, by their names in the three portals. */

/** Source: https://developers.facebook.com/docs/messenger-platform/get-started */
export const messengerSettings = (appId: string | undefined): string =>
  `https://developers.facebook.com/apps/${appId ?? ''} > Messenger > Messenger API Settings`;

/** Source: https://developers.facebook.com/docs/development/create-an-app/app-dashboard/basic-settings */
export const appBasicSettings = (appId: string | undefined): string =>
  `https://developers.facebook.com/apps/${appId ?? ''} > App settings > Basic`;

/** Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging */
export const tokenDebugger = 'https://developers.facebook.com/tools/debug/accesstoken';

/** Source: https://developers.facebook.com/docs/messenger-platform/conversation-routing */
export const conversationRouting = 'https://www.facebook.com/settings?tab=msgr_conversation_routing';

/** Source: https://learn.microsoft.com/azure/bot-service/bot-service-manage-settings */
export const azureBotConfiguration = 'https://portal.azure.com > your Azure Bot > Settings > Configuration';

/** Source: https://learn.microsoft.com/azure/bot-service/bot-service-channel-connect-facebook */
export const azureBotFacebookChannel = 'https://portal.azure.com > your Azure Bot > Settings > Channels > Facebook';

/** Source: https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials */
export const clientSecrets =
  'https://portal.azure.com > Microsoft Entra ID > App registrations > the bot > Certificates & secrets';

/** Source: https://learn.microsoft.com/azure/app-service/configure-common */
export const appServiceSettings = 'https://portal.azure.com > your App Service > Settings > Environment variables';
