import type { AzureTrace } from './azureTrace.ts';
import type { Translated } from './messengerToActivity.ts';
import { postJson } from './outbound.ts';
import type { Outbound } from './outbound.ts';
import type { AzureRegistration } from './registration.ts';
import type { SigningKeys } from './signingKeys.ts';

/** Milliseconds that Azure waits for a bot's answer. Source: https://learn.microsoft.com/azure/bot-service/bot-builder-howto-long-operations-guidance */
const botTimeLimitMs = 15_000;

/**
 * Posts an activity to the bot's endpoint, signed for the bot, and waits for its answer. There is one attempt: a bot that
 * answers late, wrongly or not at all has lost the activity.
 */
export async function deliverToBot(
  { activity, conversations, guessed }: Translated,
  { botAppId, facebookAppId }: Pick<AzureRegistration, 'botAppId' | 'facebookAppId'>,
  endpoint: string | undefined,
  keys: SigningKeys,
  outbound: Outbound,
  trace: AzureTrace,
): Promise<void> {
  const reply =
    endpoint === undefined
      ? { outcome: 'noEndpoint' as const }
      : await postJson(
          outbound,
          endpoint,
          activity,
          await keys.signChannelToken(botAppId, activity.serviceUrl),
          botTimeLimitMs,
        );
  trace({
    type: 'azureChannel.activitySent',
    botAppId,
    appId: facebookAppId,
    activityType: activity.type,
    ...(activity.name !== undefined && { activityName: activity.name }),
    activityId: activity.id,
    activity,
    conversations,
    outcome: reply.outcome,
    ...(reply.outcome === 'answered' && { status: reply.status }),
    ...(guessed && { guessed }),
  });
}
