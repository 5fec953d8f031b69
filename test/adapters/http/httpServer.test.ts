import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer as createNodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBot } from '../../../bots/samples/createBot.ts';
import { createHttpServer, httpTimeLimits } from '../../../adapters/http/httpServer.ts';
import { createBotServer, type BotServer } from '../../../server.ts';
import { connectTo, rawRequest, readAnswer } from '../../support/rawRequest.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';
import { testSettings } from '../../support/testSettings.ts';

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

/** A request to the bot's endpoint with these header lines besides. */
const post = (headers: string, body = ''): string =>
  `${crlf(`POST /api/messages HTTP/1.1\nHost: localhost\nContent-Type: application/json\n${headers}\n\n`)}${body}`;

describe('a server of the project', () => {
  it("leaves Node's own responses as they are documented for other code of the process", async () => {
    const other = createNodeServer((_request, response) => response.writeHead(418).end('chained'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const response = await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    expect([response.status, await response.text()]).to.deep.equal([418, 'chained']);
    other.closeAllConnections();
    other.close();
    await once(other, 'close');
  });
});

describe('the HTTP edge', () => {
  let server: BotServer;
  before(async () => {
    server = await createBotServer(testSettings(), { createBot, logger: createRecordingLogger() });
  });
  after(() => server.close());
  afterEach('the next request is answered', async () => {
    const { statuses } = await rawRequest(server.url, crlf('GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n'));
    expect(statuses).to.deep.equal([200]);
  });

  const words = {
    badHost: 'The address or the Host header is malformed.',
    nothing: 'There is nothing at this address.',
    method: 'This address does not take this method.',
    compressed: 'The body must not be compressed.',
    json: 'The body must be application/json.',
  };

  const plain: [what: string, request: string, status: number, error: string][] = [
    ...['a b', '[', 'x:99999', 'foo|bar', 'a@b:c', '%', '[::1', 'x y:1', '<x>', '^'].map(
      (host): [string, string, number, string] => [
        `the host ${host}`,
        `GET /healthz HTTP/1.1\nHost: ${host}\n\n`,
        400,
        words.badHost,
      ],
    ),
    ['an address that is none', 'GET http://[/ HTTP/1.1\nHost: x\n\n', 400, words.badHost],
    ['an unknown address', 'GET /secret-path HTTP/1.1\nHost: x\n\n', 404, words.nothing],
    ['the root', 'GET / HTTP/1.1\nHost: x\n\n', 404, words.nothing],
    ['a script in the address', 'GET /<script>alert(1)</script> HTTP/1.1\nHost: x\n\n', 404, words.nothing],
    ['broken percent signs', 'GET /%ff%zz HTTP/1.1\nHost: x\n\n', 404, words.nothing],
    ['a way upwards', 'GET /../../etc/passwd HTTP/1.1\nHost: x\n\n', 404, words.nothing],
    ['two slashes', 'GET //healthz HTTP/1.1\nHost: x\n\n', 404, words.nothing],
    ['an unknown address that wants a picture', 'GET /x HTTP/1.1\nHost: x\nAccept: image/png\n\n', 404, words.nothing],
    ['GET of the endpoint', 'GET /api/messages HTTP/1.1\nHost: x\n\n', 405, words.method],
    ['PUT to the endpoint', 'PUT /api/messages HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}', 405, words.method],
    ['DELETE', 'DELETE /healthz HTTP/1.1\nHost: x\n\n', 405, words.method],
    ['OPTIONS', 'OPTIONS /api/messages HTTP/1.1\nHost: x\n\n', 405, words.method],
    ['TRACE', 'TRACE /healthz HTTP/1.1\nHost: x\n\n', 405, words.method],
    ...['gzip', 'deflate', 'br', 'x', 'identity, gzip'].map((encoding): [string, string, number, string] => [
      `a body in ${encoding}`,
      `POST /api/messages HTTP/1.1\nHost: localhost\nContent-Encoding: ${encoding}\nContent-Length: 2\n\n{}`,
      415,
      words.compressed,
    ]),
    [
      'another expectation',
      'POST /api/messages HTTP/1.1\nHost: localhost\nExpect: fish\nContent-Length: 2\n\n',
      417,
      'Nothing but 100-continue can be expected.',
    ],
  ];
  for (const [what, request, status, error] of plain) {
    it(`answers ${what} with ${status} in plain words`, async () => {
      const answer = await rawRequest(server.url, crlf(request));
      expect(answer.statuses).to.deep.equal([status]);
      expect(answer.json).to.deep.equal({ error });
      expect(answer.text)
        .to.match(/^connection: close\r$/im)
        .and.match(/^content-type: application\/json\r$/im);
      expect(answer.text).to.not.match(/^(server|x-powered-by):/im);
      expect(answer.text).to.not.match(/restify|node_modules|secret-path|script|\bat \S+ \(/i);
    });
  }

  it('says with a 405 which method would do', async () => {
    const answer = await rawRequest(server.url, crlf('GET /api/messages HTTP/1.1\nHost: x\n\n'));
    expect(answer.text).to.match(/^allow: POST\r$/im);
  });

  it('answers HEAD without a body', async () => {
    const answer = await rawRequest(server.url, crlf('HEAD /healthz HTTP/1.1\nHost: x\n\n'));
    expect(answer.statuses).to.deep.equal([405]);
    expect(answer.text).to.match(/\r\n\r\n$/);
  });

  it('forbids caching and guessing of its answers, and names no server', async () => {
    const answer = await rawRequest(server.url, crlf('GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n'));
    expect(answer.text)
      .to.match(/^cache-control: no-store\r$/im)
      .and.match(/^x-content-type-options: nosniff\r$/im);
    expect(answer.text).to.not.match(/^(server|x-powered-by):/im);
  });

  const refusedByNode: [what: string, request: string | Buffer][] = [
    ['two different lengths', 'Content-Length: 2\nContent-Length: 3\n\n{}'],
    ['a length and chunks', 'Content-Length: 2\nTransfer-Encoding: chunked\n\n0\n\n'],
    ['chunks and something else', 'Transfer-Encoding: chunked, identity\n\n0\n\n'],
    ['chunks that are spelled oddly', 'Transfer-Encoding: xchunked\n\n0\n\n'],
    ['a blank before the colon', 'Content-Length : 2\n\n{}'],
    ['a negative length', 'Content-Length: -2\n\n{}'],
    ['a length in hexadecimal', 'Content-Length: 0x2\n\n{}'],
    ['a length with a sign', 'Content-Length: +2\n\n{}'],
    ['a header that goes on in the next line', 'X: a\n Content-Length: 2\nContent-Length : 3\n\n{}'],
    ['a chunk whose size is no number', 'Transfer-Encoding: chunked\n\nzz\n{}\n0\n\n'],
    ['a chunk size that is far too large', 'Transfer-Encoding: chunked\n\nffffffffffffffffff\n'],
    ['a zero byte in a header', 'X: \0\nContent-Length: 2\n\n{}'],
  ].map(([what, rest]) => [
    what!,
    crlf(`POST /api/messages HTTP/1.1\nHost: localhost\nContent-Type: application/json\n${rest}`),
  ]);
  for (const [what, request] of refusedByNode) {
    it(`takes no request with ${what}, nor anything behind it`, async () => {
      const hidden = crlf('GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n');
      const { statuses, text } = await rawRequest(server.url, `${String(request)}${hidden}`);
      expect(statuses).to.deep.equal([400]);
      expect(text).to.not.contain('alive');
    });
  }

  it('takes lines that end without a carriage return for no request', async () => {
    const { statuses } = await rawRequest(server.url, 'GET /healthz HTTP/1.1\nHost: x\n\n');
    expect(statuses).to.deep.equal([400]);
  });

  it('takes no request without a host', async () => {
    expect((await rawRequest(server.url, crlf('GET /healthz HTTP/1.1\n\n'))).statuses).to.deep.equal([400]);
  });

  it('refuses headers that are far too large', async () => {
    const request = crlf(`GET /healthz HTTP/1.1\nHost: x\nX: ${'a'.repeat(20_000)}\n\n`);
    expect((await rawRequest(server.url, request)).statuses).to.deep.equal([431]);
  });

  it('does not take the rest of a refused request for the next one', async () => {
    const body = crlf('GET /healthz HTTP/1.1\nHost: x\n\n').repeat(3);
    const { statuses } = await rawRequest(server.url, crlf(`POST /x HTTP/1.1\nHost: x\nContent-Length: 9\n\n`) + body);
    expect(statuses).to.deep.equal([404]);
  });

  it('answers several requests on one connection, and ends it with the first that it refuses', async () => {
    const good = crlf('GET /healthz HTTP/1.1\nHost: x\n\n');
    const bad = crlf('GET /nothing HTTP/1.1\nHost: x\n\n');
    expect((await rawRequest(server.url, good + good + bad + good)).statuses).to.deep.equal([200, 200, 404]);
  });

  it('tells a client that asks first to go on', async () => {
    const socket = connectTo(server.url);
    socket.write(post('Expect: 100-continue\nConnection: close\nContent-Length: 2'));
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).to.match(/^HTTP\/1\.1 100 Continue/);
    socket.write('{}');
    const { statuses, json } = await readAnswer(socket);
    expect(statuses).to.deep.equal([400]);
    expect(json).to.deep.equal({ error: 'The body must be an activity: an object with a type.' });
  });

  it('does not tell a client to go on with a body that is too large', async () => {
    const { statuses } = await rawRequest(server.url, post('Expect: 100-continue\nContent-Length: 9999999'));
    expect(statuses).to.deep.equal([413]);
  });

  it('treats a request for another protocol as an ordinary one', async () => {
    const request = 'GET /healthz HTTP/1.1\nHost: x\nUpgrade: websocket\nConnection: upgrade, close\n\n';
    expect((await rawRequest(server.url, crlf(request))).json).to.deep.equal({ status: 'alive' });
  });

  it('is no proxy', async () => {
    const { text } = await rawRequest(server.url, crlf('CONNECT example.com:443 HTTP/1.1\nHost: x\n\n'));
    expect(text).to.equal('');
  });

  it('writes no upload to the disk', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'uploads-'));
    const usual = process.env['TMPDIR'];
    process.env['TMPDIR'] = directory;
    try {
      const body = crlf(
        `--b\nContent-Disposition: form-data; name="f"; filename="x"\n\n${'a'.repeat(100_000)}\n--b--\n`,
      );
      const head = `POST /api/messages HTTP/1.1\nHost: localhost\nContent-Type: multipart/form-data; boundary=b\n`;
      const { statuses, json } = await rawRequest(server.url, crlf(`${head}Content-Length: ${body.length}\n\n`) + body);
      expect(statuses).to.deep.equal([415]);
      expect(json).to.deep.equal({ error: words.json });
      expect(readdirSync(directory)).to.deep.equal([]);
    } finally {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the HTTP server', () => {
  it('gives slow clients up in less than twelve seconds', async () => {
    const { server } = createHttpServer();
    expect(server.headersTimeout).to.equal(5_000);
    expect(server.requestTimeout).to.equal(10_000);
    expect(server).to.have.property('connectionsCheckingInterval', 1_000);
    expect(httpTimeLimits.request + httpTimeLimits.check).to.be.below(12_000);
    expect(httpTimeLimits.headers + httpTimeLimits.check).to.be.below(12_000);
  });

  it('relies on a setting that this version of Node has', () => {
    expect(createNodeServer()).to.have.property('connectionsCheckingInterval', 30_000);
  });

  it('answers 500 without details when a route throws', async () => {
    const server = createHttpServer();
    server.get('/broken', async () => {
      await Promise.reject(new Error('inner workings'));
    });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as { port: number };
    const answer = await rawRequest(`http://127.0.0.1:${port}`, crlf('GET /broken HTTP/1.1\nHost: x\n\n'));
    expect(answer.statuses).to.deep.equal([500]);
    expect(answer.json).to.deep.equal({ error: 'The request could not be handled.' });
    expect(answer.text).to.not.contain('inner');
    server.close();
    await once(server.server, 'close');
  });
});

describe('the HTTP edge against what costs time and no bytes', () => {
  let server: BotServer;
  before(async () => {
    server = await createBotServer(testSettings(), { createBot, logger: createRecordingLogger() });
  });
  after(() => server.close());

  for (const [what, headers, body] of [
    ['a length', 'Content-Length: 2', '{}'],
    ['chunks', 'Transfer-Encoding: chunked', '1\r\nx\r\n'.repeat(50_000)],
  ] as const) {
    for (const path of ['/healthz', '/readyz', '/webhook']) {
      it(`answers GET ${path} with ${what} at once, and ends the connection`, async () => {
        const { statuses, json } = await rawRequest(
          server.url,
          `${crlf(`GET ${path} HTTP/1.1\nHost: x\n${headers}\n\n`)}${body}`,
        );
        expect(statuses).to.deep.equal([400]);
        expect(json).to.deep.equal({ error: 'A request of this method must not have a body.' });
      });
    }
  }

  it('takes an empty body with GET, as some probes say it', async () => {
    const { statuses } = await rawRequest(
      server.url,
      crlf('GET /healthz HTTP/1.1\nHost: x\nContent-Length: 0\nConnection: close\n\n'),
    );
    expect(statuses).to.deep.equal([200]);
  });

  it('ends a connection with thousands of requests that wait for no answer', async () => {
    const socket = connectTo(server.url);
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(crlf('GET /readyz HTTP/1.1\nHost: x\n\n').repeat(2_000));
    await closed;
    expect(text.split('HTTP/1.1 200').length - 1).to.be.at.most(16);
  });

  it('answers the requests of a connection that asks one after the other', async () => {
    const socket = connectTo(server.url);
    for (let i = 0; i < 100; i += 1) {
      const answered = once(socket, 'data');
      socket.write(crlf('GET /healthz HTTP/1.1\nHost: x\n\n'));
      expect(String((await answered)[0])).to.include('HTTP/1.1 200');
    }
    socket.destroy();
  });
});
