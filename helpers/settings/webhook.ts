import { Secret } from '../secret.ts';
import type { Settings } from './types.ts';
import type { SettingsValues } from './values.ts';

/** Whether Messenger's own webhook is asked for: then requests are authenticated by the app secret. */
export function isWebhookOn(values: SettingsValues): boolean {
  return values.isSet('FacebookAppSecret') && values.isSet('FacebookVerifyToken');
}

/** What the webhook needs, when it is on. The app secret alone is for calls to Graph and turns nothing on. */
export function readWebhook(values: SettingsValues): Pick<Settings, 'webhook'> {
  const isOn = isWebhookOn(values);
  if (values.get('FacebookVerifyToken') !== undefined && values.isMissing('FacebookAppSecret')) {
    values.report(
      'FacebookAppSecret',
      'is missing, although FacebookVerifyToken is set; the webhook could not tell events of Meta from forged ones',
      'Set it to the app secret of the Meta app, or remove FacebookVerifyToken when Meta calls Azure and not this bot.',
    );
  }
  if (isOn && values.isMissing('FacebookPageToken')) {
    values.report(
      'FacebookPageToken',
      'is missing, although the webhook is on (FacebookAppSecret and FacebookVerifyToken are set); the bot could not answer',
      'Set it to the access token of the Page, or remove FacebookVerifyToken when Meta calls Azure and not this bot.',
    );
  }
  const appId = values.get('FacebookAppId');
  const [appSecret, verifyToken] = [values.get('FacebookAppSecret'), values.get('FacebookVerifyToken')];
  if (
    values.isMissing('FacebookPageToken') ||
    appId === undefined ||
    appSecret === undefined ||
    verifyToken === undefined
  )
    return {};
  return {
    webhook: {
      appId,
      appSecret: new Secret(appSecret),
      verifyToken: new Secret(verifyToken),
    },
  };
}
