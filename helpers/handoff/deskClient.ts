import type { Secret } from '../secret.ts';
import { signedHeaders, type DeskMessage } from './signedMessage.ts';

/** How an attempt to tell the desk something ended. */
export type DeskAnswer =
  | { readonly state: 'delivered' }
  /** It will not take this, however often it is told. */
  | { readonly state: 'refused'; readonly status: number }
  /** It may take it later. It may have it already, and knows it by its id then. */
  | { readonly state: 'unavailable'; readonly status?: number };

export type TellDesk = (message: DeskMessage) => Promise<DeskAnswer>;

export interface DeskClientOptions {
  url: string;
  secret: Secret;
  /** How long an attempt may take, in milliseconds. Default: 10 seconds. */
  timeoutMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Statuses that say something about now, not about the message. */
const passing = new Set([408, 425, 429]);

/** Posts signed messages to the desk, one attempt each. Follows no redirect, reads nothing of the answer, and never rejects. */
export function createDeskClient({ url, secret, timeoutMs = 10_000, now = Date.now }: DeskClientOptions): TellDesk {
  return async (message) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signedHeaders(message, secret, now()) },
        body: message.body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      const { status, ok } = response;
      if (ok) return { state: 'delivered' };
      return status >= 500 || passing.has(status) ? { state: 'unavailable', status } : { state: 'refused', status };
    } catch {
      return { state: 'unavailable' };
    }
  };
}
