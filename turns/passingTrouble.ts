import { systemCodeOf } from './callOutcome.ts';

/**
 * Error codes of Node, of its `fetch` (undici) and of axios for a connection or an answer that did not come about.
 *
 * Source: https://nodejs.org/api/errors.html#nodejs-error-codes
 * Source: https://undici.nodejs.org/#/docs/api/Errors
 * Source: https://axios-http.com/docs/handling_errors
 */
const networkCodes = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EAI_FAIL', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EPROTO', 'ENETRESET'],
  ...['ERR_SOCKET_CONNECTION_TIMEOUT', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'ERR_NETWORK', 'ERR_CANCELED'],
  ...['ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_SESSION_ERROR', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_STREAM_CANCEL'],
  ...[
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_ABORTED',
  ],
  ...['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_INFO', 'UND_ERR_REQ_RETRY'],
];

/** Limits of this machine, which may pass too. */
const ownCodes: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EBUSY', 'EAGAIN']);

const passingCodes: ReadonlySet<string> = new Set([...networkCodes, ...ownCodes]);

/**
 * `AbortSignal.timeout` and `AbortController` throw a `TimeoutError` and an `AbortError`; clients of services have errors of their own for the same,
 * such as `APIConnectionTimeoutError`, often with the name in their class alone.
 *
 * Source: https://developer.mozilla.org/docs/Web/API/AbortSignal/timeout_static
 */
const passingNames = /(?:Timeout|Abort|Cancell?ed|APIConnection)(?:Error|Exception)?$/;

/** Whether an error says that the network, a service or this machine is in trouble that may pass by itself. */
export function isPassing(error: unknown): boolean {
  if (passingCodes.has(systemCodeOf(error) ?? '')) return true;
  if (!(error instanceof Error)) return false;
  // axios has one code for an answer that broke off and for one that it cannot use.
  if (systemCodeOf(error) === 'ERR_BAD_RESPONSE' && /\baborted\b/.test(error.message)) return true;
  return passingNames.test(error.name) || passingNames.test(error.constructor.name);
}

/** Whether an error says that this machine is at a limit. */
export function isOfThisMachine(error: unknown): boolean {
  return ownCodes.has(systemCodeOf(error) ?? '');
}
