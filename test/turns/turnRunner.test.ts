import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { InboxEvent, Store } from '../../store/store.ts';
import type { TurnEnd } from '../../turns/turnLog.ts';
import { TurnRunner, type TurnRunnerOptions } from '../../turns/turnRunner.ts';
import { event, rejection } from '../contracts/storeContract.ts';
import { deferred } from '../support/deferred.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

function setUp(run: (event: InboxEvent) => Promise<void>, options: Partial<TurnRunnerOptions> = {}) {
  const store = createMemoryStore();
  const logger = createRecordingLogger();
  return { store, logger, runner: new TurnRunner({ store, logger, run, ...options }) };
}

describe('the turn runner', () => {
  it('runs a conversation in order and conversations side by side', async () => {
    const gate = deferred();
    const order: string[] = [];
    const { store, runner } = setUp(async ({ key }) => {
      if (key === 'a1') await gate.promise;
      order.push(key);
      if (key === 'b1') gate.resolve();
    });
    await store.accept([event('a1', 'a'), event('a2', 'a'), event('b1', 'b')]);
    await runner.settled();
    expect(order).to.deep.equal(['b1', 'a1', 'a2']);
  });

  it('never has more turns under way than it is allowed', async () => {
    let running = 0;
    let most = 0;
    const { store, runner } = setUp(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => setImmediate(resolve));
        running -= 1;
      },
      { concurrency: 3 },
    );
    await store.accept(Array.from({ length: 20 }, (_, i) => event(`k${i}`, `c${i}`)));
    await runner.settled();
    expect(most).to.equal(3);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });

  it('lets the process do other things between turns that wait for nothing', async () => {
    let done = 0;
    let doneBefore: number | undefined;
    const { store, runner } = setUp(async () => {
      done += 1;
    });
    await store.accept(Array.from({ length: 1_000 }, (_, i) => event(`k${i}`, `c${i % 200}`)));
    setImmediate(() => setImmediate(() => (doneBefore = done)));
    await runner.settled();
    expect(done).to.equal(1_000);
    expect(doneBefore).to.be.below(500);
  });

  it('notes a turn that failed, says so once, and goes on with its conversation', async () => {
    const done: string[] = [];
    const { store, runner, logger } = setUp(async ({ key }) => {
      if (key === '1') throw new Error('broken');
      done.push(key);
    });
    await store.accept([event('1'), event('2')]);
    await runner.settled();
    expect(done).to.deep.equal(['2']);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 1 });
    const failures = logger.lines.filter(({ level }) => level === 'error');
    expect(failures.map(({ fields }) => fields['outcome'])).to.deep.equal(['failed']);
    expect(failures[0]?.fields['err']).to.be.instanceOf(Error);
  });

  it('writes one line for a turn, with conversation, kind, via, outcome and duration', async () => {
    let clock = 100;
    const { store, runner, logger } = setUp(async () => void (clock = 142.4), { monotonicNow: () => clock });
    await store.accept([event('1')]);
    await runner.settled();
    expect(logger.lines).to.deep.equal([
      {
        level: 'info',
        message: 'turn',
        fields: { conversation: 'a', kind: 'message', via: 'messaging', delivery: 1, outcome: 'done', durationMs: 42 },
      },
    ]);
  });

  it('runs inline work between the turns of its conversation, never beside them', async () => {
    const gate = deferred();
    const begun = deferred();
    const order: string[] = [];
    const { store, runner } = setUp(async ({ key }) => {
      order.push(`${key} begins`);
      begun.resolve();
      await gate.promise;
      order.push(`${key} ends`);
    });
    await store.accept([event('1', 'a')]);
    runner.wake();
    await begun.promise;
    const inline = runner.inline(event('2', 'a'), async () => {
      order.push('inline');
      return 'answer';
    });
    expect(await runner.inline(event('3', 'b'), async () => 'another conversation')).to.equal('another conversation');
    gate.resolve();
    expect(await inline).to.equal('answer');
    expect(order).to.deep.equal(['1 begins', '1 ends', 'inline']);
  });

  it('begins no turn once it is stopped', async () => {
    const { store, runner } = setUp(() => Promise.reject(new Error('not expected')));
    runner.stop();
    await store.accept([event('1')]);
    await runner.settled();
    expect(await store.counts()).to.deep.equal({ waiting: 1, claimed: 0, failed: 0 });
  });

  it('writes the same line for inline work, and a failed one as an error', async () => {
    const { runner, logger } = setUp(() => Promise.reject(new Error('not expected')), { monotonicNow: () => 0 });
    await runner.inline(event('1', 'a'), () => Promise.resolve());
    const broken = new Error('broken');
    const failure: unknown = await runner
      .inline(event('2', 'b'), () => Promise.reject(broken))
      .catch((err: unknown) => err);
    expect(failure).to.equal(broken);
    const fields = { kind: 'message', via: 'messaging', durationMs: 0 };
    expect(logger.lines).to.deep.equal([
      { level: 'info', message: 'turn', fields: { ...fields, conversation: 'a', outcome: 'done' } },
      { level: 'error', message: 'turn', fields: { ...fields, conversation: 'b', outcome: 'failed', err: broken } },
    ]);
  });

  it('tells of each end of a turn, inline work included, and of none that is left over', async () => {
    const ends: object[] = [];
    const { store, runner } = setUp(
      async ({ key }) => {
        if (key === 'bad') throw new Error('broken');
      },
      { monotonicNow: () => 0, observe: ({ outcome, kind, durationMs }) => ends.push({ outcome, kind, durationMs }) },
    );
    await store.accept([event('good', 'a'), event('bad', 'a')]);
    await runner.settled();
    await runner.inline(event('1', 'a'), () => Promise.resolve());
    await runner.inline(event('2', 'a'), () => Promise.reject(new Error('broken'))).catch(() => undefined);
    const end = { kind: 'message', durationMs: 0 };
    expect(ends).to.deep.equal([
      { outcome: 'done', ...end },
      { outcome: 'failed', ...end },
      { outcome: 'done', ...end },
      { outcome: 'failed', ...end },
    ]);
  });

  it('is drained when nothing runs, whatever waits for another attempt, and settled when that has run', async () => {
    let clock = 0;
    let attempts = 0;
    let isSettled = false;
    let wakeUp: () => void = () => undefined;
    const store = createMemoryStore({ monotonicNow: () => clock });
    const runner = new TurnRunner({
      store,
      logger: createRecordingLogger(),
      run: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('broken');
      },
      retries: createRetryPolicy({ baseMs: 1000, random: () => 1 }),
      monotonicNow: () => clock,
      after: (_ms, work) => {
        wakeUp = work;
        return () => undefined;
      },
    });
    await store.accept([event('1')]);
    const settled = runner.settled().then(() => (isSettled = true));
    await runner.drained();
    expect([attempts, isSettled, (await store.counts()).waiting]).to.deep.equal([1, false, 1]);
    clock = 1000;
    wakeUp();
    await settled;
    expect(attempts).to.equal(2);
  });

  it('tells of each end how long ago its event was accepted, and never less than the turn took', async () => {
    const clock = { now: 1000, monotonic: 0 };
    const memory = createMemoryStore({ now: () => clock.now });
    const ends: TurnEnd[] = [];
    const { runner } = setUp(async () => void (clock.monotonic += 300), {
      store: memory,
      now: () => clock.now,
      monotonicNow: () => clock.monotonic,
      observe: (end) => ends.push(end),
    });
    await memory.accept([event('1', 'a')]);
    clock.now = 5300;
    clock.monotonic += 4000;
    runner.wake();
    await runner.settled();
    clock.now = 9000;
    clock.monotonic += 4000;
    await memory.accept([event('2', 'a')]);
    // Somebody has put the clock back.
    clock.now = 7000;
    runner.wake();
    await runner.settled();
    expect(ends).to.deep.equal([
      { outcome: 'done', kind: 'message', durationMs: 300, ageMs: 4300 },
      { outcome: 'done', kind: 'message', durationMs: 300, ageMs: 300 },
    ]);
  });

  it('asks nothing of the store once it is stopped, also for a turn that ends after that', async () => {
    const memory = createMemoryStore();
    const gate = deferred();
    const begun = deferred();
    const warned = deferred();
    const logger = createRecordingLogger();
    const runner = new TurnRunner({
      store: memory,
      logger: {
        ...logger,
        warn: (fields, message) => {
          logger.warn(fields, message);
          warned.resolve();
        },
      },
      run: async () => {
        begun.resolve();
        await gate.promise;
      },
    });
    await memory.accept([event('1', 'a'), event('2', 'b')]);
    runner.wake();
    await begun.promise;
    runner.stop();
    const before = await memory.counts();
    gate.resolve();
    await warned.promise;
    await runner.settled();
    expect(logger.lines.map(({ fields }) => fields['outcome']))
      .to.include('leftOver')
      .and.not.include('done');
    expect(await memory.counts()).to.deep.equal(before);
  });

  it('does not begin a turn that the store hands out while it is stopped', async () => {
    const memory = createMemoryStore();
    const asked = deferred();
    const answer = deferred();
    const store: Store = {
      ...memory,
      claim: async () => {
        asked.resolve();
        await answer.promise;
        return memory.claim();
      },
    };
    const begun: string[] = [];
    const logger = createRecordingLogger();
    const runner = new TurnRunner({ store, logger, run: async ({ key }) => void begun.push(key) });
    await memory.accept([event('1')]);
    const settled = runner.settled();
    await asked.promise;
    runner.stop();
    answer.resolve();
    await settled;
    expect(begun).to.deep.equal([]);
  });

  it('says once that the store cannot hand out a turn, and asks again by itself after a while', async () => {
    const memory = createMemoryStore();
    let failures = 3;
    const store: Store = {
      ...memory,
      claim: () => (failures-- > 0 ? Promise.reject(new Error('disk')) : memory.claim()),
    };
    const done: string[] = [];
    const waits: number[] = [];
    let clock = 0;
    const logger = createRecordingLogger();
    const runner = new TurnRunner({
      store,
      logger,
      run: async ({ key }) => void done.push(key),
      monotonicNow: () => clock,
      after: (ms, work) => {
        clock += ms;
        waits.push(ms);
        const timer = setImmediate(work);
        return () => clearImmediate(timer);
      },
    });
    await store.accept([event('1')]);
    await runner.settled();
    expect(done).to.deep.equal(['1']);
    expect(waits).to.deep.equal([1000, 1000, 1000]);
    expect(logger.lines.map(({ level, message }) => `${level} ${message}`)).to.deep.equal([
      'error the store could not hand out the next turn and will be asked again',
      'info the store hands out turns again',
      'info turn',
    ]);
  });
});

describe('an error that nobody waits for', () => {
  it('fails the turn that it came from while that is running, is told with it and counted, and costs no other turn', async () => {
    const store = createMemoryStore();
    const logger = createRecordingLogger();
    const runner = new TurnRunner({
      ...{ store, logger },
      run: async ({ key }) => {
        // As `process.on('unhandledRejection')` calls it: in the context of the promise.
        if (key === 'forgets') await runner.stray('rejection', new Error('not awaited'));
      },
    });
    await store.accept([event('forgets', 'a'), event('other', 'b')]);
    await runner.settled();
    expect((await store.deadLetters.list()).map((letter) => [letter.event.key, letter.sentence])).to.deep.equal([
      ['forgets', 'Error: not awaited'],
    ]);
    const said = logger.lines.find(({ message }) => message.includes('await is missing'));
    expect(said?.fields).to.deep.include({ conversation: 'a', hasEnded: false });
    await runner.stray('rejection', new Error('of nobody'));
    expect(runner.state().strays).to.equal(2);
  });

  it('leaves the process running when it only used a turn that had ended', async () => {
    const store = createMemoryStore();
    const logger = createRecordingLogger();
    const runner = new TurnRunner({ ...{ store, logger }, run: () => Promise.resolve() });
    const { proxy, revoke } = Proxy.revocable({ activity: {} }, {});
    revoke();
    const use = await rejection(Promise.resolve().then(() => proxy.activity));
    expect(await runner.stray('exception', use)).to.equal('goOn');
    expect(logger.lines[0]?.message).to.match(/used after its end.*await is missing.*setTimeout/);
    expect(await runner.stray('exception', new TypeError('x is not a function'))).to.equal('end');
  });

  it('that ends the process blames the turn that it came from, and takes the count back from its neighbours', async () => {
    const memory = createMemoryStore();
    const blamed: number[] = [];
    const store: Store = { ...memory, blame: async (id) => void blamed.push(id) };
    const runner = new TurnRunner({
      ...{ store, logger: createRecordingLogger() },
      run: async ({ key }) => {
        if (key === 'guilty') await runner.stray('exception', new Error('thrown into nowhere'));
      },
    });
    await store.accept([event('beside', 'a'), event('guilty', 'b')]);
    await runner.settled();
    expect(blamed).to.deep.equal([2]);
  });
});

describe('turns that stand', () => {
  it('are told when the store does not answer who is next, and not while there is nothing to do', async () => {
    let clock = 0;
    const store: Store = { ...createMemoryStore(), claim: () => new Promise(() => undefined) };
    const runner = new TurnRunner({
      ...{ store, logger: createRecordingLogger(), run: () => Promise.resolve() },
      monotonicNow: () => clock,
    });
    clock = 600_000;
    expect(runner.state().standingMs).to.equal(0);
    runner.wake();
    clock += 70_000;
    expect(runner.state().standingMs).to.equal(70_000);
  });
});
