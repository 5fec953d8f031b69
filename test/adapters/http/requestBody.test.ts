import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createBodyBudget } from '../../../adapters/http/bodyBudget.ts';
import { readBytes } from '../../../adapters/http/requestBody.ts';
import type { RequestRefusedError } from '../../../adapters/http/answer.ts';
import { connectTo, readAnswer } from '../../support/rawRequest.ts';

/** A request of which the test pushes each piece of the body. */
function open() {
  const stream = Object.assign(new PassThrough(), { headers: {} });
  return { stream, request: stream as unknown as IncomingMessage };
}
const outcomeOf = (work: Promise<Buffer>): Promise<string> =>
  work.then(
    (bytes) => bytes.toString(),
    (err: unknown) => `${(err as RequestRefusedError).status} ${(err as Error).message}`,
  );

describe('readBytes', () => {
  it('gives the bytes as they came, in however many pieces', async () => {
    const { stream, request } = open();
    const read = readBytes(request, 1_000_000);
    const pieces = Array.from({ length: 900 }, (_, i) => Buffer.alloc((i * 37) % 500, i));
    for (const piece of pieces) if (piece.length > 0) stream.write(piece);
    stream.end();
    expect((await read).equals(Buffer.concat(pieces))).to.equal(true);
  });

  it('gives nothing for an empty body', async () => {
    const { stream, request } = open();
    stream.end();
    expect(await readBytes(request, 10)).to.have.length(0);
  });

  it('takes a thousand pieces of one byte, and no more', async () => {
    for (const [count, wanted] of [
      [1_000, 'x'.repeat(1_000)],
      [1_001, '400 The body came in too many tiny pieces.'],
    ] as const) {
      const { stream, request } = open();
      const read = outcomeOf(readBytes(request, 100_000));
      for (let i = 0; i < count; i += 1) stream.write('x');
      stream.end();
      expect(await read).to.equal(wanted);
    }
  });

  it('takes any number of pieces of a fair size', async () => {
    const { stream, request } = open();
    const read = readBytes(request, 1_000_000);
    for (let i = 0; i < 5_000; i += 1) stream.write('x'.repeat(64));
    stream.end();
    expect(await read).to.have.length(320_000);
  });

  it('has the oldest body make room when all of them hold too much', async () => {
    const budget = createBodyBudget(20_000);
    const slow = open();
    const slowEnd = outcomeOf(readBytes(slow.request, 100_000, budget));
    slow.stream.write(Buffer.alloc(12_000));
    const honest = open();
    const honestEnd = readBytes(honest.request, 100_000, budget);
    honest.stream.end(Buffer.alloc(10_000));
    expect(await honestEnd).to.have.length(10_000);
    expect(await slowEnd).to.equal('503 Too many bodies are coming in. The request may be sent again later.');
  });

  it('gives its room back, however a body ends', async () => {
    const budget = createBodyBudget(20_000);
    for (let round = 0; round < 50; round += 1) {
      for (const end of [
        (stream: PassThrough) => stream.end(Buffer.alloc(9_000)),
        (stream: PassThrough) => stream.end(Buffer.alloc(11_000)),
        (stream: PassThrough) => stream.destroy(new Error('aborted')),
      ]) {
        const { stream, request } = open();
        const read = outcomeOf(readBytes(request, 10_000, budget));
        stream.write('x');
        end(stream);
        await read;
      }
    }
    const last = open();
    const read = readBytes(last.request, 20_000, budget);
    last.stream.end(Buffer.alloc(20_000));
    expect(await read).to.have.length(20_000);
  });

  it('answers who sends tiny chunks, and ends the connection', async () => {
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      void outcomeOf(readBytes(request, 100_000)).then((text) => {
        response.setHeader('connection', 'close');
        response.end(text);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write('1\r\nx\r\n'.repeat(20_000));
    const { text } = await readAnswer(socket);
    expect(text).to.include('400 The body came in too many tiny pieces.');
    server.close();
    await once(server, 'close');
  });
});

describe('the budget of bodies', () => {
  it('counts what each holds at its latest size, and asks the oldest first', () => {
    const given: string[] = [];
    const budget = createBodyBudget(100);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => budget.enter(() => given.push(name)));
    a!.hold(30);
    b!.hold(30);
    a!.hold(40);
    c!.hold(30);
    expect(given).to.deep.equal([]);
    c!.hold(31);
    expect(given).to.deep.equal(['a']);
    a!.hold(1_000);
    a!.leave();
    expect(given).to.deep.equal(['a']);
    b!.leave();
    c!.hold(100);
    expect(given).to.deep.equal(['a']);
    c!.hold(101);
    expect(given).to.deep.equal(['a', 'c']);
  });
});
