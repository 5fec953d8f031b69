import type { QuarantineNote } from './quarantineNote.ts';
import { isJsonObject, readObject, readProperty } from './readJson.ts';

/** Meta's names for the bodies that are events here. */
export const eventNames = [
  'message',
  'postback',
  'pass_thread_control',
  'take_thread_control',
  'request_thread_control',
  'app_roles',
  'policy_enforcement',
  // Meta's page on the event names it one way and shows it the other.
  'policy-enforcement',
  'reaction',
  'read',
  'delivery',
  'optin',
  'referral',
] as const;

export type EventName = (typeof eventNames)[number];

/** Meta's names for other bodies that stand alone in an item. */
const otherEventNames = [
  'account_linking',
  'checkout_update',
  'game_play',
  'message_edit',
  'messaging_customer_information',
  'messaging_feedback',
  'order',
  'payment',
  'pre_checkout',
  'response_feedback',
] as const;

const allNames: ReadonlySet<string> = new Set([...eventNames, ...otherEventNames]);

/** Whether a field of that name in an item is an event. */
export function isEventName(name: string): boolean {
  return allNames.has(name);
}

/** Events that may carry a referral, which is then part of the event. */
const withReferral = ['message', 'postback', 'optin'] as const;

export const severalEvents: QuarantineNote = {
  reason: 'severalEvents',
  sentence: 'The item tells of several events at once, and a bot would hear of one of them only.',
};

/**
 * Whether an item holds more than one event. Each of Meta's examples holds one, except that a referral comes with the message, postback or
 * opt-in that it led to. Never throws.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */
export function hasSeveralEvents(item: unknown): boolean {
  if (!isJsonObject(item)) return false;
  const bodies = [...allNames].filter((name) => Boolean(readProperty(item, name)));
  if (bodies.length < 2) return false;
  const mayCarryReferral = withReferral.some((name) => readObject(item, name) !== undefined);
  return bodies.filter((name) => name !== 'referral' || !mayCarryReferral).length > 1;
}
