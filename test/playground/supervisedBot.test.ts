import { expect } from 'chai';
import { BotStartError, type BotProcess } from '../../playground/botProcess.ts';
import { startSupervisedBot } from '../../playground/supervisedBot.ts';
import { deferred } from '../support/deferred.ts';

describe('A supervised bot', () => {
  const stage = () => {
    const lines: string[] = [];
    const states: string[] = [];
    const endings: (() => void)[] = [];
    let pid = 0;
    let connects = (): Promise<void> => Promise.resolve();
    const start = async (signal: AbortSignal, port?: number): Promise<BotProcess> => {
      signal.throwIfAborted();
      lines.push(`start ${port ?? 'anywhere'}`);
      const { promise, resolve } = Promise.withResolvers<string>();
      const own = (pid += 1);
      endings.push(() => resolve(`Process ${own} ended.`));
      return {
        name: 'primary',
        pid: own,
        url: 'http://127.0.0.1:3980',
        work: () => Promise.resolve({ waiting: 0, running: own, failed: 0 }),
        plansOf: () => Promise.resolve(undefined),
        followClock: () => Promise.resolve(),
        lastLines: () => [`Process ${own} says hello.`],
        ended: promise,
        stop: async () => {
          lines.push(`stop ${own}`);
          resolve(`Process ${own} ended.`);
          await promise;
        },
      };
    };
    const begin = () =>
      startSupervisedBot({
        start,
        connect: (url) => (lines.push(`connect ${url}`), connects()),
        ended: (sentence) => lines.push(sentence),
        stateChanged: (state, because) => states.push(because === undefined ? state : `${state}: ${because}`),
      });
    return { lines, states, endings, begin, connectWith: (how: () => Promise<void>) => void (connects = how) };
  };

  it('comes back on the port that it had, and is another process', async () => {
    const { lines, begin } = stage();
    const bot = await begin();
    await bot.restart();
    expect([bot.pid, bot.url, (await bot.work()).running]).to.deep.equal([2, 'http://127.0.0.1:3980', 2]);
    expect(lines).to.deep.equal([
      'start anywhere',
      'connect http://127.0.0.1:3980',
      'stop 1',
      'start 3980',
      'connect http://127.0.0.1:3980',
    ]);
  });

  it('tells of an end that nobody asked for, and of no other', async () => {
    const { lines, endings, begin } = stage();
    const bot = await begin();
    await bot.restart();
    endings[1]!();
    await bot.restart();
    await bot.stop();
    expect(lines.filter((line) => line.startsWith('Process'))).to.deep.equal(['Process 2 ended.']);
  });

  it('does not start, and says why, when it ends before it is connected', async () => {
    const { lines, endings, begin, connectWith } = stage();
    const bot = await begin();
    const restartWith = async (connect: () => Promise<void>): Promise<unknown> => {
      connectWith(connect);
      return bot.restart().catch((error: unknown) => error);
    };
    const ends = (): void => endings.at(-1)!();
    const refused = await restartWith(() => (ends(), Promise.reject(new Error('no answer'))));
    const late = await restartWith(async () => ends());
    for (const [error, ending] of [
      [refused, 'Process 2 ended.'],
      [late, 'Process 3 ended.'],
    ] as const) {
      expect(error).to.be.instanceOf(BotStartError).with.property('message', ending);
      expect(lines).not.to.include(ending);
    }
    expect(await restartWith(() => Promise.resolve())).to.equal(undefined);
  });

  it('tells whether it runs, and keeps the last lines of a process that has ended', async () => {
    const { states, endings, begin } = stage();
    const bot = await begin();
    endings[0]!();
    await Promise.resolve();
    expect(bot.lastLines()).to.deep.equal(['Process 1 says hello.']);
    await bot.restart();
    expect(bot.lastLines()).to.deep.equal(['Process 2 says hello.']);
    await bot.stop();
    expect(states).to.deep.equal(['running', 'down: Process 1 ended.', 'down: It is started again.', 'running']);
  });

  it('restarts once for each time that it is asked, one after the other', async () => {
    const { begin } = stage();
    const bot = await begin();
    await Promise.all([bot.restart(), bot.restart()]);
    expect(bot.pid).to.equal(3);
  });

  it('leaves no process behind that cannot be connected', async () => {
    const { lines, begin, connectWith } = stage();
    connectWith(() => Promise.reject(new Error('Messenger refuses it.')));
    const problem: unknown = await begin().catch((error: unknown) => error);
    expect(problem).to.have.property('message', 'Messenger refuses it.');
    expect(lines.at(-1)).to.equal('stop 1');
  });

  it('can be stopped in the middle of a restart, and leaves nothing behind', async () => {
    const { lines, begin, connectWith } = stage();
    const bot = await begin();
    const connected = deferred();
    connectWith(() => connected.promise);
    const restarted = bot.restart();
    const stopped = bot.stop();
    connected.resolve();
    await Promise.allSettled([restarted, stopped]);
    expect(lines.filter((line) => /^(start|stop) /.test(line)).at(-1)).to.match(/^stop /);
    const starts = lines.filter((line) => line.startsWith('start ')).length;
    expect(new Set(lines.filter((line) => line.startsWith('stop '))).size).to.equal(starts);
  });
});
