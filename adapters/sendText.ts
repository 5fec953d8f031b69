import type { ServerResponse } from 'node:http';

/** Answers with plain text, unless something was answered already. No browser may take it for anything else. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  // What was not read of a refused request must not be taken for the next one.
  if (status >= 400) response.setHeader('connection', 'close');
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  response.end(text);
}
