import { expect } from 'chai';
import { createMemoryStore } from '../../store/memoryStore.ts';
import type { Delivery, Store } from '../../store/store.ts';
import { createTurnRunner, type TurnRunnerOptions } from '../../store/turnRunner.ts';
import { delivery } from '../contracts/storeContract.ts';
import { deferred } from '../support/deferred.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

function setUp(run: (delivery: Delivery) => Promise<void>, options: Partial<TurnRunnerOptions> = {}) {
  const store = createMemoryStore();
  const logger = createRecordingLogger();
  return { store, logger, runner: createTurnRunner({ store, logger, run, ...options }) };
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
    await store.accept([delivery('a1', 'a'), delivery('a2', 'a'), delivery('b1', 'b')]);
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
    await store.accept(Array.from({ length: 20 }, (_, i) => delivery(`k${i}`, `c${i}`)));
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
    await store.accept(Array.from({ length: 1_000 }, (_, i) => delivery(`k${i}`, `c${i % 200}`)));
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
    await store.accept([delivery('1'), delivery('2')]);
    await runner.settled();
    expect(done).to.deep.equal(['2']);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 1 });
    const failures = logger.lines.filter(({ level }) => level === 'error');
    expect(failures.map(({ fields }) => fields['outcome'])).to.deep.equal(['failed']);
    expect(failures[0]?.fields['err']).to.be.instanceOf(Error);
  });

  it('writes one line for a turn, with conversation, kind, via, outcome and duration', async () => {
    const clock = [100, 142.4];
    const { store, runner, logger } = setUp(async () => undefined, { monotonicNow: () => clock.shift() ?? 0 });
    await store.accept([delivery('1')]);
    await runner.settled();
    expect(logger.lines).to.deep.equal([
      {
        level: 'info',
        message: 'turn',
        fields: { conversation: 'a', kind: 'message', via: 'messaging', outcome: 'done', durationMs: 42 },
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
    await store.accept([delivery('1', 'a')]);
    runner.wake();
    await begun.promise;
    const inline = runner.inline('a', async () => {
      order.push('inline');
      return 'answer';
    });
    expect(await runner.inline('b', async () => 'another conversation')).to.equal('another conversation');
    gate.resolve();
    expect(await inline).to.equal('answer');
    expect(order).to.deep.equal(['1 begins', '1 ends', 'inline']);
  });

  it('begins no turn once it is stopped', async () => {
    const { store, runner } = setUp(() => Promise.reject(new Error('not expected')));
    runner.stop();
    await store.accept([delivery('1')]);
    await runner.settled();
    expect(await store.counts()).to.deep.equal({ waiting: 1, claimed: 0, failed: 0 });
  });

  it('says so when the store cannot hand out a turn, and goes on at the next wake', async () => {
    const memory = createMemoryStore();
    let broken = true;
    const store: Store = { ...memory, claim: () => (broken ? Promise.reject(new Error('disk')) : memory.claim()) };
    const done: string[] = [];
    const logger = createRecordingLogger();
    const runner = createTurnRunner({ store, logger, run: async ({ key }) => void done.push(key) });
    await store.accept([delivery('1')]);
    await runner.settled();
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['error']);
    broken = false;
    await runner.settled();
    expect(done).to.deep.equal(['1']);
  });
});
