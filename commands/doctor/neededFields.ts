/** A webhook field that the bots need, and what is missing without it. */
export interface NeededField {
  readonly name: string;
  readonly without: string;
  /** Whether the bot fails without it, or only knows less. */
  readonly weight: 'needed' | 'useful';
}

/**
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks#event-field,
 * https://developers.facebook.com/docs/messenger-platform/conversation-routing
 */
export const neededFields: readonly NeededField[] = [
  { name: 'messages', without: 'the bot gets no messages', weight: 'needed' },
  { name: 'messaging_postbacks', without: 'buttons do nothing', weight: 'needed' },
  { name: 'messaging_handovers', without: 'the bot is not told when control is passed or taken', weight: 'needed' },
  { name: 'standby', without: 'the bot hears nothing while another app owns the thread', weight: 'needed' },
  { name: 'message_echoes', without: 'the bot does not see what others say for the Page', weight: 'useful' },
];
