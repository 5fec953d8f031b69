import {
  GraphApiError,
  GraphTransportError,
  transportFailures,
  type GraphApiErrorDetails,
  type TransportFailure,
} from '../../helpers/graph/graphErrors.ts';
import { graphErrorReasons, type GraphErrorReason } from '../../helpers/graph/classifyGraphError.ts';
import { readInteger, readText } from '../../models/readJson.ts';

/**
 * Errors as JSON text and back, so that a turn that runs again gets the same errors. Only what bots look at is recorded: class, message and
 * numbers. The HTTP client's own errors contain tokens, so nothing else of them may be stored.
 */
export function recordError(error: unknown): string {
  if (error instanceof GraphApiError) {
    const { message, status, code, subcode, fbtraceId, reason } = error;
    return JSON.stringify({ as: 'GraphApiError', message, status, code, subcode, fbtraceId, reason });
  }
  if (error instanceof GraphTransportError) {
    const { failure, status, systemCode } = error;
    return JSON.stringify({ as: 'GraphTransportError', failure, status, systemCode });
  }
  if (!(error instanceof Error)) return JSON.stringify({ as: 'Error', name: 'Error', message: String(error) });
  const { name, message } = error;
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return JSON.stringify({ as: 'Error', name, message, statusCode, errorCode: code });
}

export function recallError(text: string): Error {
  const record: unknown = JSON.parse(text);
  const [status, message] = [readInteger(record, 'status'), readText(record, 'message') ?? ''];
  switch (readText(record, 'as')) {
    case 'GraphApiError': {
      const details: GraphApiErrorDetails = { status: status ?? 0, reason: reasonOf(readText(record, 'reason')) };
      const [code, subcode] = [readInteger(record, 'code'), readInteger(record, 'subcode')];
      const fbtraceId = readText(record, 'fbtraceId');
      if (code !== undefined) details.code = code;
      if (subcode !== undefined) details.subcode = subcode;
      if (fbtraceId !== undefined) details.fbtraceId = fbtraceId;
      const error = new GraphApiError(details);
      error.message = message;
      return error;
    }
    case 'GraphTransportError': {
      const systemCode = readText(record, 'systemCode');
      return new GraphTransportError(failureOf(readText(record, 'failure')), {
        ...(status === undefined ? {} : { status }),
        ...(systemCode === undefined ? {} : { systemCode }),
      });
    }
    default: {
      const error = new Error(message);
      error.name = readText(record, 'name') ?? 'Error';
      const [statusCode, code] = [readInteger(record, 'statusCode'), readText(record, 'errorCode')];
      return Object.assign(error, statusCode === undefined ? {} : { statusCode }, code === undefined ? {} : { code });
    }
  }
}

function reasonOf(text: string | undefined): GraphErrorReason {
  return graphErrorReasons.find((reason) => reason === text) ?? 'unknown';
}

function failureOf(text: string | undefined): TransportFailure {
  return transportFailures.find((failure) => failure === text) ?? 'unreadable';
}
