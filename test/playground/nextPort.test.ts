import { expect } from 'chai';
import { BotStartError, type BotProcess } from '../../playground/botProcess.ts';
import { createStartOnPort, portNotice } from '../../playground/nextPort.ts';

const taken = new BotStartError('The bot ended.', ['Error: listen EADDRINUSE: address already in use 127.0.0.1:3978']);

describe('Starting a bot on a port', () => {
  /** A bot that starts unless its port is among these. */
  const startUnless = (ports: readonly number[]) => {
    const tried: number[] = [];
    const start = (port: number): Promise<BotProcess> => {
      tried.push(port);
      if (ports.includes(port)) return Promise.reject(taken);
      return Promise.resolve({ url: `http://127.0.0.1:${port}` } as BotProcess);
    };
    return { tried, start };
  };

  it('takes the wanted one when it is free, and looks at no other', async () => {
    const { start, tried } = startUnless([]);
    expect(await createStartOnPort()(3978, start)).to.have.property('url', 'http://127.0.0.1:3978');
    expect(tried).to.deep.equal([3978]);
  });

  it('takes a later one when the bot says that this one is in use', async () => {
    const { start, tried } = startUnless([3978, 3979]);
    expect(await createStartOnPort()(3978, start)).to.have.property('url', 'http://127.0.0.1:3980');
    expect(tried).to.deep.equal([3978, 3979, 3980]);
  });

  it('never gives two bots the same one', async () => {
    const { start, tried } = startUnless([3978, 3979]);
    const startOnPort = createStartOnPort();
    await Promise.all([startOnPort(3978, start), startOnPort(3979, start)]);
    expect([...tried].sort()).to.deep.equal([3978, 3979, 3980, 3981]);
  });

  it('leaves 0 to the system, for every bot', async () => {
    const { start, tried } = startUnless([]);
    const startOnPort = createStartOnPort();
    await startOnPort(0, start);
    await startOnPort(0, start);
    expect(tried).to.deep.equal([0, 0]);
  });

  it('fails at once when the bot ends for another reason', async () => {
    const wrong = new BotStartError('The bot ended.', ['Port is no number.']);
    const problem: unknown = await createStartOnPort()(3978, () => Promise.reject(wrong)).catch(
      (error: unknown) => error,
    );
    expect(problem).to.equal(wrong);
  });

  for (const wanted of [3978, 65_530]) {
    it(`gives up with a sentence when none is free from ${wanted} on`, async () => {
      const problem: unknown = await createStartOnPort()(wanted, () => Promise.reject(taken)).catch(
        (error: unknown) => error,
      );
      expect(problem)
        .to.be.an('error')
        .with.property('message', `Port ${wanted} is in use and so are the ports behind it. Choose another one.`);
    });
  }

  it('is told when it came out differently', () => {
    expect(portNotice('the bot', 3978, 3980)).to.equal('Port 3978 is in use, so the bot listens on port 3980.');
  });
});
