import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { startHttpServer } from '../../../emulator/azureChannel/httpServer.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';

/** Sends a body of chunks over one connection and answers with the first line of what comes back. */
async function sendInPieces(port: number, path: string, pieces: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
  socket.write(`${head}${chunks}0\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString().split('\r\n')[0] ?? '';
}

const json = JSON.stringify({ text: 'x'.repeat(5000) });
const byteByByte = Array.from(json);
const inHundreds = json.match(/.{1,100}/g)!;

describe('A body in pieces', () => {
  const places = {
    async 'the emulated Messenger'() {
      const emulator = await startEmulator();
      const psid = emulator.customers[0]!;
      return { port: emulator.port, path: `/_emulator/customers/${psid}/messages`, close: () => emulator.close() };
    },
    async "Azure's channel"() {
      const server = await startHttpServer(0, () => Promise.resolve({ status: 200 }));
      return { port: server.port, path: '/', close: () => server.close() };
    },
  };
  for (const [name, start] of Object.entries(places)) {
    describe(`for ${name}`, () => {
      let place: Awaited<ReturnType<typeof start>>;
      beforeEach(async () => {
        place = await start();
      });
      afterEach(() => place.close());

      it('is read whatever its pieces are, as long as they have a size', async () => {
        expect(await sendInPieces(place.port, place.path, inHundreds)).to.contain('200');
        expect(await sendInPieces(place.port, place.path, Array.from('{"text":"small"}'))).to.contain('200');
      });

      it('is refused when it comes byte by byte', async () => {
        expect(await sendInPieces(place.port, place.path, byteByByte)).to.contain('400');
        expect(await sendInPieces(place.port, place.path, inHundreds)).to.contain('200');
      });
    });
  }
});
