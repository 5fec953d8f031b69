/** The start of a response body as text. */
export interface LimitedBody {
  text: string;
  /** Whether it is all of the body. */
  whole: boolean;
}

/**
 * Reads a response body up to a limit and discards the rest, so that no more is held, however much a server sends. Bytes are counted after
 * decompression, so a small response that unpacks into a large one is cut too.
 *
 * @param limit the most bytes to hold, not counting the piece that exceeds it
 * @throws whatever error ends the connection too early
 */
export async function readLimitedBody(response: Response, limit: number): Promise<LimitedBody> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  const pieces: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const piece of pieces) {
    size += piece.length;
    // Leaving the loop cancels the body and with it the connection.
    if (size > limit) {
      return { text: text + decoder.decode(piece.subarray(0, piece.length - (size - limit))), whole: false };
    }
    text += decoder.decode(piece, { stream: true });
  }
  return { text: text + decoder.decode(), whole: true };
}
