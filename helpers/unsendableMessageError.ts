/** Messenger cannot carry the message. Nothing was sent; the bot must send something else. */
export class UnsendableMessageError extends Error {
  override readonly name = 'UnsendableMessageError';
}
