import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { InboxEvent } from '../../store/store.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import { TurnRunner } from '../../turns/turnRunner.ts';
import { createTurnScopes } from '../../turns/turnScope.ts';
import { event, rejection } from '../contracts/storeContract.ts';
import { deferred } from '../support/deferred.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

const never = new Promise<void>(() => undefined);

async function pauses(times = 60): Promise<void> {
  for (let n = 0; n < times; n += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

function setUp(run: (event: InboxEvent) => Promise<void>) {
  const clock = createManualClock();
  const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
  const scopes = createTurnScopes();
  let tick: () => void = () => undefined;
  const runner = new TurnRunner({
    ...{ store, scopes, run, logger: createRecordingLogger() },
    ...{ monotonicNow: clock.monotonicNow, after: clock.after },
    retries: createRetryPolicy({ random: () => 0.5, monotonicNow: clock.monotonicNow }),
    every: (_ms, work) => {
      tick = work;
      return () => undefined;
    },
  });
  const passSeconds = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.pass(1000);
      tick();
      await pauses(3);
    }
  };
  return { store, runner, scopes, passSeconds };
}

const hung = Array.from({ length: 64 }, (_, n) => event(`hung ${n}`, `facebook 1 h${n}`));

describe('turns that hang', () => {
  it('leave room for another page at once, and for their own after ten seconds', async () => {
    const done: string[] = [];
    const { store, runner, passSeconds } = setUp(async ({ key }) => {
      if (key.startsWith('hung')) await never;
      done.push(key);
    });
    await store.accept([...hung, event('same page', 'facebook 1 x'), event('other page', 'facebook 2 x')]);
    runner.wake();
    await pauses();
    expect(done).to.deep.equal(['other page']);
    expect(runner.state()).to.include({ running: 64, slow: 0 });
    await passSeconds(10);
    expect(done).to.deep.equal(['other page', 'same page']);
    expect(runner.state()).to.include({ running: 64, slow: 64, oldestMs: 10_000 });
  });

  it('are cut off after two minutes and given up the third time, and their conversation goes on', async () => {
    const done: string[] = [];
    const { store, runner, passSeconds } = setUp(async ({ key }) => {
      if (key === 'hung') await never;
      done.push(key);
    });
    await store.accept([event('hung'), event('next')]);
    runner.wake();
    await passSeconds(119);
    expect((await store.counts()).claimed).to.equal(1);
    await passSeconds(2);
    expect((await store.counts()).claimed).to.equal(0);
    await passSeconds(300);
    expect(done).to.deep.equal(['next']);
    expect(await store.deadLetters.list()).to.have.length(1);
    expect((await store.deadLetters.list())[0]).to.include({
      ...{ reason: 'timedOut', attempts: 2 },
      sentence: 'TurnTimedOut: The turn did not end within 120 seconds.',
    });
  });

  it('have no effects any more once they were cut off', async () => {
    const goOn = deferred();
    const late = deferred();
    let runs = 0;
    const { store, runner, scopes, passSeconds } = setUp(async () => {
      runs += 1;
      if (runs > 1) return;
      await goOn.promise;
      const scope = scopes.current();
      scope?.changeState({ key: 'k', value: '"late"', expected: undefined });
      expect(scope?.isCutOff).to.equal(true);
      late.resolve();
    });
    await store.accept([event('1')]);
    runner.wake();
    await passSeconds(125);
    goOn.resolve();
    await late.promise;
    await pauses();
    expect(runs).to.equal(2);
    expect((await store.state.read(['k'])).size).to.equal(0);
  });
});

describe('turns that answer at once', () => {
  it('take no place of those that were stored', async () => {
    const gate = deferred();
    const done: string[] = [];
    const { store, runner } = setUp(async ({ key }) => void done.push(key));
    const outcomes = Array.from({ length: 70 }, (_, n) =>
      runner
        .inline(event(`i${n}`, 'directline x'), () => gate.promise)
        .then(
          () => 'answered',
          (err: unknown) => (err instanceof StoreUnavailableError ? 'refused' : 'failed'),
        ),
    );
    await store.accept([event('customer', 'facebook 1 c')]);
    runner.wake();
    await pauses();
    expect(done).to.deep.equal(['customer']);
    gate.resolve();
    const all = await Promise.all(outcomes);
    expect([
      all.filter((one) => one === 'answered').length,
      all.filter((one) => one === 'refused').length,
    ]).to.deep.equal([8, 62]);
    await runner.inline(event('again', 'directline x'), () => Promise.resolve());
  });

  it('are at most 64 in all', async () => {
    const gate = deferred();
    const { runner } = setUp(async () => undefined);
    const admitted = Array.from({ length: 64 }, (_, n) => runner.inline(event(`i${n}`, `c ${n}`), () => gate.promise));
    const refused = await rejection(runner.inline(event('more', 'c more'), () => gate.promise));
    expect(refused).to.be.instanceOf(StoreUnavailableError);
    expect(runner.state()).to.include({ inline: 64, inlineRefused: 1 });
    gate.resolve();
    await Promise.all(admitted);
    expect(runner.state().inline).to.equal(0);
  });

  it('let their conversation go on when they hang', async () => {
    const done: string[] = [];
    const { store, runner, passSeconds } = setUp(async ({ key }) => void done.push(key));
    const inline = rejection(runner.inline(event('hangs', 'c x'), () => never));
    await store.accept([event('next', 'c x')]);
    runner.wake();
    await passSeconds(121);
    expect((await inline).name).to.equal('TurnTimedOut');
    await pauses();
    expect(done).to.deep.equal(['next']);
  });
});
