import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../models/readJson.ts';
import { brokenLimitOf } from '../../models/scanJson.ts';
import { readBytes } from './requestBytes.ts';
import { RequestRefused } from './requestRefused.ts';

/** The most bytes of a request's body. Activities are a few kilobytes; attachments come as links. */
export const maxBodyBytes = 256 * 1024;

/** How deep lists and objects may be nested. Activities come to about ten; from some thousands `JSON.stringify` throws. */
export const maxBodyDepth = 32;

/** How many values a body may hold. A thousand standby items come to some 12,000; each costs memory, however short it is. */
export const maxBodyValues = 20_000;

/**
 * Reads a request's body as JSON, as {@link parseJson} does: ids too long for a double stay what they are, and properties
 * called `__proto__` are left out.
 *
 * @param limit the most bytes that are read
 * @throws {RequestRefused} 400, 413 or 415 with a sentence for the caller; nothing of the body is repeated in it
 */
export async function readJsonBody(request: IncomingMessage, limit: number = maxBodyBytes): Promise<unknown> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new RequestRefused(415, 'The body must be application/json.');
  const text = decode(await readBytes(request, limit));
  const broken = brokenLimitOf(text, { depth: maxBodyDepth, values: maxBodyValues });
  if (broken === 'depth') {
    throw new RequestRefused(400, `The body must not be nested deeper than ${maxBodyDepth} levels.`);
  }
  if (broken === 'values') throw new RequestRefused(413, `The body must not hold more than ${maxBodyValues} values.`);
  try {
    return parseJson(text);
  } catch {
    throw new RequestRefused(400, 'The body is not valid JSON.');
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestRefused(400, 'The body is not valid UTF-8.');
  }
}
