/** Called with the head of each message, up to the blank line, and its body. */
export type OnFrame = (head: string, body: Buffer) => void;

const headEnd = '\r\n\r\n';

/**
 * Cuts a stream into HTTP messages. It knows `Content-Length` and nothing else, which is all that the benchmark's partners send, and costs
 * a few microseconds, so that the measuring side does not become what is measured.
 *
 * @throws Error on a chunked body
 */
export function createFrameReader(onFrame: OnFrame): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);

  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const end = pending.indexOf(headEnd);
      if (end === -1) return;
      const head = pending.toString('latin1', 0, end);
      if (/^transfer-encoding:/im.test(head)) throw new Error('The benchmark reads no chunked bodies.');
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      const bodyAt = end + headEnd.length;
      if (pending.length < bodyAt + length) return;
      const body = pending.subarray(bodyAt, bodyAt + length);
      pending = pending.subarray(bodyAt + length);
      onFrame(head, body);
    }
  };
}
