/** A request that is not accepted, as an HTTP status and a sentence that is safe to send back. */
export class RequestRefused extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.name = 'RequestRefused';
    this.status = status;
  }
}
