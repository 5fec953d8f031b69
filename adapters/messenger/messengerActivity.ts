import type { Activity, Attachment, Entity } from 'botbuilder';
import { accountOf, conversationAccountOf, participantsOf } from '../../models/facebookActivity.ts';
import type { FacebookEvent, MessageEvent } from '../../models/facebookEvent.ts';
import { isItemField } from '../../models/parseFacebookEvent.ts';
import { isJsonObject, type JsonObject } from '../../models/readJson.ts';

/**
 * What activities of the direct endpoint have as `serviceUrl`. No server answers there: answers go through the Send API,
 * and a conversation reference that is used with another adapter by mistake leads nowhere.
 */
export const messengerServiceUrl = 'urn:messenger-handover:webhook';

/**
 * The activity that Azure's Facebook channel would have made of the event, so that a bot cannot tell the endpoints apart.
 * Reading it with `facebookEventOf` gives the event again.
 *
 * In one thing it is better not to be alike: what nobody said to the bot, such as an echo or a notice of Meta's, comes as an `event`
 * and never as a `message`, so that a bot which knows nothing of it does not answer it.
 *
 * @param otherId the activity's id for events that have none of their own
 * @param beside what the webhook's entry said beside the item: it stands in the item where the item has no such field of its own
 */
export function messengerActivity(
  event: FacebookEvent,
  otherId: () => string,
  beside: JsonObject = {},
): Partial<Activity> {
  const { from, recipient, conversation } = participantsOf(event);
  return {
    id: ownIdOf(event) ?? otherId(),
    channelId: 'facebook',
    serviceUrl: messengerServiceUrl,
    ...timestampOf(event),
    ...(from === undefined ? {} : { from: accountOf(from) }),
    ...(recipient === undefined ? {} : { recipient: accountOf(recipient) }),
    ...(conversation === undefined ? {} : { conversation: conversationAccountOf(conversation) }),
    ...contentOf(event, beside),
  };
}

function contentOf(event: FacebookEvent, beside: JsonObject): Partial<Activity> {
  if (event.via === 'standby') return standbyContent(event, beside);
  const payload = withBeside(event.raw, beside);
  switch (event.kind) {
    case 'message':
      return { type: 'message', text: event.text ?? '', ...attachmentsOf(event), channelData: payload };
    case 'postback':
      return { type: 'message', text: event.payload ?? event.title ?? '', channelData: payload };
    case 'pass_thread_control':
    case 'take_thread_control':
      return { type: 'conversationUpdate', channelData: payload };
    case 'unsupported':
    case 'notice':
    case 'echo':
    case 'request_thread_control':
    case 'app_roles':
    case 'policy_enforcement':
    case 'read':
    case 'delivery':
    case 'reaction':
    case 'referral':
    case 'optin':
      return { type: 'event', value: payload };
  }
}

/** What the entry said must not become a part of the event: Meta's names of those are left out. */
function withBeside(raw: unknown, beside: JsonObject): unknown {
  const names = Object.keys(beside).filter((name) => !isItemField(name));
  if (names.length === 0 || !isJsonObject(raw)) return raw;
  return { ...Object.fromEntries(names.map((name) => [name, beside[name]])), ...raw };
}

/** One item for each activity, in the form that `splitStandby` gives to the items of Azure's activities. */
function standbyContent({ raw, pageId, timestamp }: FacebookEvent, beside: JsonObject): Partial<Activity> {
  const envelope = {
    ...beside,
    ...(pageId === undefined ? {} : { id: pageId }),
    ...(timestamp === undefined ? {} : { time: timestamp }),
  };
  return { type: 'event', name: 'standby', value: { standby: [raw] }, channelData: { ...envelope, standby: [raw] } };
}

/**
 * Messenger's word for the kind is the content type: the webhook tells no other. A place is an entity, as Azure's channel was recorded to
 * make it; what has neither address nor place, such as a product, keeps what Messenger put into it as content.
 *
 * Source: https://github.com/microsoft/BotFramework-Services/issues/201
 */
function attachmentsOf(event: MessageEvent): Pick<Partial<Activity>, 'attachments' | 'entities'> {
  const places = event.attachments.flatMap(({ coordinates }) =>
    coordinates === undefined ? [] : [placeOf(coordinates)],
  );
  const others = event.attachments.filter(({ coordinates }) => coordinates === undefined);
  const attachments = others.map(({ type, url, title, content }): Attachment => ({
    contentType: type,
    ...(url === undefined ? {} : { contentUrl: url }),
    ...(content === undefined ? {} : { content }),
    ...(title === undefined ? {} : { name: title }),
  }));
  return {
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(places.length === 0 ? {} : { entities: places }),
  };
}

function placeOf({ latitude, longitude }: { latitude: number; longitude: number }): Entity {
  return { type: 'Place', geo: { type: 'GeoCoordinates', elevation: 0, latitude, longitude } };
}

/** A reaction's `mid` is that of the message reacted to. */
function ownIdOf(event: FacebookEvent): string | undefined {
  const hasOwn =
    event.kind === 'message' || event.kind === 'postback' || event.kind === 'echo' || event.kind === 'notice';
  return hasOwn ? event.mid : undefined;
}

/** Times beyond the year 275760 are numbers, but no dates. */
function timestampOf({ timestamp }: FacebookEvent): { timestamp?: Date } {
  if (timestamp === undefined) return {};
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? {} : { timestamp: date };
}
