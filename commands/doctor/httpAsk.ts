import { readLimitedBody } from '../../helpers/limitedBody.ts';

/** The response to a plain HTTP request, or why there was none. */
export type HttpReply =
  | { readonly type: 'answer'; readonly status: number; readonly body: string; readonly date: string | undefined }
  | { readonly type: 'nothing'; readonly because: string };

export type Ask = (url: string, init?: RequestInit) => Promise<HttpReply>;

/** The most that is read of a response, in bytes. */
const longestBody = 100_000;

/**
 * Sends requests with a time limit in milliseconds, without following redirects. Never throws. The HTTP client's error is not passed on, since
 * it may repeat the address, and with it a verify token; only the system's code is.
 */
export function createAsk(request: typeof fetch = fetch, limitMs = 10_000): Ask {
  return async (url, init = {}) => {
    const signal = AbortSignal.timeout(limitMs);
    try {
      const response = await request(url, { redirect: 'manual', ...init, signal });
      const { text } = await readLimitedBody(response, longestBody);
      return { type: 'answer', status: response.status, body: text, date: response.headers.get('date') ?? undefined };
    } catch (error) {
      if (signal.aborted) return { type: 'nothing', because: `no answer within ${limitMs / 1000} seconds` };
      const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined);
      return {
        type: 'nothing',
        because: code === undefined ? 'the connection failed' : `the connection failed (${code})`,
      };
    }
  };
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? code : undefined;
}
