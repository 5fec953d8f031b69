import { classifyGraphError, isDefiniteRefusal } from './classifyGraphError.ts';
import type { GraphErrorReason } from './classifyGraphError.ts';
import { isJsonObject, readId, readInteger, readObject, readText } from '../../models/readJson.ts';

/** The contents of a {@link GraphApiError}. */
export interface GraphApiErrorDetails {
  status: number;
  code?: number;
  subcode?: number;
  fbtraceId?: string;
  reason: GraphErrorReason;
  /** Meta's own sentence, free of secrets. */
  sentence?: string;
}

/**
 * Meta refused the call. See {@link isDefinite} for whether it certainly had no effect.
 *
 * Decide by `reason`; `code`, `subcode` and `fbtraceId` are for Meta's tables and support. Holds nothing from the request: no token, no
 * proof, no recipient.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/error-codes
 */
export class GraphApiError extends Error {
  override readonly name = 'GraphApiError';
  readonly status: number;
  readonly code: number | undefined;
  readonly subcode: number | undefined;
  readonly fbtraceId: string | undefined;
  readonly reason: GraphErrorReason;

  constructor({ status, code, subcode, fbtraceId, reason, sentence }: GraphApiErrorDetails) {
    const numbers = [`HTTP ${status}`, code && `code ${code}`, subcode && `subcode ${subcode}`]
      .filter(Boolean)
      .join(', ');
    super(`The Graph API refused the call (${reason}; ${numbers})${sentence === undefined ? '' : `: ${sentence}`}`);
    this.status = status;
    this.code = code;
    this.subcode = subcode;
    this.fbtraceId = fbtraceId;
    this.reason = reason;
  }

  /** Whether the call certainly had no effect; see {@link isDefiniteRefusal}. */
  get isDefinite(): boolean {
    return isDefiniteRefusal(this);
  }
}

/** Why there is no usable answer: no connection or a broken one, silence, or a response that says nothing about the call. */
export type TransportFailure = (typeof transportFailures)[number];

export const transportFailures = ['connection', 'timeout', 'redirect', 'tooLarge', 'unreadable'] as const;

const transportSentences: Record<TransportFailure, string> = {
  connection: 'the connection failed or broke off',
  timeout: 'no complete answer came in time',
  redirect: 'the answer was a redirect, which is not followed',
  tooLarge: 'the answer was larger than allowed',
  unreadable: 'the answer was not one that the Graph API documents',
};

/**
 * There was no usable answer, so it is unknown whether the call took effect. Repeating it may do the thing twice.
 *
 * Has no `cause` on purpose: the HTTP client's errors carry the request, and with it the token.
 */
export class GraphTransportError extends Error {
  override readonly name = 'GraphTransportError';
  readonly effect = 'unknown';
  readonly failure: TransportFailure;
  /** The HTTP status, if there was one. */
  readonly status: number | undefined;
  /** The system's code for a failed connection, such as `ECONNRESET`. */
  readonly systemCode: string | undefined;

  constructor(failure: TransportFailure, known: { status?: number; systemCode?: string } = {}) {
    const more = [known.status && `HTTP ${known.status}`, known.systemCode].filter(Boolean).join(', ');
    super(`The Graph API gave no usable answer: ${transportSentences[failure]}${more === '' ? '' : ` (${more})`}`);
    this.failure = failure;
    this.status = known.status;
    this.systemCode = known.systemCode;
  }
}

/** The errors of a Graph call. Neither holds a secret. */
export type GraphError = GraphApiError | GraphTransportError;

export function isGraphError(error: unknown): error is GraphError {
  return error instanceof GraphApiError || error instanceof GraphTransportError;
}

/**
 * The error in a Graph API response, or `undefined` if the body holds none.
 *
 * @param secrets must not appear in the error even if Meta repeats them: its sentence about a malformed token quotes the token
 */
export function graphApiErrorFrom(
  status: number,
  body: unknown,
  secrets: readonly string[] = [],
): GraphApiError | undefined {
  const error = readObject(body, 'error');
  if (!isJsonObject(error)) return undefined;
  const clean = (text: string | undefined) => (text === undefined ? undefined : withoutSecrets(text, secrets));
  const details: GraphApiErrorDetails = { status, reason: classifyGraphError(status, body) };
  const code = readInteger(error, 'code');
  const subcode = readInteger(error, 'error_subcode');
  const fbtraceId = clean(readId(error, 'fbtrace_id'));
  const sentence = clean(readText(error, 'message'));
  if (code !== undefined) details.code = code;
  if (subcode !== undefined) details.subcode = subcode;
  if (fbtraceId !== undefined) details.fbtraceId = fbtraceId;
  if (sentence !== undefined) details.sentence = sentence;
  return new GraphApiError(details);
}

/** Removes the known secrets and anything else long and unbroken enough to be a token, and shortens the text. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter((secret) => secret !== '');
  return known
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, '[hidden]'), text)
    .replaceAll(/[\w|%~+=-]{40,}/g, '[hidden]')
    .slice(0, 500);
}
