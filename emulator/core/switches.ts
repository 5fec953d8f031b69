/** Behaviour that Meta's pages leave open or describe in two ways. The defaults are what `docs/emulator.md` argues for. */
export interface RuleSwitches {
  /** Who hears of a take. Meta's two pages disagree. */
  readonly takeNotifies: 'losingApp' | 'everyApp';
  /** Who hears of a pass. */
  readonly passNotifies: 'newOwner' | 'everyApp';
  /** What take answers an app that owns the conversation already. `asMode`: success in `classic`, a fault elsewhere. */
  readonly takeWhenOwner: 'asMode' | 'success' | 'fault';
  /** What request does while a default app is set. */
  readonly requestInRouting: 'refused' | 'toDefaultApp' | 'toOwner';
  /** What the agent's Done does in `routing`. */
  readonly doneInRouting: 'passToDefaultApp' | 'release' | 'folderOnly';
  /** Whether a message of the owner puts off the end of its ownership as a customer's message does. */
  readonly ownerMessagesExtend: 'no' | 'yes';
  /** Whether messages outside Meta's 24 hours after the customer's last one are refused. The 7 days behind an ad are not modelled. */
  readonly messagingWindow: 'enforced' | 'ignored';
  /** How `metadata` looks in a webhook when the call had none. The Page Inbox's request always has `null`. */
  readonly missingMetadata: 'absent' | 'null';
  /** App ids in webhooks. Meta sends numbers and documents strings. */
  readonly webhookAppIds: 'number' | 'string';
  /**
   * When customers receive and read. `automatic`: their phones receive at once, as phones that are switched on do, and the page
   * reads what it shows.
   */
  readonly receipts: 'onCommand' | 'automatic';
  /** How often a take event comes. Four times was recorded in August 2026. */
  readonly takeDeliveries: 'once' | 'fourTimes';
  /** In which list of the entry handover events stand. Some apps get them in one of their own, also beside `messaging`. */
  readonly handoverList: 'messaging' | 'messaging_handovers' | 'both';
  /** `open`: whether Meta refuses what apps send while the Page Inbox or Meta's AI owns the thread, as recorded, or not, as documented. */
  readonly sendInOpen: 'refusedWhileMetaOwns' | 'allowed';
  /** Whether `msgr_multi_app` tells that routing is on. Working Pages without it were recorded. */
  readonly routingFlag: 'whenRouting' | 'never';
  /** Whose app id the echoes of Meta's AI carry. Both were recorded. */
  readonly aiEchoAppId: 'pageInbox' | 'metaAi';
  /** Where the echoes of Meta's AI come; mostly on standby. */
  readonly aiEchoChannel: 'standby' | 'messaging';
  /** Whom the take event of Meta's AI names as the new owner: an older app id of it, which was recorded, or the one of today. */
  readonly aiTakeNames: '928891643393937' | '622851382610562';
  /** Whether takes and hand-backs of Meta's AI come with notices. Often they do not. */
  readonly aiNotices: 'sent' | 'notSent';
  /** Whether entries say `hop_context.is_ai_thread_owner` while Meta's AI owns the thread. A seventh of them did. */
  readonly hopContext: 'whileAiOwns' | 'never';
  /** Whether apps that go on sending without a word of the customer are stopped. On Meta they meet a rate limit at some time. */
  readonly loops: 'stopped' | 'allowed';
  /** Whether the profiles of customers can be read. Those of people without a Facebook account cannot. */
  readonly userProfiles: 'open' | 'closed';
  /** A greeting of more than the documented 160 characters. Meta's own sample has a longer one. */
  readonly longGreetings: 'accepted' | 'refused';
  /** The `appsecret_proof` of a call with the token of an app itself. Clients send one of their page token there. */
  readonly appTokenProof: 'ignored' | 'checked';
  /**
   * `classic`: who hears that the primary receiver takes a thread from the Page Inbox. Microsoft's post of 2019 says that the taker itself
   * gets a pass event; in Meta's picture of the same bot from 2018 nobody does.
   */
  readonly takeFromInboxTells: 'passToActor' | 'nobody';
  /** Whether the apps may do what Graph has ended for new ones on 4 November 2026. */
  readonly graphApps: 'existing' | 'new';
}

/** Every value of every switch, the default first. */
export const switchValues = {
  takeNotifies: ['losingApp', 'everyApp'],
  passNotifies: ['newOwner', 'everyApp'],
  takeWhenOwner: ['asMode', 'success', 'fault'],
  requestInRouting: ['refused', 'toDefaultApp', 'toOwner'],
  doneInRouting: ['passToDefaultApp', 'release', 'folderOnly'],
  ownerMessagesExtend: ['no', 'yes'],
  messagingWindow: ['enforced', 'ignored'],
  missingMetadata: ['absent', 'null'],
  webhookAppIds: ['number', 'string'],
  receipts: ['onCommand', 'automatic'],
  takeDeliveries: ['once', 'fourTimes'],
  handoverList: ['messaging', 'messaging_handovers', 'both'],
  sendInOpen: ['refusedWhileMetaOwns', 'allowed'],
  routingFlag: ['whenRouting', 'never'],
  aiEchoAppId: ['pageInbox', 'metaAi'],
  aiEchoChannel: ['standby', 'messaging'],
  aiTakeNames: ['928891643393937', '622851382610562'],
  aiNotices: ['sent', 'notSent'],
  hopContext: ['whileAiOwns', 'never'],
  loops: ['stopped', 'allowed'],
  userProfiles: ['open', 'closed'],
  longGreetings: ['accepted', 'refused'],
  appTokenProof: ['ignored', 'checked'],
  takeFromInboxTells: ['passToActor', 'nobody'],
  graphApps: ['existing', 'new'],
} as const satisfies { readonly [Name in keyof RuleSwitches]: readonly RuleSwitches[Name][] };

export const defaultSwitches: RuleSwitches = {
  takeNotifies: 'losingApp',
  passNotifies: 'newOwner',
  takeWhenOwner: 'asMode',
  requestInRouting: 'refused',
  doneInRouting: 'passToDefaultApp',
  ownerMessagesExtend: 'no',
  messagingWindow: 'enforced',
  missingMetadata: 'absent',
  webhookAppIds: 'number',
  receipts: 'onCommand',
  takeDeliveries: 'once',
  handoverList: 'messaging',
  sendInOpen: 'refusedWhileMetaOwns',
  routingFlag: 'whenRouting',
  aiEchoAppId: 'pageInbox',
  aiEchoChannel: 'standby',
  aiTakeNames: '928891643393937',
  aiNotices: 'sent',
  hopContext: 'whileAiOwns',
  loops: 'stopped',
  userProfiles: 'open',
  longGreetings: 'accepted',
  appTokenProof: 'ignored',
  takeFromInboxTells: 'passToActor',
  graphApps: 'existing',
};
