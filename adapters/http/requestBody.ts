import type { IncomingMessage, ServerResponse } from 'node:http';
import { processBodyBudget, type BodyBudget } from './bodyBudget.ts';
import { RequestRefusedError } from './answer.ts';
import { parseJson } from '../../models/readJson.ts';
import { brokenLimitOf } from '../../models/scanJson.ts';

/** The most bytes of a request's body. Activities are a few kilobytes; attachments come as links. */
export const maxBodyBytes = 256 * 1024;

/** How deep lists and objects may be nested. Activities have about ten levels; at some thousands `JSON.stringify` throws. */
export const maxBodyDepth = 32;

/** How many values a body may hold. A thousand standby items have about 12,000; each costs memory, however short it is. */
const maxBodyValues = 20_000;

/**
 * Reads a request's body as JSON, as {@link parseJson} does: ids too long for a double stay exact, and properties called `__proto__` are
 * dropped.
 *
 * @param limit the most bytes to read
 * @throws {RequestRefusedError} 400, 413 or 415 with a sentence for the caller that repeats nothing from the body
 */
export async function readJsonBody(request: IncomingMessage, limit: number = maxBodyBytes): Promise<unknown> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new RequestRefusedError(415, 'The body must be application/json.');
  const text = decode(await readBytes(request, limit));
  const broken = brokenLimitOf(text, { depth: maxBodyDepth, values: maxBodyValues });
  if (broken === 'depth') {
    throw new RequestRefusedError(400, `The body must not be nested deeper than ${maxBodyDepth} levels.`);
  }
  if (broken === 'values')
    throw new RequestRefusedError(413, `The body must not hold more than ${maxBodyValues} values.`);
  try {
    return parseJson(text);
  } catch {
    throw new RequestRefusedError(400, 'The body is not valid JSON.');
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestRefusedError(400, 'The body is not valid UTF-8.');
  }
}

/**
 * Each piece of a body, whether an HTTP chunk or a small packet, costs about 300 bytes and some microseconds whatever its size. So a body is
 * refused if it comes in more than `manyPieces` pieces of less than `tinyPiece` bytes on average.
 */
const manyPieces = 1_000;
const tinyPiece = 64;

const firstCapacity = 4 * 1024;
const tooManyBodies = 'Too many bodies are coming in. The request may be sent again later.';

const waitingForContinue = new WeakMap<IncomingMessage, ServerResponse>();

/** For `Expect: 100-continue`: the client is told to send its body when {@link readBytes} wants it, and not before. */
export function continueLater(request: IncomingMessage, response: ServerResponse): void {
  waitingForContinue.set(request, response);
}

/**
 * Reads a request's body as received.
 *
 * @param limit the most bytes to read
 * @param budget shared with all other bodies
 * @throws {RequestRefusedError} 413 if the body is larger, 400 if it ended too early or came in tiny pieces, 503 if others need the memory
 */
export function readBytes(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget = processBodyBudget,
): Promise<Buffer> {
  const tooLarge = () => new RequestRefusedError(413, `The body must not be larger than ${limit} bytes.`);
  if (Number(request.headers['content-length']) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    let size = 0;
    let pieces = 0;

    const place = budget.enter(() => refuse(new RequestRefusedError(503, tooManyBodies)));

    function stop(): void {
      place.leave();
      request.off('data', take).off('end', finish).off('close', endTooEarly).off('error', endTooEarly);
      request.on('error', () => undefined);
      // Drop the rest as it arrives, until the response has ended the connection.
      request.resume();
    }
    function refuse(refusal: RequestRefusedError): void {
      stop();
      reject(refusal);
    }
    const endTooEarly = () => refuse(new RequestRefusedError(400, 'The body ended too early.'));

    function take(piece: Buffer): void {
      pieces += 1;
      const needed = size + piece.length;
      if (needed > limit) {
        refuse(tooLarge());
        return;
      }
      if (pieces > manyPieces && needed < pieces * tinyPiece) {
        refuse(new RequestRefusedError(400, 'The body came in too many tiny pieces.'));
        return;
      }
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, 2 * bytes.length, firstCapacity)));
        bytes.copy(larger, 0, 0, size);
        bytes = larger;
      }
      piece.copy(bytes, size);
      size = needed;
      place.hold(bytes.length);
    }
    function finish(): void {
      stop();
      resolve(bytes.subarray(0, size));
    }

    if (request.destroyed) {
      endTooEarly();
      return;
    }
    waitingForContinue.get(request)?.writeContinue();
    request.on('data', take).on('end', finish).on('close', endTooEarly).on('error', endTooEarly);
  });
}
