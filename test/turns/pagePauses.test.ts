import { expect } from 'chai';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import type { Store } from '../../store/store.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { TurnRunner } from '../../turns/turnRunner.ts';
import { createTurnScopes } from '../../turns/turnScope.ts';
import { event } from '../contracts/storeContract.ts';
import { deferred } from '../support/deferred.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

const rateLimited = () => new GraphApiError({ status: 400, reason: 'rateLimited' });

/** A runner whose clocks stand until `pass` moves them, and that wakes by itself only then. */
function setUp(
  run: (key: string) => Promise<unknown>,
  options: { concurrency?: number; wrap?: (store: Store) => Store } = {},
) {
  const clock = { wall: 1_700_000_000_000, monotonic: 5_000 };
  const clocks = { now: () => clock.wall, monotonicNow: () => clock.monotonic };
  const memory = createMemoryStore(clocks);
  const scopes = createTurnScopes();
  const begun: string[] = [];
  const waits: number[] = [];
  let alarm: { at: number; work: () => void } | undefined;
  const runner = new TurnRunner({
    ...{ ...clocks, scopes, store: options.wrap?.(memory) ?? memory, logger: createRecordingLogger() },
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
    retries: createRetryPolicy({ random: () => 0.5, ...clocks }),
    every: () => () => undefined,
    after: (ms, work) => {
      waits.push(ms);
      const own = { at: clock.monotonic + ms, work };
      alarm = own;
      return () => {
        if (alarm === own) alarm = undefined;
      };
    },
    run: async ({ key }) => {
      begun.push(key);
      scopes.current()?.recordCall((await run(key)) === 'rateLimited' ? 'rateLimited' : 'worked');
    },
  });
  const accept = async (...keys: [key: string, conversation: string][]) => {
    await memory.accept(keys.map(([key, conversation]) => event(key, conversation)));
    await runner.drained();
  };
  const advance = (ms: number) => {
    clock.monotonic += ms;
    if (alarm !== undefined && alarm.at <= clock.monotonic) alarm.work();
  };
  /** Lets time go by, and what is due then run to its end. */
  const pass = async (ms: number) => {
    advance(ms);
    await runner.drained();
  };
  return { clock, memory, runner, begun, waits, accept, advance, pass };
}

/** How long the page that has just been paused is left alone. */
const pauseOf = (waits: readonly number[]) => waits.at(-1) ?? 0;

describe('a page that is paused', () => {
  it('begins no turn until its pause is over, while the others work', async () => {
    let isLimited = true;
    const { begun, waits, accept, pass } = setUp(async (key) => {
      if (key === 'first' && isLimited) throw rateLimited();
    });
    await accept(['first', 'facebook 1 a']);
    await accept(['1', 'facebook 1 b'], ['2', 'facebook 2 a'], ['3', 'web a']);
    expect(begun).to.deep.equal(['first', '2', '3']);
    const pauseMs = pauseOf(waits);
    isLimited = false;
    await pass(pauseMs - 1);
    expect(begun).to.have.length(3);
    await pass(1);
    expect(begun.slice(3)).to.have.members(['first', '1']);
  });

  for (const [jump, hours] of [
    ['back', -1],
    ['forward', 1],
  ] as const) {
    it(`is tried in time although the clock was set ${jump} an hour`, async () => {
      let refusals = 1;
      const { clock, begun, waits, accept, pass } = setUp(async () => {
        if (refusals-- > 0) throw rateLimited();
      });
      await accept(['1', 'facebook 1 a']);
      clock.wall += hours * 3_600_000;
      await pass(pauseOf(waits) - 1);
      expect(begun).to.deep.equal(['1']);
      await pass(1);
      expect(begun).to.deep.equal(['1', '1']);
    });
  }

  it('is tried with one turn at a time after its pause, and works in full once one went well', async () => {
    let attempts = 0;
    const [tried, gate, others] = [deferred(), deferred(), deferred()];
    const { memory, runner, begun, waits, accept, advance } = setUp(async (key) => {
      attempts += 1;
      if (attempts === 1) throw rateLimited();
      if (key === 'limited') {
        tried.resolve();
        await gate.promise;
      } else if (attempts === 3) others.resolve();
      else await others.promise;
    });
    await accept(['limited', 'facebook 1 a']);
    await memory.accept(['b', 'c'].map((name) => event(name, `facebook 1 ${name}`)));
    advance(pauseOf(waits));
    await tried.promise;
    runner.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).to.deep.equal(['limited', 'limited']);
    gate.resolve();
    await runner.drained();
    expect(begun.slice(2)).to.have.members(['b', 'c']);
  });

  it('is waited for while something of it waits, and not otherwise', async () => {
    const waiting = setUp(() => Promise.reject(rateLimited()));
    let isSettled = false;
    await waiting.accept(['1', 'facebook 1 a']);
    void waiting.runner.settled().then(() => (isSettled = true));
    await waiting.runner.drained();
    expect(isSettled).to.equal(false);
    const idle = setUp(() => Promise.resolve('rateLimited'));
    await idle.accept(['1', 'facebook 1 a']);
    await idle.runner.settled();
    expect([...idle.runner.pages()]).to.deep.equal([['facebook 1', 'rateLimited']]);
    expect(idle.waits).to.deep.equal([]);
  });
});

describe('the runner', () => {
  it('wakes for the conversation that is due first, and then for the next', async () => {
    const failures = new Map([
      ['a', 2],
      ['b', 1],
    ]);
    const { begun, waits, accept, pass } = setUp(async (key) => {
      const left = failures.get(key) ?? 0;
      failures.set(key, left - 1);
      if (left > 0) throw new Error('broken');
    });
    await accept(['a', 'a']);
    await pass(100);
    expect(waits.at(-1)).to.equal(150);
    await accept(['b', 'b']);
    expect(waits.at(-1)).to.equal(150);
    await pass(150);
    expect([begun, waits.at(-1)]).to.deep.equal([['a', 'b', 'a'], 100]);
    await pass(100);
    expect([begun, waits.at(-1)]).to.deep.equal([['a', 'b', 'a', 'b'], 400]);
  });

  it('asks the store again for what it could not hand out, although it handed out something else meanwhile', async () => {
    let problems = 1;
    const wrap = (store: Store): Store => ({
      ...store,
      claim: (mayTake) => (problems-- > 0 ? Promise.reject(new Error('disk')) : store.claim(mayTake)),
    });
    const { waits, accept, pass } = setUp(async () => undefined, { wrap });
    await accept(['1', 'a']);
    await pass(400);
    await accept(['2', 'b']);
    expect(waits.at(-1)).to.equal(600);
    await pass(600);
    expect(waits.at(-1)).to.equal(600);
  });

  it('does not wake again and again for what is due while there is no room for it', async () => {
    let failures = 1;
    const [full, gate] = [deferred(), deferred()];
    const { memory, runner, begun, waits, accept, advance } = setUp(
      async (key) => {
        if (begun.length === 5) full.resolve();
        if (key.startsWith('long')) await gate.promise;
        else if (failures-- > 0) throw new Error('broken');
      },
      { concurrency: 1 },
    );
    await accept(['again', 'facebook 0 a']);
    await memory.accept([1, 2, 3, 4].map((page) => event(`long${page}`, `facebook ${page} a`)));
    runner.wake();
    await full.promise;
    const before = waits.length;
    for (let n = 0; n < 5; n += 1) {
      advance(n === 0 ? 10_000 : 0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(waits.length - before).to.be.lessThan(2);
    gate.resolve();
    await runner.drained();
    expect(begun.slice(5)).to.deep.equal(['again']);
  });
});
