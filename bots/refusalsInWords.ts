import { GraphApiError, type GraphError } from '../helpers/graph/graphErrors.ts';

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

/** Why no call can be made at all, likewise. */
export const becauseNoPageToken = 'because no Facebook page token is configured for this bot';
