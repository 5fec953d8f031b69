/** The forms in which `value` of a standby activity has been seen or described. */
export type StandbyShape = 'array' | 'standBy' | 'standby';

/** What is known of the channel in more than one way, or not at all, and can therefore be switched. */
export interface TranslationOptions {
  /**
   * `array`, the default: `value` is the list, and `channelData` holds `id`, `time` and `standby`, as in the one recorded
   * activity. `standBy`, `standby`: `value` is an object with `id`, `time` and the list, as Microsoft's samples read it.
   */
  readonly standbyShape: StandbyShape;
  /**
   * Whether a standby event says from whom, to whom and in which conversation. `missing`, the default: the recorded activity has none of
   * the three, and with it Microsoft's own Agents SDK answers 400. `present`: as the schema of activities demands of each; an entry with
   * several conversations then becomes several events.
   *
   * Source: https://github.com/BotBuilderCommunity/botbuilder-community-dotnet/issues/7,
   * https://github.com/microsoft/botframework-sdk/blob/main/specs/botframework-activity/botframework-activity.md#conversation,
   * https://github.com/microsoft/Agents-for-js (packages/agents-hosting/src/cloudAdapter.ts)
   */
  readonly standbyAddress: 'missing' | 'present';
  /** Default `message`. */
  readonly postbackAs: 'message' | 'event';
  /**
   * `event`, the default, is a guess: all that bots are known to get of such events. `messageReaction`: Microsoft's table says that bots
   * receive reactions from this channel, and shows none.
   *
   * Source: https://learn.microsoft.com/azure/bot-service/bot-service-channels-reference#activity-support-by-channel
   */
  readonly reactionAs: 'event' | 'messageReaction';
  /**
   * Whether the first thing that a customer does comes with a conversation update that names the members. `never`, the default, as was
   * reported in 2016 and 2018. `firstMessage`: the customer, and the bot by an id made of both, as was reported in 2020.
   *
   * Source: https://github.com/microsoft/botframework-sdk/issues/1261, https://github.com/microsoft/BotFramework-Services/issues/165
   */
  readonly membersAdded: 'never' | 'firstMessage';
  /** Whether a request event says from whom, to whom and in which conversation. Default `missing`. */
  readonly requestAddress: 'missing' | 'present';
  /**
   * What echoes become. `event`, the default: an event called `echo` with Messenger's item as JSON in `text` and the two ids of the conversation
   * the other way round, as recorded in 2021. `drop`: nothing, as Microsoft's support said in 2017 and 2020. `guessedMessage`: a message of the
   * Page, which nobody has seen.
   *
   * Source: https://github.com/microsoft/botframework-sdk/issues/6282, https://github.com/howdyai/botkit/issues/1888,
   * https://github.com/microsoft/botframework-sdk/issues/2260
   */
  readonly echoes: 'event' | 'drop' | 'guessedMessage';
  /** Whether echoes of a thread that another receiver owns stand in the standby activity, or are treated as other echoes. No record tells. */
  readonly standbyEchoes: 'standby' | 'asEchoes';
  /** Reads and deliveries outside of standby. Default `drop`, a guess. */
  readonly receipts: 'forward' | 'drop';
}

export const defaultTranslation: TranslationOptions = {
  standbyShape: 'array',
  standbyAddress: 'missing',
  postbackAs: 'message',
  reactionAs: 'event',
  membersAdded: 'never',
  requestAddress: 'missing',
  echoes: 'event',
  standbyEchoes: 'standby',
  receipts: 'drop',
};
