import type { ForcedFailure, OutsideCall } from '../runtime/hooks.ts';
import type { HttpAnswer } from './httpServer.ts';

/** The code that the Connector's errors have for a status. */
const connectorCodes: Readonly<Record<number, string>> = {
  400: 'BadArgument',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'ConversationNotFound',
  429: 'TooManyRequests',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
};

/** The refusal in the form of the endpoint. Neither form is recorded for any of these. */
function forcedAnswer(at: OutsideCall['at'], answer: NonNullable<ForcedFailure['answer']>): HttpAnswer {
  const { status, message, retryAfterSeconds } = answer;
  const headers: Record<string, string> = {
    'x-emulated': 'guessed',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  const json =
    at === 'token'
      ? {
          error: status >= 500 || status === 429 ? 'temporarily_unavailable' : 'invalid_request',
          error_description: message,
        }
      : { error: { code: connectorCodes[status] ?? 'ServiceError', message } };
  return { status, json, headers };
}

/** Lets a call go wrong as it was asked for. Without an effect, what would have been the answer is an empty object. */
export async function failingCall(
  at: OutsideCall['at'],
  failure: ForcedFailure | undefined,
  serve: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  if (failure === undefined) return serve();
  const { when, effect, answer, connection, body, delay, pace } = failure;
  // A call that is only slow, or whose answer drips, is a call like every other.
  const serves = answer === undefined && connection === undefined && (body === undefined || body === 'drip');
  const serveOften = async (): Promise<HttpAnswer> => {
    if (effect === 'twice') await serve();
    return serve();
  };
  const early = when === 'after' ? await serveOften() : undefined;
  await delay();
  const served = early ?? (serves ? await serveOften() : undefined);
  const intact = answer === undefined ? (served ?? { status: 200, json: {} }) : forcedAnswer(at, answer);
  return {
    ...intact,
    ...(connection === undefined ? {} : { connection }),
    ...(body === undefined ? {} : { spoiled: { body, pace } }),
  };
}
