import type { Activity } from 'botbuilder';
import type { UnsupportedEvent } from '../../models/facebookEvent.ts';
import type { WebhookItem } from '../../models/facebookWebhook.ts';
import { present } from '../../models/present.ts';
import { echoNoteOf, threadNoteOf } from '../../turns/echoNote.ts';
import { facebookDeliveryKey } from '../../models/facebookDeliveryKey.ts';
import type { InboxEvent } from '../../store/store.ts';
import { messengerActivity, messengerServiceUrl } from './messengerActivity.ts';
import { withDates } from '../../models/activityDates.ts';
import { conversationKey, pageIdOf, psidOf } from '../../models/conversationKey.ts';
import { accountOf, conversationAccountOf, conversationIdOf } from '../../models/facebookActivity.ts';
import { sha256 } from '../../models/sha256.ts';
import { spokeAtOf } from '../../models/customerWord.ts';
import type { OwnEvent } from '../../models/ownEvents.ts';

/** What the webhook stores for one item. */
export type MessengerTurn =
  | { activity: Partial<Activity> }
  /** Signed by Meta but of no use to the bot, so it is quarantined. Named as in the store files of earlier versions. */
  | { aside: UnsupportedEvent };

/** What to store for one item of a webhook. The same item, delivered again, gets the same key. */
export function messengerInboxEvent(item: WebhookItem, ownAppId: string): InboxEvent {
  if ('unusable' in item) {
    const { unusable, reason = 'malformed', entryTime } = item;
    const key = keyOf([ownAppId, 'aside', unusable.via, entryTime, unusable.raw]);
    return {
      key,
      conversation: key,
      kind: 'unsupported',
      via: unusable.via,
      endpoint: 'webhook',
      payload: JSON.stringify({ aside: unusable } satisfies MessengerTurn),
      quarantine: { reason, sentence: unusable.reason },
    };
  }
  const { event, entryTime, beside, quarantine } = item;
  const { kind, via, pageId, psid } = event;
  const key = facebookDeliveryKey(event, ownAppId) ?? keyOf([ownAppId, kind, via, pageId, entryTime, event.raw]);
  const activity = messengerActivity(event, () => sha256(key), beside);
  // The same key as on the other endpoint: a Page may switch endpoints at any moment.
  const conversation = psid === undefined || pageId === undefined ? key : conversationKey(pageId, psid);
  const [echo, thread] = [echoNoteOf(event, ownAppId), threadNoteOf(event)];
  const payload = JSON.stringify({ activity } satisfies MessengerTurn);
  const reach = psid === undefined || pageId === undefined ? undefined : { reference: '', ...spokeAtOf(event) };
  const notes = {
    ...present('reach', reach),
    ...present('echo', echo),
    ...present('thread', thread),
    ...present('quarantine', quarantine),
  };
  return { key, conversation, kind, via, endpoint: 'webhook', payload, ...notes };
}

/** The payload for an event of the bot's own. The key of the conversation says all that is needed; undefined on other channels. */
export function ownMessengerTurn(conversation: string, { name, id, value }: OwnEvent): string | undefined {
  const [pageId, psid] = [pageIdOf(conversation), psidOf(conversation)];
  if (pageId === undefined || psid === undefined) return undefined;
  const activity: Partial<Activity> = {
    ...{ type: 'event', name, id, value, channelId: 'facebook', serviceUrl: messengerServiceUrl },
    from: accountOf(psid),
    recipient: accountOf(pageId),
    conversation: conversationAccountOf(conversationIdOf(psid, pageId)),
  };
  return JSON.stringify({ activity } satisfies MessengerTurn);
}

/** Whether a bot can handle it. For an item that makes no sense, only the raw item is stored. */
export function hasTurn({ endpoint, payload }: Pick<InboxEvent, 'endpoint' | 'payload'>): boolean {
  return endpoint !== 'webhook' || !('aside' in restoreMessengerTurn(payload));
}

/** The stored turn, with its dates as `Date`s again. */
export function restoreMessengerTurn(payload: string): MessengerTurn {
  const turn = JSON.parse(payload) as MessengerTurn;
  return 'activity' in turn ? { ...turn, activity: withDates(turn.activity) } : turn;
}

function keyOf(parts: readonly unknown[]): string {
  return JSON.stringify(['facebook webhook', sha256(JSON.stringify(parts))]);
}
