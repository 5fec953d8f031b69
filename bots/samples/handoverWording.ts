import { GraphApiError, type GraphError } from '../../helpers/graph/graphErrors.ts';

/** What the handover bots say and understand, where more than one of them does. */

/** The words that the bots listen for. Those of the other bot are heard on standby. */
export const phrases = {
  passToPageInbox: 'Pass to page inbox',
  passToSecondary: 'Pass to secondary',
  receiveRequest: 'Receive request',
  receiveNiceRequest: 'Receive nice request',
  passToPrimary: 'Pass to primary',
  haveControlTaken: 'Have control taken',
} as const;

export const sentences = {
  choose: 'Write something or choose what should happen next.',
  greet: 'Hello! Write something or choose what should happen next.',
  onlyOnFacebook: 'Thread control exists only on Facebook Messenger, so nothing happens here.',
  noPageToken: 'Thread control cannot be used, because no Facebook page token is configured for this bot.',
} as const;

const reasons: Record<GraphApiError['reason'], string> = {
  notThreadOwner: 'another receiver owns the thread',
  alreadyThreadOwner: 'the receiver already owns the thread',
  notPrimaryReceiver: 'only the primary receiver may do that',
  noDefaultApp: 'the Page has no default app',
  invalidTarget: 'Messenger knows no such receiver for this Page',
  automatedFlow: 'Messenger itself is leading the conversation at the moment',
  outsideWindow: 'the last message of the customer is too long ago',
  restricted: 'Facebook has restricted the Page',
  invalidToken: 'Facebook does not accept the page token of this bot',
  permission: 'this bot does not have the permission for it',
  rateLimited: 'Messenger asks for a pause',
  temporary: 'Messenger has a temporary problem',
  userUnavailable: 'the customer cannot be reached',
  unknown: 'Messenger refused it',
};

/** Why a call about thread control failed, as the end of a sentence. */
export function becauseOf(failure: GraphError): string {
  return failure instanceof GraphApiError
    ? because(failure.reason)
    : 'or it is not known whether it was, because Messenger gave no answer';
}

/** Why Graph refused a call, likewise. */
export function because(reason: GraphApiError['reason']): string {
  return `because ${reasons[reason]}`;
}

/** The metadata of a thread control event, as the end of a sentence. Meta sends a string, null or nothing at all. */
export function withMetadata(metadata: string | undefined): string {
  return metadata === undefined || metadata === '' ? ' without a message' : ` with the message "${metadata}"`;
}

/** Whether two texts are the same phrase: letter case and surrounding spaces do not count. */
export function isSamePhrase(text: unknown, phrase: string): boolean {
  return typeof text === 'string' && text.trim().toLowerCase() === phrase.toLowerCase();
}
