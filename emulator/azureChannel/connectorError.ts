import type { HttpAnswer } from './httpServer.ts';

/** Marks answers that nobody has published. */
export const guessedAnswer = { 'x-emulated': 'guessed' };

/** A refusal in the Connector's own form. Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#errors */
export const connectorError = (status: number, code: string, message: string): HttpAnswer => ({
  status,
  json: { error: { code, message } },
  headers: guessedAnswer,
});
