import type { Activity, TurnContext } from 'botbuilder';
import { conversationKeyOf, facebookEventOf as eventOfActivity } from '../models/facebookActivity.ts';
import { pageIdOf, psidOf } from '../models/conversationKey.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { present } from '../models/present.ts';
import type { Thread } from './threadNotes.ts';

/** What was read, and in which activity: another turn's context may have been given the values of this one. */
interface ReadEvent {
  activity: Activity;
  event: FacebookEvent | undefined;
}

const readKey = Symbol('facebookEvent');

/**
 * The Messenger event of a turn, typed: for dialogs, middleware and bots of any base class. It is read once a turn.
 *
 * Undefined on other channels, and in turns that no event began, such as proactive ones. Never throws.
 *
 * @example
 * const event = facebookEventOf(context);
 * if (event?.kind === 'postback') await show(event.payload);
 */
export function facebookEventOf(context: TurnContext): FacebookEvent | undefined {
  const { activity } = context;
  const known = context.turnState.get<ReadEvent | undefined>(readKey);
  if (known?.activity === activity) return known.event;
  const event = eventOfActivity(activity);
  context.turnState.set(readKey, { activity, event } satisfies ReadEvent);
  return event;
}

/**
 * The customer that a turn is about, and the Page: also for an echo, where the Page is the sender, for what is heard on standby, and in
 * turns that no event began.
 *
 * Undefined on other channels, and for what is about the Page itself, such as `app_roles`.
 */
export function customerOf(context: TurnContext): Thread | undefined {
  const event = facebookEventOf(context);
  if (event?.kind === 'app_roles' || event?.kind === 'policy_enforcement') return undefined;
  if (event?.pageId !== undefined && event.psid !== undefined) return { pageId: event.pageId, psid: event.psid };
  const conversation = threadOf(context.activity);
  return conversation && { ...conversation, ...present('pageId', event?.pageId), ...present('psid', event?.psid) };
}

/** The customer and the Page of the conversation that an activity names. */
export function threadOf(activity: Partial<Activity>): Thread | undefined {
  const key = conversationKeyOf(activity) ?? '';
  const [pageId, psid] = [pageIdOf(key), psidOf(key)];
  return pageId === undefined || psid === undefined ? undefined : { pageId, psid };
}
