import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect } from 'chai';
import { choosePort } from '../../playground/freePort.ts';

/** Systems take the ports of outgoing connections from higher ones, so a free one stays free. */
const belowOutgoing = 23_000;

describe('The choice of a port', () => {
  const servers: Server[] = [];
  const taken = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  it('is the wanted one when it is free, without a word', async () => {
    const { port } = await choosePort('the bot', belowOutgoing, []);
    expect(await choosePort('the bot', port, [])).to.deep.equal({ port });
  });

  it('is a later one when the wanted one is in use, and says so', async () => {
    const wanted = await taken();
    const { port, notice } = await choosePort('the bot', wanted, []);
    expect(port).to.be.above(wanted);
    expect(notice).to.equal(`Port ${wanted} is in use, so the bot listens on port ${port}.`);
  });

  it('is not one that is promised to somebody', async () => {
    const { port } = await choosePort('the bot', belowOutgoing, []);
    expect((await choosePort('the bot', port, [port])).port).to.be.above(port);
  });

  it('is left to the system for 0', async () => {
    expect(await choosePort('the bot', 0, [0])).to.deep.equal({ port: 0 });
  });

  it('ends with a sentence when there is none left', async () => {
    const all = Array.from({ length: 200 }, (_, index) => 65_400 + index);
    const problem: unknown = await choosePort('the bot', 65_500, all).catch((error: unknown) => error);
    expect(problem).to.be.an('error').with.property('message').that.includes('Port 65500 is in use');
  });
});
