import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { listenOnLoopback } from '../../../emulator/http/listen.ts';

describe('Listening on this machine', () => {
  const servers: Server[] = [];
  const server = (): Server => {
    const made = createServer();
    servers.push(made);
    return made;
  };
  afterEach(async () => {
    const closing = servers.splice(0).map((made) => new Promise((resolve) => made.close(resolve)));
    await Promise.all(closing);
  });
  const problemOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

  it('takes any free port for 0, and nobody outside of the machine reaches it', async () => {
    const made = server();
    const port = await listenOnLoopback(made, 0);
    expect(made.address()).to.include({ address: '127.0.0.1', port });
    expect(port).to.be.above(0);
  });

  it('fails for a port that is taken, and can be asked again', async () => {
    const taken = await listenOnLoopback(server(), 0);
    const made = server();
    const listeners = (): number[] => [made.listenerCount('error'), made.listenerCount('listening')];
    const before = listeners();
    expect(await problemOf(listenOnLoopback(made, taken)))
      .to.be.an('error')
      .with.property('code', 'EADDRINUSE');
    expect(await listenOnLoopback(made, 0)).to.be.above(0);
    expect(listeners()).to.deep.equal(before);
  });

  it('goes on to the next free port when that is as good', async () => {
    const taken = await listenOnLoopback(server(), 0);
    expect(await listenOnLoopback(server(), taken, 'next')).to.be.above(taken);
  });

  it('gives two servers that want the same port at the same moment one each', async () => {
    const taken = await listenOnLoopback(server(), 0);
    const ports = await Promise.all([server(), server()].map((made) => listenOnLoopback(made, taken, 'next')));
    expect(new Set(ports).size).to.equal(2);
  });

  it('ends with a sentence when there is no port left', async () => {
    // Whoever has it, it is taken then.
    await problemOf(listenOnLoopback(server(), 65_535));
    expect(await problemOf(listenOnLoopback(server(), 65_535, 'next')))
      .to.be.an('error')
      .with.property('message', 'Port 65535 is in use and so are the ports behind it. Choose another one.');
  });
});
