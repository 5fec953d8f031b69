import type { TurnContext } from 'botbuilder';
import { accountOf, conversationAccountOf, participantsOf } from '../models/facebookActivity.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { parseFacebookEvent } from '../models/parseFacebookEvent.ts';
import { isJsonObject, readId } from '../models/readJson.ts';
import type { JsonObject } from '../models/readJson.ts';

/**
 * Completes the turn's activity from the Facebook event that it carries, so that a bot can answer and keep state on event activities. Azure's
 * channel may send those without sender, recipient and conversation. The sender becomes the customer, the recipient the Page, and the
 * conversation `<psid>-<pageid>`; for an echo the Page is the sender. Fields that are already right, and those that the event does not name,
 * are left alone.
 *
 * @param payload a typed event, or the Messenger item as received
 * @throws Error if the conversation or the sender would change after state was loaded: Bot Builder caches state per turn, and would save one
 * customer's state under another's key.
 *
 * Source: https://github.com/microsoft/BotFramework-Samples/tree/master/blog-samples/CSharp/FacebookHandover
 */
export function applyFacebookPayload(context: TurnContext, payload: FacebookEvent | JsonObject): void {
  const { activity } = context;
  const event = isFacebookEvent(payload) ? payload : parseFacebookEvent(payload, 'messaging');
  const { from, recipient, conversation } = participantsOf(event);
  const moves = differs(activity.conversation, conversation) || differs(activity.from, from);
  if (moves && hasLoadedState(context)) {
    throw new Error(
      'applyFacebookPayload would move this turn to another conversation after its state was loaded. Call it before any ' +
        'state is read, and give each standby item a turn of its own.',
    );
  }
  if (from !== undefined) activity.from = accountOf(from, activity.from);
  if (recipient !== undefined) activity.recipient = accountOf(recipient, activity.recipient);
  if (conversation !== undefined) activity.conversation = conversationAccountOf(conversation, activity.conversation);
}

/** Whether there is already a different id. Filling in a missing one moves nobody's state. */
function differs(known: unknown, id: string | undefined): boolean {
  const knownId = readId(known, 'id');
  return id !== undefined && knownId !== undefined && knownId !== id;
}

/** Bot Builder's `BotState` keeps what it loaded in the turn's state, as objects with `state` and `hash`. */
function hasLoadedState(context: TurnContext): boolean {
  return [...context.turnState.values()].some(isLoadedState);
}

/** Whether a value in the turn state is a conversation's or user's state, loaded for this turn's activity. */
export function isLoadedState(value: unknown): boolean {
  return isJsonObject(value) && Object.hasOwn(value, 'state') && Object.hasOwn(value, 'hash');
}

/** Messenger's items have neither of these properties. */
function isFacebookEvent(payload: FacebookEvent | JsonObject): payload is FacebookEvent {
  return typeof payload.kind === 'string' && (payload.via === 'messaging' || payload.via === 'standby');
}
