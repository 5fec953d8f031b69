import type { ServerResponse } from 'node:http';
import { ownOriginOnly } from './answer.ts';

/** A spoiled response: an HTML page instead of JSON, fewer bytes than announced, or one byte at a time. */
export type BrokenBody = 'html' | 'cut' | 'drip';

/** No response: the connection is cut, or stays open in silence until the caller gives up. */
export type BrokenConnection = 'reset' | 'silent';

export interface IntactAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds between two bytes of a dripping response. */
const dripMs = 1000;

const page = '<!DOCTYPE html><html><head><title>Sorry</title></head><body>Something went wrong.</body></html>';

/** @param pace waits between two bytes that drip */
export async function answerBroken(
  response: ServerResponse,
  how: BrokenBody,
  { status, body, headers = {} }: IntactAnswer,
  pace: (ms: number) => Promise<void>,
): Promise<void> {
  const json = { 'content-type': 'application/json; charset=utf-8', ...ownOriginOnly, ...headers };
  const bytes = Buffer.from(body);
  switch (how) {
    case 'html':
      response.writeHead(status, { ...ownOriginOnly, ...headers, 'content-type': 'text/html; charset=utf-8' });
      response.end(page);
      return;
    case 'cut': {
      response.writeHead(status, { ...json, 'content-length': String(bytes.length) });
      const half = bytes.subarray(0, Math.floor(bytes.length / 2));
      await new Promise<void>((resolve) => response.write(half, () => resolve()));
      response.socket?.destroy();
      return;
    }
    case 'drip':
      response.writeHead(status, { ...json, 'content-length': String(bytes.length) });
      for (const byte of bytes) {
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
        await pace(dripMs);
      }
      response.end();
  }
}

/** Cuts the connection, or leaves it silent until the caller gives up. */
export function breakConnection(response: ServerResponse, how: BrokenConnection): void {
  if (how === 'reset') response.socket?.resetAndDestroy();
}
