import type { FacebookEvent, PolicyEnforcementEvent } from './facebookEvent.ts';
import { readProperty, readText } from './readJson.ts';
import { canonicalHash } from './canonicalHash.ts';

/**
 * The key under which an event is handled once. Meta gives deliveries no id and asks receivers to recognise repetitions:
 * by the message id where there is one, otherwise by what happened to whom and when. It does not depend on the endpoint,
 * nor on how the payload was written: the order of properties, ids as numbers or as strings, and null or absent are one.
 * Undefined when the event has nothing that would tell it from the next.
 *
 * @param ownAppId the Facebook app of this bot: two bots that share a store each handle the event once
 */
export function facebookDeliveryKey(event: FacebookEvent, ownAppId: string): string | undefined {
  if (event.kind === 'policy_enforcement') return facebookDeliveryKey(asUnsupported(event), ownAppId);
  const { kind, via, pageId, timestamp } = event;
  const where = ['facebook', ownAppId, pageId, kind, via];
  if ('mid' in event && event.mid !== undefined && kind !== 'reaction') return JSON.stringify([...where, event.mid]);
  // A receipt is known by its watermark. It may have no time of its own, and then each endpoint knows another one.
  if ('watermark' in event && event.watermark !== undefined) {
    return JSON.stringify([...where, canonicalHash({ ...fieldsOf(event), timestamp: undefined })]);
  }
  if (timestamp === undefined) return undefined;
  return JSON.stringify([...where, canonicalHash(fieldsOf(event))]);
}

/** As an earlier version named it, in whose store files its key may be. */
function asUnsupported({ action: _action, ...event }: PolicyEnforcementEvent): FacebookEvent {
  return { ...event, kind: 'unsupported', reason: 'The item holds none of the known events.' };
}

/**
 * What tells the event from others. A key has to be the same in every version, since a store file may hold it from an earlier one, and
 * on both endpoints: so what an event got later has no part in it, nor has what only one of them tells.
 */
function fieldsOf(event: FacebookEvent): Record<string, unknown> {
  const { raw } = event;
  const fields = Object.fromEntries(Object.entries(event).filter(([name]) => !laterFields.has(name)));
  if (event.kind === 'app_roles') return { ...fields, roles: Object.fromEntries(event.roles) };
  // Of what is not understood, and of visitors who have no id yet, the payload alone tells one from another.
  if (event.kind === 'unsupported' || event.psid === undefined) fields.raw = raw;
  if (event.kind === 'optin') return { ...fields, payload: undefined, title: undefined };
  if (event.kind === 'message') fields.attachments = event.attachments.map(({ type, url }) => ({ type, url }));
  if ('metadata' in event) fields.metadata = flatMetadataOf(event.kind, raw);
  return fields;
}

/** Of the names that one kind had from the beginning and another got later, the function above takes care. */
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
