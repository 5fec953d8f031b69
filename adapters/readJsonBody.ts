import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './requestRefused.ts';

/**
 * Reads a request's body as JSON.
 *
 * @param limit the most bytes that are read
 * @throws {RequestRefused} 400, 413 or 415 with a sentence for the caller; nothing of the body is repeated in it
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new RequestRefused(415, 'The body must be application/json.');
  const tooLarge = new RequestRefused(413, `The body must not be larger than ${limit} bytes.`);
  if (Number(request.headers['content-length']) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (err) {
    throw err instanceof RequestRefused ? err : new RequestRefused(400, 'The body is not valid JSON.');
  }
}
