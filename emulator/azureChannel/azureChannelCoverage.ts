/** How far the emulated channel goes in one matter, compared with Azure's. */
export interface AzureCoverage {
  /** `endpoint`: what the channel serves. `event`: what Messenger tells it. `activity`: what a bot sends. */
  readonly what: 'endpoint' | 'event' | 'activity';
  /** Method and path for an endpoint, else Meta's or Bot Framework's name. */
  readonly name: string;
  readonly coverage: 'supported' | 'partial' | 'notSupported';
  /** The difference from Azure, or what is not known of Azure, in words. */
  readonly difference?: string;
}

const conversationPath = '/facebook/v3/conversations/{conversationId}';
const unsupported = 'Messenger has no such thing; the words of the refusal are recorded, the status is guessed.';
const members = 'Guessed: the customer and the Page, by their ids alone.';

/** Everything that a bot's author may want to know before trusting the emulated channel. */
export const azureChannelCoverage: readonly AzureCoverage[] = [
  { what: 'endpoint', name: 'GET /facebook/{botAppId}/webhook', coverage: 'supported' },
  {
    what: 'endpoint',
    name: 'POST /facebook/{botAppId}/webhook',
    coverage: 'supported',
    difference: 'Only Messenger and only the Page of the registration; one Facebook app has one bot.',
  },
  { what: 'endpoint', name: 'GET /v1/.well-known/openidconfiguration', coverage: 'supported' },
  {
    what: 'endpoint',
    name: 'GET /v1/.well-known/keys',
    coverage: 'supported',
    difference: 'One key, made anew at each start. A bot that outlives the emulator may keep the old key for an hour.',
  },
  {
    what: 'endpoint',
    name: 'POST /{tenant}/oauth2/v2.0/token',
    coverage: 'partial',
    difference: 'Client secrets only: no certificates, no managed identity. The numbers of faults are Microsoft’s.',
  },
  {
    what: 'endpoint',
    name: 'POST /{tenant}/oauth2/token',
    coverage: 'partial',
    difference: 'As v2.0, with a resource in the place of the scope, for older libraries.',
  },
  {
    what: 'endpoint',
    name: 'GET /{tenant}/v2.0/.well-known/openid-configuration',
    coverage: 'partial',
    difference: 'What a login library reads before it asks for a token; nobody can log in here.',
  },
  { what: 'endpoint', name: 'GET /{tenant}/discovery/v2.0/keys', coverage: 'supported' },
  { what: 'endpoint', name: 'GET /common/discovery/instance', coverage: 'supported' },
  {
    what: 'endpoint',
    name: `POST ${conversationPath}/activities`,
    coverage: 'partial',
    difference: 'The status and code for what Graph refuses are guessed; the text is wrapped as Azure was seen to do.',
  },
  {
    what: 'endpoint',
    name: `POST ${conversationPath}/activities/{activityId}`,
    coverage: 'partial',
    difference: 'The same as without activityId.',
  },
  {
    what: 'endpoint',
    name: `PUT ${conversationPath}/activities/{activityId}`,
    coverage: 'notSupported',
    difference: unsupported,
  },
  {
    what: 'endpoint',
    name: `DELETE ${conversationPath}/activities/{activityId}`,
    coverage: 'notSupported',
    difference: unsupported,
  },
  {
    what: 'endpoint',
    name: `POST ${conversationPath}/activities/history`,
    coverage: 'notSupported',
    difference: unsupported,
  },
  {
    what: 'endpoint',
    name: `GET ${conversationPath}/activities/{activityId}/members`,
    coverage: 'partial',
    difference: members,
  },
  { what: 'endpoint', name: `GET ${conversationPath}/members`, coverage: 'partial', difference: members },
  { what: 'endpoint', name: `GET ${conversationPath}/members/{memberId}`, coverage: 'partial', difference: members },
  { what: 'endpoint', name: `GET ${conversationPath}/pagedmembers`, coverage: 'partial', difference: members },
  {
    what: 'endpoint',
    name: `DELETE ${conversationPath}/members/{memberId}`,
    coverage: 'notSupported',
    difference: unsupported,
  },
  {
    what: 'endpoint',
    name: `POST ${conversationPath}/attachments`,
    coverage: 'notSupported',
    difference: 'Whether this channel takes files is not known; send their address.',
  },
  {
    what: 'endpoint',
    name: 'POST /facebook/v3/conversations',
    coverage: 'partial',
    difference:
      'That the id is that of the conversation which the customer has anyway is guessed; a wrong bot is refused as recorded.',
  },
  { what: 'endpoint', name: 'GET /facebook/v3/conversations', coverage: 'notSupported' },
  {
    what: 'endpoint',
    name: 'GET /oauth/api/usertoken/GetToken',
    coverage: 'notSupported',
    difference: 'Azure’s token service, which signs users in, is not emulated.',
  },

  {
    what: 'event',
    name: 'message',
    coverage: 'supported',
    difference:
      'That an attachment’s contentType is Messenger’s word (image, file) is guessed. ' +
      'The first of a customer can come with a conversationUpdate that names the members: membersAdded.',
  },
  { what: 'event', name: 'message.quick_reply', coverage: 'supported' },
  {
    what: 'event',
    name: 'postback',
    coverage: 'supported',
    difference: 'A message whose text is the payload (guessed), or an event: postbackAs.',
  },
  { what: 'event', name: 'pass_thread_control', coverage: 'supported' },
  { what: 'event', name: 'take_thread_control', coverage: 'supported' },
  {
    what: 'event',
    name: 'request_thread_control',
    coverage: 'supported',
    difference: 'Without from, recipient and conversation, or with them: requestAddress.',
  },
  {
    what: 'event',
    name: 'standby',
    coverage: 'supported',
    difference:
      'Three shapes: standbyShape; with or without from, recipient and conversation: standbyAddress. ' +
      'Which ones Azure uses today is not published.',
  },
  {
    what: 'event',
    name: 'message.is_echo',
    coverage: 'supported',
    difference:
      'An event echo with JSON in text, as recorded in 2021, or nothing, as Microsoft said in 2020: echoes. ' +
      'In the standby activity or apart from it: standbyEchoes.',
  },
  {
    what: 'event',
    name: 'read',
    coverage: 'partial',
    difference: 'Guessed: not forwarded; receipts can be forwarded.',
  },
  {
    what: 'event',
    name: 'delivery',
    coverage: 'partial',
    difference: 'Guessed: not forwarded; receipts can be forwarded.',
  },
  { what: 'event', name: 'optin', coverage: 'partial', difference: 'Guessed: an event with the raw event as value.' },
  { what: 'event', name: 'account_linking', coverage: 'partial', difference: 'Guessed: as optin.' },
  { what: 'event', name: 'referral', coverage: 'partial', difference: 'Guessed: as optin.' },
  {
    what: 'event',
    name: 'reaction',
    coverage: 'partial',
    difference: 'Guessed: as optin, or a messageReaction, which Microsoft’s table names: reactionAs.',
  },
  {
    what: 'event',
    name: 'message.admin_text',
    coverage: 'partial',
    difference: 'Guessed: a message without text, with the raw event as channelData.',
  },
  { what: 'event', name: 'app_roles', coverage: 'partial', difference: 'Guessed: as optin, without a conversation.' },

  {
    what: 'activity',
    name: 'message',
    coverage: 'partial',
    difference:
      'Text, files by address, suggested actions and channelData with attachment, quick_replies, notification_type, ' +
      'messaging_type and tag. Hero, thumbnail, sign-in and receipt cards are templates, media cards the file and a card: ' +
      'mediaCards. Of an adaptive card Azure sends a picture, the emulator its texts. Suggested actions beyond the thirteenth ' +
      'are dropped, which is guessed; Microsoft’s table has ten.',
  },
  { what: 'activity', name: 'typing', coverage: 'supported' },
  {
    what: 'activity',
    name: 'endOfConversation',
    coverage: 'partial',
    difference: 'Guessed: taken and ignored, as every other type of activity.',
  },
];
