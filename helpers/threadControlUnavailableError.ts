/** Thrown by every call of thread control in a bot that has no page token. No call was made, and a later one fails the same way. */
export class ThreadControlUnavailableError extends Error {
  override readonly name = 'ThreadControlUnavailableError';

  constructor() {
    super('Thread control needs the page token of this bot, and none is configured. Set FacebookPageToken.');
  }
}
