import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect } from 'chai';
import { limitConnections, limitPipelines } from '../../../adapters/http/connectionLimit.ts';
import { connectTo, rawRequest } from '../../support/rawRequest.ts';

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n';

describe('the limit of connections', () => {
  async function stage(max: number, handle: (request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer(handle);
    limitConnections(server, max);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const open = async (bytes = ''): Promise<Socket> => {
      const accepted = once(server, 'connection');
      const socket = connectTo(url);
      await accepted;
      const begun = bytes === '' ? undefined : once(server, 'request');
      socket.write(bytes);
      await begun;
      return socket;
    };
    const close = async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    };
    return { server, url, open, close };
  }
  const answer = (_request: IncomingMessage, response: ServerResponse) => void response.end('ok');

  it('ends the one that has been waiting for longest, and answers the newest', async () => {
    const { url, open, close } = await stage(3, answer);
    const sockets = [await open(), await open(), await open()];
    const ended = once(sockets[0]!, 'close');
    expect((await rawRequest(url, get.replace('Host', 'Connection: close\r\nHost'))).statuses).to.deep.equal([200]);
    await ended;
    expect(sockets.slice(1).map(({ destroyed }) => destroyed)).to.deep.equal([false, false]);
    await close();
  });

  it('ends those that hold back the end of their body as well', async () => {
    const { url, open, close } = await stage(2, (request) => void request.resume());
    const sockets = [await open(`${post}{`), await open(`${post}{`)];
    const ended = once(sockets[0]!, 'close');
    connectTo(url);
    await ended;
    await close();
  });

  it('never ends one whose request is complete', async () => {
    const responses: ServerResponse[] = [];
    const { open, close } = await stage(2, (request, response) => {
      responses.push(response);
      request.resume();
    });
    const busy = [await open(get), await open(`${post}{}`)];
    const late = await open();
    await once(late, 'close');
    for (const socket of busy) expect(socket.destroyed).to.equal(false);
    const answers = busy.map((socket) => once(socket, 'data'));
    for (const response of responses) response.end('ok');
    await Promise.all(answers);
    await close();
  });

  it('has a connection wait anew from its last answer', async () => {
    const { open, close } = await stage(2, answer);
    const older = await open();
    const newer = await open();
    const answered = once(older, 'data');
    older.write(get);
    await answered;
    const ended = once(newer, 'close');
    await open();
    await ended;
    expect(older.destroyed).to.equal(false);
    await close();
  });

  it('counts no connection that is gone', async () => {
    const { server, open, close } = await stage(2, answer);
    for (let i = 0; i < 20; i += 1) {
      const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
      (await open()).destroy();
      await closed;
    }
    const sockets = [await open(), await open()];
    expect(sockets.map(({ destroyed }) => destroyed)).to.deep.equal([false, false]);
    await close();
  });

  it('lets sixteen requests wait for their answers on one connection, and nobody is asked about more', async () => {
    const asked: string[] = [];
    const { server, open, close } = await stage(10, ({ url = '' }) => void asked.push(url));
    limitPipelines(server);
    const socket = await open(get.repeat(40));
    await new Promise((resolve) => (socket.destroyed ? resolve(undefined) : socket.once('close', resolve)));
    expect(asked).to.have.length(16);
    await close();
  });
});
