/**
 * Every refusal of the emulated Graph API, by name.
 *
 * `guessed` tells what nobody has recorded: `body` when the message or a code is ours, `status` when only the HTTP status is.
 * Source: https://developers.facebook.com/docs/messenger-platform/error-codes unless a row says otherwise.
 */
export interface GraphFault {
  readonly status: number;
  readonly type: 'OAuthException' | 'GraphMethodException';
  readonly message: string;
  readonly code: number;
  readonly subcode?: number;
  readonly transient?: true;
  /** Sent as the header `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly guessed?: 'body' | 'status';
  /** The sentence ends with what the call is about. */
  readonly open?: true;
}

const refusal = (
  code: number,
  subcode: number | undefined,
  message: string,
  more: Partial<GraphFault> = {},
): GraphFault => ({
  status: 400,
  type: 'OAuthException',
  message: `(#${code}) ${message}`,
  code,
  ...(subcode === undefined ? {} : { subcode }),
  ...more,
});

export const graphFaults = {
  // Thread control
  anotherAppControls: refusal(
    10,
    2018300,
    'Message failed to send because another app is controlling this thread now.',
  ),
  // Source: https://docs.sprinthub.com/en/topics/settings/account-settings/meta-accounts/error-100-the-action-is-invalid-because-it-is-not-the-owner-of-the-topic.
  notThreadOwner: refusal(100, 2534037, "The action is invalid since it's not the thread owner.", {
    guessed: 'status',
  }),
  // Of the first sentence only this end was recorded. Source of both: a vendor's report from production, August 2026.
  passNotOwner: refusal(100, undefined, 'calling app is not the thread owner', { guessed: 'status' }),
  releaseNotOwner: refusal(100, undefined, 'Only the current thread owner can release', { guessed: 'status' }),
  alreadyThreadOwner: refusal(27, 1893035, 'The app requesting thread control already has it.', { guessed: 'body' }),
  takeNotAllowed: refusal(27, undefined, 'This app may not take control of the conversation.', { guessed: 'body' }),
  // Source: https://glama.ai/mcp/connectors/dev.postproxy/postproxy/tools/dm_chat_thread_control_take
  noDefaultApp: refusal(
    27,
    undefined,
    'Take thread control is not supported when Conversation Routing is not enabled.',
    { guessed: 'status' },
  ),
  onlyPrimaryTakes: refusal(100, undefined, 'Only the Primary Receiver may take thread control.', { guessed: 'body' }),
  onlySecondaryRequests: refusal(100, undefined, 'Only a Secondary Receiver may request thread control.', {
    guessed: 'body',
  }),
  requestWhileRouted: refusal(
    100,
    undefined,
    'Request thread control is only supported when no default application is set.',
    {
      guessed: 'body',
    },
  ),
  handoverDisabled: refusal(100, undefined, 'Handover Protocol APIs disabled for this page.', { guessed: 'body' }),
  targetMissing: refusal(100, undefined, 'The parameter target_app_id is required.', { guessed: 'body' }),
  incorrectAppId: refusal(100, 2018164, 'Incorrect App ID.', { guessed: 'status' }),
  receiversHidden: refusal(
    100,
    2018234,
    'Denying visibility of any secondary receiver to another secondary receiver other than itself.',
    { guessed: 'status' },
  ),
  onlyReceivers: refusal(100, 2018171, 'Only available to Primary and Secondary Receivers.', { guessed: 'status' }),
  automatedFlow: refusal(
    10,
    2018321,
    'The chat is currently controlled by Messenger while the user is in an automated question and answer flow.',
    { guessed: 'body' },
  ),

  // Sending
  outsideWindow: refusal(
    10,
    2018278,
    'This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview',
    { status: 403, guessed: 'status' },
  ),
  pageRestricted: refusal(10, 1893063, 'This Page is temporarily restricted from sending messages.', {
    guessed: 'body',
  }),
  cannotReceiveNow: refusal(10, 2018108, "They can't receive your messages right now.", { guessed: 'status' }),
  actionNotPermitted: refusal(10, undefined, 'Application does not have permission for this action'),
  personUnavailable: refusal(551, 1545041, "This person isn't available right now."),
  noSuchUser: refusal(100, 2018001, 'No matching user found'),
  noSuchPersona: refusal(100, undefined, 'Invalid persona_id.', { guessed: 'body' }),
  noSuchTemplate: refusal(100, undefined, 'The message template does not exist', { guessed: 'body' }),
  // Source: https://github.com/jgorset/facebook-messenger/issues/202
  profileClosed: refusal(100, 2018218, 'No profile available for this user.'),
  messageAndAction: refusal(100, 2018014, 'Cannot send both message and state at the same time.'),
  // Source: https://github.com/chatwoot/chatwoot/issues/14679
  deadTag: refusal(100, undefined, 'Invalid parameter'),
  // Source: https://github.com/ker0x/messenger/issues/67
  unknownTag: refusal(100, undefined, 'Invalid tag.'),
  // Source: https://github.com/microsoft/botbuilder-js/issues/1686
  listTemplateEnded: refusal(
    100,
    undefined,
    'List template on Messenger Platform is deprecated on API 4.0. It will be removed from all versions soon.',
    { guessed: 'status' },
  ),
  // It ended on the same day. Source: https://github.com/restfb/restfb/issues/1015
  openGraphTemplateEnded: refusal(
    100,
    undefined,
    'Open graph template on Messenger Platform is deprecated on API 4.0. It will be removed from all versions soon.',
    { guessed: 'body' },
  ),
  textTooLong: refusal(100, undefined, 'Length of param message[text] must be less than or equal to 2000', {
    guessed: 'body',
  }),
  invalidParameter: refusal(100, undefined, 'Invalid parameter', { guessed: 'body' }),

  // Access
  invalidToken: {
    status: 401,
    type: 'OAuthException',
    message: 'Invalid OAuth access token - Cannot parse access token',
    code: 190,
  },
  missingToken: {
    status: 401,
    type: 'OAuthException',
    message: 'An access token is required to request this resource.',
    code: 104,
    guessed: 'status',
  },
  expiredToken: {
    status: 401,
    type: 'OAuthException',
    message: 'Error validating access token: Session has expired.',
    code: 190,
    subcode: 463,
    guessed: 'status',
  },
  // Source: https://github.com/Charca/bootbot/issues/154
  invalidatedToken: {
    status: 401,
    type: 'OAuthException',
    message:
      'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
    code: 190,
    subcode: 460,
    guessed: 'status',
  },
  proofMissing: {
    status: 400,
    type: 'GraphMethodException',
    message: 'API calls from the server require an appsecret_proof argument',
    code: 100,
    guessed: 'body',
  },
  proofWrong: {
    status: 400,
    type: 'GraphMethodException',
    message: 'Invalid appsecret_proof provided in the API argument',
    code: 100,
    guessed: 'body',
  },
  notReviewed: refusal(
    200,
    2018028,
    'Cannot message users who are not admins, developers or testers of the app until pages_messaging permission is reviewed and the app is live.',
    { status: 403, guessed: 'status' },
  ),
  pagesMessagingMissing: refusal(230, undefined, 'Requires pages_messaging permission', {
    status: 403,
    guessed: 'status',
  }),

  // The recorded one goes on with the status: https://github.com/fbsamples/original-coast-clothing/issues/84
  callbackRefused: refusal(2200, undefined, 'Callback verification failed with the following errors', {
    guessed: 'body',
  }),
  wrongAppSecret: {
    status: 400,
    type: 'OAuthException',
    message: 'Error validating client secret.',
    code: 1,
    guessed: 'body',
  },

  noSuchField: refusal(100, undefined, 'Tried accessing nonexisting field', { guessed: 'status', open: true }),
  endedForNewApps: refusal(100, undefined, 'This is not available to new apps since v27.0', { guessed: 'body' }),

  // Routes
  noSuchObject: {
    status: 400,
    type: 'GraphMethodException',
    message:
      'Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation',
    code: 100,
    subcode: 33,
  },
  unknownPath: {
    status: 400,
    type: 'OAuthException',
    message: 'Unknown path components',
    code: 2500,
    guessed: 'body',
  },
  notModelled: refusal(100, undefined, 'The emulator does not model this part of the request', { guessed: 'body' }),

  // Limits and trouble
  appLimit: refusal(4, undefined, 'Application request limit reached', { transient: true, guessed: 'status' }),
  userLimit: refusal(17, undefined, 'User request limit reached', { transient: true, guessed: 'status' }),
  pageLimit: refusal(32, undefined, 'Page request limit reached', { transient: true, guessed: 'status' }),
  callLimit: refusal(613, undefined, 'Calls to this api have exceeded the rate limit.', { guessed: 'status' }),
  messengerLimit: refusal(80006, undefined, 'There have been too many calls to this Messenger account.', {
    guessed: 'status',
  }),
  tooManyRequests: refusal(4, undefined, 'Application request limit reached', {
    status: 429,
    transient: true,
    retryAfterSeconds: 30,
    guessed: 'status',
  }),
  temporarySendFailure: refusal(1200, undefined, 'Temporary send message failure. Please try again later.', {
    status: 500,
    transient: true,
    guessed: 'status',
  }),
  unknownError: {
    status: 500,
    type: 'OAuthException',
    message: 'An unknown error occurred',
    code: 1,
    subcode: 99,
    transient: true,
    guessed: 'status',
  },
  badGateway: {
    status: 502,
    type: 'OAuthException',
    message: 'An unexpected error has occurred. Please retry your request later.',
    code: 2,
    transient: true,
    guessed: 'status',
  },
  overloaded: {
    status: 503,
    type: 'OAuthException',
    message: 'Service temporarily unavailable',
    code: 2,
    transient: true,
    retryAfterSeconds: 5,
    guessed: 'status',
  },
  serviceUnavailable: {
    status: 500,
    type: 'OAuthException',
    message: 'An unexpected error has occurred. Please retry your request later.',
    code: 2,
    transient: true,
    guessed: 'status',
  },
} as const satisfies Record<string, GraphFault>;

export type FaultName = keyof typeof graphFaults;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(graphFaults, name);
}

/** The row of the table, as the type that all rows share. */
export function graphFault(name: FaultName): GraphFault {
  return graphFaults[name];
}
