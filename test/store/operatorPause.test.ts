import { expect } from 'chai';
import { runStore } from '../../commands/store/runStore.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { pauseKey } from '../../store/operatorPause.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { TurnRunner } from '../../turns/turnRunner.ts';
import { event } from '../contracts/storeContract.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

describe("an operator's pause", () => {
  const folder = useFolder();
  let store: Store;
  let runner: TurnRunner;
  let done: string[];
  let refusal: Error | undefined;
  let look: () => void;
  let logger: ReturnType<typeof createRecordingLogger>;

  async function start(): Promise<void> {
    const every = (_ms: number, work: () => void) => {
      look = work;
      return () => undefined;
    };
    logger = createRecordingLogger();
    store = await openSqliteStore(folder.path('bot.db'), { ownerLimitMs: 0, every });
    runner = new TurnRunner({
      store,
      logger,
      retries: createRetryPolicy(),
      after: () => () => undefined,
      every: () => () => undefined,
      run: async ({ key }) => {
        if (refusal !== undefined) throw refusal;
        await Promise.resolve();
        done.push(key);
      },
    });
  }
  beforeEach(async () => {
    done = [];
    refusal = undefined;
    await start();
  });
  afterEach(() => store.close());

  const command = async (...args: string[]) => {
    const [name, page] = args;
    const about = { path: folder.path('bot.db'), open: 'ask', format: 'text', now: 0, page } as const;
    return runStore({ ...about, args: [name ?? ''] });
  };
  /** Someone writes, and the bot does what it may do. */
  const write = async (key: string, page = '1') => {
    await store.accept([event(key, `facebook ${page} ${key}`)]);
    runner.wake();
    await runner.drained();
  };
  const lines = () => logger.lines.map(({ message }) => message).filter((message) => /operator/.test(message));

  it('of a page holds that page back and no other, goes on accepting, and ends with resume', async () => {
    await write('a');
    const { output, exitCode } = await command('pause', '1');
    expect([output, exitCode]).to.deep.equal([
      'Paused from now on: facebook 1. A running bot notices within two seconds.\n',
      0,
    ]);
    await write('b');
    await write('c', '2');
    expect(done).to.deep.equal(['a', 'c']);
    expect((await store.counts()).waiting).to.equal(1);
    expect(store.health().state).to.equal('ok');
    expect(runner.state().standingMs).to.equal(0);
    expect([...runner.pages()]).to.deep.equal([['facebook 1', 'operator']]);
    await command('resume', '1');
    await write('d', '2');
    expect(done.sort()).to.deep.equal(['a', 'b', 'c', 'd']);
    expect([...runner.pages()]).to.deep.equal([]);
    expect(lines()).to.have.length(2);
  });

  it('of all holds every page back, and is there after a restart', async () => {
    await command('pause');
    await write('a');
    await write('b', '2');
    await store.close();
    await start();
    await write('c', '3');
    expect(done).to.deep.equal([]);
    expect(lines()).to.have.length(1);
    const metrics = createMetrics({ store, pages: () => runner.pages(), turns: () => runner.state() });
    expect(await metrics.text()).to.contain('page_paused{page="all",reason="operator"} 1');
    metrics.close();
    await command('resume');
    await write('d');
    expect(done.sort()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('is noticed by a bot that has nothing else to do', async () => {
    await command('pause');
    await write('a');
    await command('resume');
    look();
    // One commit of its own, which comes after the one that looks.
    await store.state.write([{ key: 'x', value: '1', expected: undefined }]);
    await runner.drained();
    expect(done).to.deep.equal(['a']);
  });

  it('is not needed for resume: it has a page tried at once that waits for its token', async () => {
    refusal = new GraphApiError({ status: 400, reason: 'invalidToken' });
    await write('a');
    expect([...runner.pages()]).to.deep.equal([['facebook 1', 'invalidToken']]);
    refusal = undefined;
    await write('b');
    expect(done).to.deep.equal([]);
    await command('resume');
    await write('c', '2');
    expect(done).to.include.members(['a', 'c']);
  });

  it('of a page that is tried and refused again is a pause again', async () => {
    refusal = new GraphApiError({ status: 400, reason: 'invalidToken' });
    await write('a');
    await command('resume', '1');
    await write('b');
    expect([...runner.pages()]).to.deep.equal([['facebook 1', 'invalidToken']]);
    await write('c');
    expect((await store.counts()).waiting).to.equal(3);
  });

  it('is refused for what is no page, and for other commands', async () => {
    expect((await command('pause', 'facebook 1')).exitCode).to.equal(2);
    expect((await command('check', '1')).exitCode).to.equal(2);
  });

  it('counts in both engines', async () => {
    const memory = createMemoryStore();
    const held = { held: ['facebook 1'] };
    await memory.state.write([{ key: pauseKey, value: JSON.stringify(held), expected: undefined }]);
    const begun: string[] = [];
    const other = new TurnRunner({ store: memory, logger, run: async ({ key }) => void begun.push(key) });
    await memory.accept([event('a', 'facebook 1 a'), event('b', 'facebook 2 b')]);
    other.wake();
    await other.drained();
    expect(begun).to.deep.equal(['b']);
    other.stop();
  });
});
