import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './requestRefused.ts';

/**
 * Reads a request's body as the bytes that came.
 *
 * @param limit the most bytes that are read
 * @throws {RequestRefused} 413 when there are more, 400 when the body ended too early
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  // Made only when it is needed: an error collects its stack, which costs more than reading the body.
  const tooLarge = () => new RequestRefused(413, `The body must not be larger than ${limit} bytes.`);
  if (Number(request.headers['content-length']) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (err) {
    throw err instanceof RequestRefused ? err : new RequestRefused(400, 'The body ended too early.');
  }
  return Buffer.concat(chunks);
}
