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
} as const;

/** The metadata of a thread control event, as the end of a sentence. Meta sends a string, null or nothing at all. */
export function withMetadata(metadata: string | undefined): string {
  return metadata === undefined || metadata === '' ? ' without a message' : ` with the message "${metadata}"`;
}

/** Whether two texts are the same phrase: letter case and surrounding spaces do not count. */
export function isSamePhrase(text: unknown, phrase: string): boolean {
  return typeof text === 'string' && text.trim().toLowerCase() === phrase.toLowerCase();
}
