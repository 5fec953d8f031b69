import type { Activity, Attachment, Entity } from 'botbuilder';
import { accountOf, conversationAccountOf, participantsOf } from '../../models/facebookActivity.ts';
import type { FacebookEvent, MessageEvent } from '../../models/facebookEvent.ts';
import { isItemField } from '../../models/parseFacebookEvent.ts';
import { isJsonObject, type JsonObject } from '../../models/readJson.ts';

/**
 * The `serviceUrl` of activities from the direct endpoint. There is no server at it: answers go through the Send API, and a conversation
 * reference used with another adapter by mistake leads nowhere.
 */
export const messengerServiceUrl = 'urn:messenger-handover:webhook';

/**
 * The activity that Azure's Facebook channel would have made from the event, so that a bot cannot tell the endpoints apart.
 * `facebookEventOf` turns it back into the event.
 *
 * One difference is intended: anything that was not said to the bot, such as an echo or one of Meta's notices, is an `event` and never a
 * `message`, so that a bot which does not know about it does not answer it.
 *
 * @param otherId the activity's id for events that have none of their own
 * @param beside the other fields of the webhook's entry, copied into the item unless it has such a field itself
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

/** Fields of the entry must not change the event, so those with Meta's names for events are left out. */
function withBeside(raw: unknown, beside: JsonObject): unknown {
  const names = Object.keys(beside).filter((name) => !isItemField(name));
  if (names.length === 0 || !isJsonObject(raw)) return raw;
  return { ...Object.fromEntries(names.map((name) => [name, beside[name]])), ...raw };
}

/** One item per activity, in the form that `splitStandby` gives to Azure's standby items. */
function standbyContent({ raw, pageId, timestamp }: FacebookEvent, beside: JsonObject): Partial<Activity> {
  const envelope = {
    ...beside,
    ...(pageId === undefined ? {} : { id: pageId }),
    ...(timestamp === undefined ? {} : { time: timestamp }),
  };
  return { type: 'event', name: 'standby', value: { standby: [raw] }, channelData: { ...envelope, standby: [raw] } };
}

/**
 * The content type is Messenger's word for the kind, since the webhook has no other. A place is an entity, as recorded from Azure's channel.
 * An attachment with neither an address nor a place, such as a product, keeps Messenger's payload as its content.
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

/** A reaction's `mid` belongs to the message that it is about. */
function ownIdOf(event: FacebookEvent): string | undefined {
  const hasOwn =
    event.kind === 'message' || event.kind === 'postback' || event.kind === 'echo' || event.kind === 'notice';
  return hasOwn ? event.mid : undefined;
}

/** Times after the year 275760 are numbers but not dates. */
function timestampOf({ timestamp }: FacebookEvent): { timestamp?: Date } {
  if (timestamp === undefined) return {};
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? {} : { timestamp: date };
}
