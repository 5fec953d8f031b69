import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createDeskClient } from '../../../helpers/handoff/deskClient.ts';
import { isSigned, readClaim, signedHeaders } from '../../../helpers/handoff/signedMessage.ts';
import { Secret } from '../../../helpers/secret.ts';

const secret = new Secret('fake-desk-secret');
const now = Date.parse('2026-11-27T12:00:00Z');
const message = { id: 'handoff-1', body: '{"summary":"ü 😀"}' };

async function withDesk<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/handoff`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('What the bot tells a desk', () => {
  it('is signed over id, time and body, so that the desk knows who says it', async () => {
    const got: { headers: IncomingHttpHeaders; body: string }[] = [];
    const answer = await withDesk(
      (request, response) => {
        const pieces: Buffer[] = [];
        request.on('data', (piece: Buffer) => pieces.push(piece));
        request.on('end', () => {
          got.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
          response.end('{}');
        });
      },
      (url) => createDeskClient({ url, secret, now: () => now })(message),
    );
    expect(answer).to.deep.equal({ state: 'delivered' });
    expect(got.map(({ body }) => body)).to.deep.equal([message.body]);
    const claim = readClaim(got[0]?.headers ?? {}, now);
    if (typeof claim === 'string') throw new Error(claim);
    expect(claim.id).to.equal(message.id);
    expect(isSigned(claim, Buffer.from(message.body), secret)).to.equal(true);
    expect(isSigned(claim, Buffer.from('{}'), secret)).to.equal(false);
    expect(isSigned(claim, Buffer.from(message.body), new Secret('another-secret'))).to.equal(false);
    for (const changed of [{ id: 'handoff-2' }, { timestamp: String(now / 1000 + 1) }]) {
      expect(isSigned({ ...claim, ...changed }, Buffer.from(message.body), secret)).to.equal(false);
    }
  });

  it('has the signature that anybody computes from id, time and body', () => {
    const { 'webhook-timestamp': timestamp, 'webhook-signature': signature } = signedHeaders(
      message,
      secret,
      now + 999,
    );
    expect(timestamp).to.equal(String(now / 1000));
    const signed = createHmac('sha256', 'fake-desk-secret').update(`handoff-1.${timestamp}.${message.body}`);
    expect(signature).to.equal(`v1,${signed.digest('base64')}`);
  });

  it('may be told again, or not, by the status of the answer', async () => {
    const states = {
      200: 'delivered',
      202: 'delivered',
      302: 'refused',
      400: 'refused',
      401: 'refused',
      404: 'refused',
    };
    const later = {
      408: 'unavailable',
      425: 'unavailable',
      429: 'unavailable',
      500: 'unavailable',
      503: 'unavailable',
    };
    for (const [status, state] of Object.entries({ ...states, ...later })) {
      const redirected: string[] = [];
      const answer = await withDesk(
        (request, response) => {
          redirected.push(request.url ?? '');
          response.writeHead(Number(status), { location: '/elsewhere' }).end('x'.repeat(100_000));
        },
        (url) => createDeskClient({ url, secret })(message),
      );
      expect(answer.state, status).to.equal(state);
      expect(redirected).to.deep.equal(['/handoff']);
    }
  });

  it('may be told again when there was no answer, and never throws', async () => {
    const silent = await withDesk(
      () => undefined,
      (url) => createDeskClient({ url, secret, timeoutMs: 20 })(message),
    );
    const cut = await withDesk(
      (request) => request.socket.destroy(),
      (url) => createDeskClient({ url, secret })(message),
    );
    const gone = await createDeskClient({ url: 'http://127.0.0.1:1/', secret })(message);
    expect([silent, cut, gone]).to.deep.equal(Array(3).fill({ state: 'unavailable' }));
  });
});

describe('The headers of a signed message', () => {
  const headers = signedHeaders(message, secret, now);

  it('are refused when they are missing, malformed or not from now', () => {
    const claims: readonly (readonly [Record<string, string>, string])[] = [
      [{ 'webhook-signature': '' }, 'missing'],
      [{ 'webhook-signature': 'v1,short=' }, 'malformed'],
      [{ 'webhook-signature': (headers['webhook-signature'] ?? '').replace('v1', 'v2') }, 'malformed'],
      [{ 'webhook-signature': 'v1,'.repeat(10_000) }, 'malformed'],
      [{ 'webhook-id': '' }, 'malformed'],
      [{ 'webhook-id': 'a b' }, 'malformed'],
      [{ 'webhook-id': 'x'.repeat(201) }, 'malformed'],
      [{ 'webhook-timestamp': 'now' }, 'malformed'],
      [{ 'webhook-timestamp': '-5' }, 'malformed'],
      [{ 'webhook-timestamp': String(now / 1000 - 301) }, 'old'],
      [{ 'webhook-timestamp': String(now / 1000 + 301) }, 'old'],
    ];
    for (const [change, verdict] of claims) expect(readClaim({ ...headers, ...change }, now)).to.equal(verdict);
    expect(readClaim({}, now)).to.equal('missing');
    expect(readClaim({ ...headers, 'webhook-timestamp': String(now / 1000 - 299) }, now)).to.be.an('object');
  });

  it('may have several signatures while the secret is being replaced', () => {
    const other = signedHeaders(message, new Secret('the-former-secret'), now)['webhook-signature'] ?? '';
    const claim = readClaim({ ...headers, 'webhook-signature': `${other} ${headers['webhook-signature'] ?? ''}` }, now);
    expect(typeof claim === 'object' && isSigned(claim, Buffer.from(message.body), secret)).to.equal(true);
  });
});
