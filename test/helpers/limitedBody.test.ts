import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createSigningKeySource, SigningKeysUnavailableError } from '../../adapters/azure/signingKeySource.ts';
import { createAsk } from '../../commands/doctor/httpAsk.ts';
import { postJson } from '../../emulator/azureChannel/outbound.ts';
import { askForWebhook } from '../../emulator/delivery/webhookHandshake.ts';
import { readLimitedBody as readByEmulator } from '../../emulator/limitedBody.ts';
import { readLimitedBody } from '../../helpers/limitedBody.ts';

const stops: (() => Promise<void>)[] = [];
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Sends for as long as the reader takes it. `ended` resolves with how many bytes were written once the reader has hung up. */
async function serveWithoutEnd(): Promise<{ url: string; ended: Promise<number> }> {
  let over: (bytes: number) => void;
  const ended = new Promise<number>((resolve) => (over = resolve));
  const piece = Buffer.alloc(64 * 1024, ' ');
  const url = await serve((_request, response) => {
    let sent = 0;
    let gone = false;
    const go = (): void => {
      while (!gone) {
        sent += piece.length;
        if (response.write(piece)) continue;
        response.once('drain', go);
        return;
      }
    };
    response.once('close', () => {
      gone = true;
      over(sent);
    });
    go();
  });
  return { url, ended };
}

/** What the sockets of both ends may hold beyond what was read. */
const underWay = 16 * 1024 * 1024;

describe('the body of an answer', () => {
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  for (const [whose, read] of [
    ["the bot's", readLimitedBody],
    ["the emulator's", readByEmulator],
  ] as const) {
    it(`is read whole up to the limit, characters in two pieces too, by ${whose} reader`, async () => {
      const bytes = Buffer.from('Grüße 👋');
      const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
      const response = () => new Response(ReadableStream.from(pieces));
      expect(await read(response(), bytes.length)).to.deep.equal({ text: 'Grüße 👋', whole: true });
      expect(await read(response(), 2)).to.deep.equal({ text: 'Gr', whole: false });
      expect(await read(new Response(null), 5)).to.deep.equal({ text: '', whole: true });
    });

    it(`is let go of beyond the limit by ${whose} reader`, async () => {
      const { url, ended } = await serveWithoutEnd();
      const { text, whole } = await read(await fetch(url), 100_000);
      expect([text.length, whole]).to.deep.equal([100_000, false]);
      expect(await ended).to.be.below(underWay);
    });

    it(`is counted as it unfolds by ${whose} reader`, async () => {
      const zip = gzipSync(Buffer.alloc(50_000_000));
      const url = await serve((_request, response) => void response.setHeader('content-encoding', 'gzip').end(zip));
      const { text, whole } = await read(await fetch(url), 1_000);
      expect([text.length, whole]).to.deep.equal([1_000, false]);
    });
  }

  const readers: Record<string, (url: string) => Promise<unknown>> = {
    'the signing keys': async (url) => {
      const error: unknown = await createSigningKeySource({ metadataUrl: url, timeoutMs: 15_000 })
        .find('a')
        .catch((err: unknown) => err);
      expect(error).to.be.instanceOf(SigningKeysUnavailableError);
    },
    'the doctor': async (url) => {
      const reply = await createAsk()(url);
      expect(reply.type === 'answer' && reply.body.length).to.equal(100_000);
    },
    "the emulator's channel": async (url) => {
      const open = new AbortController().signal;
      const outbound = { fetch, deadline: () => open, closing: open };
      expect(await postJson(outbound, url, {}, 't', 15_000)).to.deep.equal({ outcome: 'unreachable' });
    },
    "the emulator's webhook handshake": async (url) => {
      const error: unknown = await askForWebhook({ callbackUrl: url, verifyToken: 'v' }, fetch).catch(
        (err: unknown) => err,
      );
      expect(String(error)).to.include('bare hub.challenge');
    },
  };
  for (const [whose, ask] of Object.entries(readers)) {
    it(`that never ends costs ${whose} no more than its limit`, async () => {
      const { url, ended } = await serveWithoutEnd();
      await ask(url);
      expect(await ended).to.be.below(underWay);
    });
  }
});
