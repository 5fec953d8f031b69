import { readLimitedBody } from '../limitedBody.ts';

/** The longest response, in bytes. A real answer to an activity contains at most a bot's replies. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** How the channel calls out: to bots and to Graph. */
export interface Outbound {
  readonly fetch: typeof fetch;
  /** A signal that aborts after so many milliseconds. Real time, whatever the emulator's clock says: bots live in it. */
  readonly deadline: (ms: number) => AbortSignal;
  /** Aborted when the channel closes. */
  readonly closing: AbortSignal;
}

export type Reply =
  | { outcome: 'answered'; status: number; text: string }
  /** No whole answer within the time limit. */
  | { outcome: 'gaveUp' }
  /** No connection, a broken one, an answer without end, or the channel is closing. */
  | { outcome: 'unreachable' };

/** Posts JSON and reads the whole answer. Never rejects; a redirect counts as an answer. */
export async function postJson(
  outbound: Outbound,
  url: string,
  body: unknown,
  token: string,
  timeLimit: number,
): Promise<Reply> {
  const deadline = outbound.deadline(timeLimit);
  try {
    const response = await outbound.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([deadline, outbound.closing]),
    });
    const { text, whole } = await readLimitedBody(response, maxAnswerBytes);
    return whole ? { outcome: 'answered', status: response.status, text } : { outcome: 'unreachable' };
  } catch {
    return { outcome: deadline.aborted ? 'gaveUp' : 'unreachable' };
  }
}
