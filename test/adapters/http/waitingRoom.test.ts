import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createWaitingRoom, type WaitingRoomOptions } from '../../../adapters/http/waitingRoom.ts';
import { deferred } from '../../support/deferred.ts';

describe('the waiting room', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function start(options: WaitingRoomOptions = {}) {
    const room = createWaitingRoom(options);
    const arrived: string[] = [];
    const waiters: (() => void)[] = [];
    const server = createServer((request, response) => {
      arrived.push(request.url ?? '');
      for (const tell of waiters.splice(0)) tell();
      room.enter(request, response, (goOn) => {
        if (goOn !== false) response.end(`served ${request.url}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text(), again: response.headers.get('retry-after') };
    };
    const untilArrived = async (count: number) => {
      while (arrived.length < count) await new Promise<void>((resolve) => waiters.push(resolve));
    };
    return { room, get, untilArrived, port };
  }

  it('keeps requests until it is open, and then lets them in, and all that come later', async () => {
    const { room, get, untilArrived } = await start();
    const waiting = [get('/one'), get('/two')];
    await untilArrived(2);
    room.open();
    expect((await Promise.all(waiting)).map(({ text }) => text)).to.have.members(['served /one', 'served /two']);
    expect(await get('/three')).to.include({ status: 200, text: 'served /three' });
  });

  it('is alive and not ready meanwhile', async () => {
    const { room, get } = await start();
    expect(await get('/healthz')).to.include({ status: 200, text: '{"status":"alive"}' });
    expect(await get('/readyz?why')).to.include({ status: 503, text: '{"status":"starting"}' });
    room.open();
    expect(await get('/readyz')).to.include({ status: 200, text: 'served /readyz' });
  });

  it('sends away who would be one too many, and says when to come again', async () => {
    const { room, get, untilArrived } = await start({ limit: 1 });
    const first = get('/one');
    await untilArrived(1);
    expect(await get('/two')).to.include({ status: 503, again: '2' });
    room.open();
    expect(await first).to.include({ status: 200 });
  });

  it('sends away who has waited too long, and has room for another one then', async () => {
    const timers: (() => void)[] = [];
    const after = (_ms: number, work: () => void) => {
      timers.push(work);
      return () => undefined;
    };
    const { room, get, untilArrived } = await start({ limit: 1, after });
    const first = get('/one');
    await untilArrived(1);
    timers[0]?.();
    expect(await first).to.include({ status: 503, again: '2' });
    const second = get('/two');
    await untilArrived(2);
    room.open();
    expect(await second).to.include({ status: 200 });
  });

  it('has room again when somebody leaves', async () => {
    const left = deferred();
    const { room, get, untilArrived, port } = await start({ limit: 1, after: () => left.resolve });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await untilArrived(1);
    socket.destroy();
    await left.promise;
    const second = get('/two');
    await untilArrived(2);
    room.open();
    expect(await second).to.include({ status: 200 });
  });
});
