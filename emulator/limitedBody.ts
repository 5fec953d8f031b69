/** The start of an answer's body as text. */
export interface LimitedBody {
  text: string;
  /** Whether it is all of the body. */
  whole: boolean;
}

/**
 * Reads an answer's body up to a limit and lets go of the rest, so that however much a server sends, no more is held. Bytes are counted
 * as they come out of the decoder: a small compressed answer that unfolds into a large one is cut too.
 *
 * @param limit the most bytes that are held, beside the piece that goes over it
 * @throws whatever ends the connection too early
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
