import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers one request, whatever happens. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** How long refused senders should wait: a start takes about a second, and the store retries every second. */
const retryAfterSeconds = '2';

/**
 * Answers with this status and body, unless something was answered already. A refusal also ends the connection, so that the unread part of
 * a refused request is never taken for the next one.
 */
export function answerJson(response: ServerResponse, status: number, body?: unknown): void {
  if (response.headersSent) return;
  response.statusCode = status;
  if (status >= 400) response.setHeader('connection', 'close');
  if (status === 503) response.setHeader('retry-after', retryAfterSeconds);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (body !== undefined) response.setHeader('content-type', 'application/json');
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Answers with plain text, unless something was answered already. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  // The unread part of a refused request must not be taken for the next one.
  if (status >= 400) response.setHeader('connection', 'close');
  if (status === 503) response.setHeader('retry-after', retryAfterSeconds);
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(text);
}

/** Refuses a request with an HTTP status and a sentence that is safe to send back. */
export class RequestRefusedError extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.name = 'RequestRefused';
    this.status = status;
  }
}
