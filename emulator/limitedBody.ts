/** The start of an answer's body as text. */
export interface LimitedBody {
  text: string;
  /** Whether it is all of the body. */
  whole: boolean;
}

/**
 * Reads a response's body up to a limit and drops the rest, so that memory stays bounded however much a server sends. Bytes are counted
 * after decompression, so a small compressed response that expands into a large one is cut too.
 *
 * @param limit the most bytes in memory, besides the chunk that exceeds it
 * @throws the error that ends the connection too early
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
