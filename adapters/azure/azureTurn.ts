import { withDates } from '../../models/activityDates.ts';
import { channelConversationKey, conversationKey, pageIdOf, psidOf } from '../../models/conversationKey.ts';
import {
  accountOf,
  conversationAccountOf,
  conversationIdOf,
  conversationKeyOf as keyOfPlace,
} from '../../models/facebookActivity.ts';
import { spokeAtOf } from '../../models/customerWord.ts';
import type { OwnEvent } from '../../models/ownEvents.ts';
import { randomUUID } from 'node:crypto';
import type { Activity } from 'botbuilder';
import { ClaimsIdentity, type AuthenticateRequestResult } from 'botframework-connector';
import { readActivity, type ActivityReading } from '../../models/readActivity.ts';
import { readId } from '../../models/readJson.ts';
import type { FacebookEvent } from '../../models/facebookEvent.ts';
import { canonicalHash } from '../../models/canonicalHash.ts';
import { echoNoteOf, threadNoteOf } from '../../turns/echoNote.ts';
import { facebookDeliveryKey } from '../../models/facebookDeliveryKey.ts';
import type { InboxEvent } from '../../store/store.ts';

/** What Bot Builder needs to run a turn later: the activity and what its verified token said. Never the token itself. */
export interface AzureTurn {
  activity: Activity;
  claims: ClaimsIdentity['claims'];
  authenticationType: AuthenticationType;
  audience: string;
  callerId?: string;
}

/** The SDK keeps it in a private field with no getter; a rebuilt identity without it does not count as authenticated. */
type AuthenticationType = ConstructorParameters<typeof ClaimsIdentity>[1];

function authenticationTypeOf(identity: ClaimsIdentity): AuthenticationType {
  return (identity as unknown as { authenticationType?: AuthenticationType }).authenticationType;
}

/**
 * The event for one activity, which has already been split.
 *
 * @param reading Default: the activity is read here.
 */
export function azureInboxEvent(
  activity: Activity,
  authenticated: AuthenticateRequestResult,
  ownAppId: string,
  reading: ActivityReading = readActivity(activity),
): InboxEvent {
  const { claimsIdentity, audience, callerId } = authenticated;
  const authenticationType = authenticationTypeOf(claimsIdentity);
  const stored: AzureTurn = { activity, claims: claimsIdentity.claims, authenticationType, audience, callerId };
  const { event, tellsOfSeveral } = reading;
  const ofOne = event && facebookDeliveryKey(event, ownAppId);
  const key = tellsOfSeveral ? keyOfSeveral(activity, ownAppId) : (ofOne ?? activityKey(activity, event, ownAppId));
  const [echo, thread] = event === undefined ? [] : [echoNoteOf(event, ownAppId), threadNoteOf(event)];
  const conversation = conversationKeyOf(activity, event);
  const reach = conversation && {
    reference: JSON.stringify({ ...stored, activity: placeOf(activity) }),
    ...spokeAtOf(event),
  };
  return {
    key,
    ...(reach === undefined || reach === '' ? {} : { reach }),
    ...(echo === undefined ? {} : { echo }),
    ...(thread === undefined ? {} : { thread }),
    conversation: conversation ?? key,
    kind: event?.kind ?? activity.type,
    via: event?.via ?? activity.channelId,
    endpoint: 'azure',
    payload: JSON.stringify(stored),
  };
}

/** Who and where, without what happened. */
function placeOf(activity: Partial<Activity>): Partial<Activity> {
  const { channelId, serviceUrl, from, recipient, conversation, locale } = activity;
  const place = { channelId, serviceUrl, from, recipient, conversation, locale };
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}

/** The turn of an event of the bot's own, said to come from the customer: in an echo's activity the two change places. */
export function ownAzureTurn(conversation: string, from: string, { name, id, value }: OwnEvent): string {
  const turn = JSON.parse(from) as AzureTurn;
  const place = placeOf(turn.activity);
  const [pageId, psid] = [pageIdOf(conversation), psidOf(conversation)];
  const known = (account: string) => [place.from, place.recipient].find((one) => one?.id === account);
  const ofCustomer = pageId !== undefined &&
    psid !== undefined && {
      from: accountOf(psid, known(psid)),
      recipient: accountOf(pageId, known(pageId)),
      conversation: conversationAccountOf(conversationIdOf(psid, pageId), place.conversation),
    };
  return JSON.stringify({ ...turn, activity: { ...place, ...ofCustomer, type: 'event', name, id, value } });
}

/** The conversation whose turns must not overlap. Undefined for an activity that belongs to none. */
export function conversationKeyOf(activity: Activity, event = readActivity(activity).event): string | undefined {
  return keyOfCustomer(event) ?? keyOfPlace(activity);
}

/** The key of the conversation that an event names. */
function keyOfCustomer(event: FacebookEvent | undefined): string | undefined {
  if (event?.psid === undefined || event.pageId === undefined) return undefined;
  return conversationKey(event.pageId, event.psid);
}

/**
 * An activity without an id is identified by its whole content, including the time that Azure puts into it. With neither a time nor a
 * Messenger item, the same words may have been said twice, so it never counts as a repetition.
 */
function activityKey(activity: Activity, event: FacebookEvent | undefined, ownAppId: string): string {
  const { id, channelId, conversation, timestamp, localTimestamp } = activity as Partial<Activity>;
  const isTelling = (timestamp ?? localTimestamp) !== undefined || event !== undefined;
  const name = id ?? (isTelling ? `without an id: ${canonicalHash(activity)}` : randomUUID());
  const place = readId(conversation, 'id');
  // Repetitions of what an earlier version stored have to be recognised, so a place is not read for its Page and customer here.
  const where = keyOfCustomer(event) ?? (place && channelConversationKey(activity.channelId, place));
  return JSON.stringify([ownAppId, channelId, where, name]);
}

/** Identified by all of its events: a key made of one would match that event on its own. */
function keyOfSeveral(activity: Activity, ownAppId: string): string {
  const said: readonly unknown[] = [activity.channelData, activity.value, activity.text];
  return JSON.stringify(['facebook several', ownAppId, canonicalHash(said)]);
}

/** The stored turn with its verified identity and caller, and its dates as `Date`s. */
export function restoreAzureTurn(text: string): AzureTurn & { claimsIdentity: ClaimsIdentity } {
  const stored = JSON.parse(text) as AzureTurn;
  const { claims, authenticationType, callerId } = stored;
  // The sender's own `callerId` is not to be trusted.
  const { callerId: _claimed, ...activity } = stored.activity;
  return {
    ...stored,
    activity: { ...withDates(activity as Activity), ...(callerId !== undefined && { callerId }) },
    claimsIdentity: new ClaimsIdentity(claims, authenticationType),
  };
}
