import type { IncomingMessage } from 'node:http';
import { isJsonObject, parseJson, type JsonObject } from '../json.ts';

/** A request that cannot be read: too long, or not what its content type says. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError';
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/** From this many chunks on they need a minimum average size: a body sent byte by byte costs hundreds of times its length. */
const piecesOfAnySize = 1000;
const smallestAverage = 64;

/**
 * The bytes of the body, which signatures are made over. A body beyond the limit, or in too small chunks, is not kept but still read to
 * its end, so that the response gets through.
 */
export async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  let length = 0;
  let pieces = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pieces += 1;
    if (pieces > piecesOfAnySize && (length + piece.length) / pieces < smallestAverage) {
      request.resume();
      throw new UnreadableBodyError(400, 'The body comes in too many small pieces.');
    }
    if (length + piece.length > limitBytes) {
      request.resume();
      throw new UnreadableBodyError(413, `The body is longer than ${limitBytes} bytes.`);
    }
    if (length + piece.length > bytes.length) {
      bytes = Buffer.concat([bytes.subarray(0, length)], Math.min(limitBytes, 2 * (length + piece.length)));
    }
    piece.copy(bytes, length);
    length += piece.length;
  }
  return bytes.subarray(0, length);
}

/** The whole body as text. */
export async function readText(request: IncomingMessage, limitBytes: number): Promise<string> {
  return (await readBytes(request, limitBytes)).toString('utf8');
}

/** The body as a JSON object; an empty body is an empty object. */
export function parseJsonObject(text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new UnreadableBodyError(400, 'The body has to be a JSON object.');
  return value;
}
