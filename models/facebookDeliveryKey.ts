import type { FacebookEvent, PolicyEnforcementEvent } from './facebookEvent.ts';
import { readProperty, readText } from './readJson.ts';
import { canonicalHash } from './canonicalHash.ts';

/**
 * The key that makes sure an event is handled once. Meta gives deliveries no id and asks receivers to recognise repetitions: by the message
 * id if there is one, otherwise by what happened to whom and when. The key depends neither on the endpoint nor on how the payload was
 * written: property order, ids as numbers or strings, and null or absent make no difference. Undefined if nothing tells the event from the
 * next one.
 *
 * @param ownAppId this bot's Facebook app id: two bots that share a store each handle the event once
 */
export function facebookDeliveryKey(event: FacebookEvent, ownAppId: string): string | undefined {
  if (event.kind === 'policy_enforcement') return facebookDeliveryKey(asUnsupported(event), ownAppId);
  const { kind, via, pageId, timestamp } = event;
  const where = ['facebook', ownAppId, pageId, kind, via];
  if ('mid' in event && event.mid !== undefined && kind !== 'reaction') return JSON.stringify([...where, event.mid]);
  // A receipt is identified by its watermark. It may have no time of its own, and then each endpoint uses another one.
  if ('watermark' in event && event.watermark !== undefined) {
    return JSON.stringify([...where, canonicalHash({ ...fieldsOf(event), timestamp: undefined })]);
  }
  if (timestamp === undefined) return undefined;
  return JSON.stringify([...where, canonicalHash(fieldsOf(event))]);
}

/** As earlier versions named it; their store files may hold its key. */
function asUnsupported({ action: _action, ...event }: PolicyEnforcementEvent): FacebookEvent {
  return { ...event, kind: 'unsupported', reason: 'The item holds none of the known events.' };
}

/**
 * The fields that tell the event from others. A key must be the same in every version, since a store file may hold it from an earlier one,
 * and on both endpoints. So it leaves out fields that were added later and fields that only one endpoint knows.
 */
function fieldsOf(event: FacebookEvent): Record<string, unknown> {
  const { raw } = event;
  const fields = Object.fromEntries(Object.entries(event).filter(([name]) => !laterFields.has(name)));
  if (event.kind === 'app_roles') return { ...fields, roles: Object.fromEntries(event.roles) };
  // Unsupported events, and visitors without an id, can be told apart only by the payload.
  if (event.kind === 'unsupported' || event.psid === undefined) fields.raw = raw;
  if (event.kind === 'optin') return { ...fields, payload: undefined, title: undefined };
  if (event.kind === 'message') fields.attachments = event.attachments.map(({ type, url }) => ({ type, url }));
  if ('metadata' in event) fields.metadata = flatMetadataOf(event.kind, raw);
  return fields;
}

/** Names that one kind always had and another got later are handled in the function above. */
const laterFields: ReadonlySet<string> = new Set([
  'raw',
  'hopContext',
  'referral',
  'author',
  'note',
  'adId',
  'productId',
  'adsContext',
  'refererUri',
  'isGuestUser',
  'oneTimeNotifToken',
  'notificationMessagesToken',
  'notificationMessagesFrequency',
  'notificationMessagesTimezone',
  'notificationMessagesStatus',
  'tokenExpiresAt',
  'userTokenStatus',
  'userRef',
]);

function flatMetadataOf(kind: FacebookEvent['kind'], raw: unknown): string | undefined {
  return readText(readProperty(raw, kind === 'echo' ? 'message' : kind), 'metadata');
}
