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

/**
 * The bytes of the body; signatures are made over these. It is read to its end even when it is too long, so that an answer gets
 * through, but what is beyond the limit is not kept.
 */
export async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
  }
  if (length > limitBytes) throw new UnreadableBodyError(413, `The body is longer than ${limitBytes} bytes.`);
  return Buffer.concat(chunks);
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
