import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { Claim, InboxEvent, Store } from '../../store/store.ts';
import { TurnRunner } from '../../turns/turnRunner.ts';
import { event } from '../contracts/storeContract.ts';
import { deferred } from '../support/deferred.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

/** A store in which some turns have been begun so often by processes that ended in them. */
function storeAfterCrashes(crashes: ReadonlyMap<string, number>, monotonicNow: () => number): Store {
  const memory = createMemoryStore({ monotonicNow });
  return {
    ...memory,
    claim: async (mayTake): Promise<Claim | undefined> => {
      const claim = await memory.claim(mayTake);
      return claim && { ...claim, begun: crashes.get(claim.event.key) ?? claim.begun };
    },
  };
}

interface Process {
  store: Store;
  runner: TurnRunner;
  /** What was running, whenever something began. */
  together: string[][];
  clock: ReturnType<typeof createManualClock>;
  tick: () => void;
  running: Set<string>;
}

function startProcess(crashes: ReadonlyMap<string, number>, run: (event: InboxEvent) => Promise<void>): Process {
  const clock = createManualClock();
  const store = storeAfterCrashes(crashes, clock.monotonicNow);
  const together: string[][] = [];
  const running = new Set<string>();
  let tick: () => void = () => undefined;
  const runner = new TurnRunner({
    ...{ store, logger: createRecordingLogger(), retries: createRetryPolicy() },
    ...{ monotonicNow: clock.monotonicNow, after: clock.after },
    every: (_ms, work) => {
      tick = work;
      return () => undefined;
    },
    run: async (one) => {
      running.add(one.key);
      together.push([...running]);
      try {
        await run(one);
      } finally {
        running.delete(one.key);
      }
    },
  });
  return { store, runner, together, clock, running, tick: () => tick() };
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

async function pauses(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await pause();
}

describe('turns in which the process has ended before', () => {
  it('run with nothing beside them, those first that were there least often', async () => {
    const crashes = new Map([
      ['poison', 3],
      ['neighbour 1', 2],
      ['neighbour 2', 2],
      ['once', 1],
    ]);
    const { store, runner, together } = startProcess(crashes, () => pauses(3));
    await store.accept(['poison', 'neighbour 1', 'neighbour 2', 'once', 'new'].map((key) => event(key, `c ${key}`)));
    await runner.settled();
    expect(together.slice(0, 2).flat()).to.have.members(['once', 'once', 'new']);
    expect(together.slice(2)).to.deep.equal([['neighbour 1'], ['neighbour 2'], ['poison']]);
  });

  it('let the others have the process between them', async () => {
    const crashes = new Map(['s1', 's2', 's3'].map((key) => [key, 2]));
    const order: string[] = [];
    const { store, runner, tick, clock } = startProcess(crashes, async ({ key }) => {
      order.push(key);
      await pauses(2);
    });
    await store.accept(['s1', 's2', 's3'].map((key) => event(key, `c ${key}`)));
    await store.accept(Array.from({ length: 300 }, (_, n) => event(`o${n}`, `c o${n}`)));
    const settled = runner.settled();
    for (let second = 0; second < 60; second += 1) {
      await pauses(4);
      clock.pass(1000);
      tick();
    }
    await settled;
    const places = ['s1', 's2', 's3'].map((key) => order.indexOf(key));
    expect(order).to.have.length(303);
    expect(places[1]! - places[0]!, 'others between two suspects').to.be.greaterThan(1);
    expect(places[2]! - places[1]!, 'others between two suspects').to.be.greaterThan(1);
  });

  it('have the process to themselves for ten seconds, and then others go on beside them', async () => {
    const end = deferred();
    const { store, runner, running, tick, clock } = startProcess(new Map([['slow', 2]]), async ({ key }) => {
      if (key === 'slow') await end.promise;
    });
    const done: string[] = [];
    await store.accept([event('slow', 'c slow')]);
    runner.wake();
    await pauses(20);
    expect([...running]).to.deep.equal(['slow']);
    await store.accept([event('other', 'c other')]);
    runner.wake();
    const inline = runner.inline(event('inline', 'c inline'), async () => void done.push('inline'));
    await pauses(20);
    expect([done, (await store.counts()).waiting]).to.deep.equal([[], 1]);
    clock.pass(10_000);
    tick();
    await inline;
    await pauses(20);
    expect([done, await store.counts()]).to.deep.equal([['inline'], { waiting: 0, claimed: 1, failed: 0 }]);
    end.resolve();
    await runner.settled();
  });

  it('are not kept waiting for ever by one that hangs, nor does everybody wait for that one', async () => {
    const end = deferred();
    const done: string[] = [];
    const { store, runner, tick, clock } = startProcess(new Map([['suspect', 2]]), async ({ key }) => {
      if (key === 'hangs') await end.promise;
      done.push(key);
    });
    await store.accept([event('hangs', 'c hangs'), event('suspect', 'c suspect')]);
    runner.wake();
    await pauses(20);
    for (let second = 0; second < 8; second += 1) {
      await store.accept([event(`o${second}`, `c o${second}`)]);
      runner.wake();
      clock.pass(1000);
      tick();
      await pauses(20);
    }
    expect(done, 'others while the one that hangs is waited for').to.include('o0').and.not.include('suspect');
    expect(done.length).to.be.greaterThan(1);
    // Its time is up.
    for (let second = 0; second < 300; second += 1) {
      clock.pass(1000);
      tick();
      await pauses(2);
    }
    expect(done).to.include('suspect');
    end.resolve();
    await clock.passUntil(runner.settled());
  });

  it('are given up when the process has ended five times in them, alone or not', async () => {
    const { store, runner, together } = startProcess(new Map([['poison', 5]]), async () => undefined);
    await store.accept([event('poison', 'c'), event('after', 'c')]);
    await runner.settled();
    expect(together).to.deep.equal([['after']]);
    expect((await store.deadLetters.list()).map(({ reason }) => reason)).to.deep.equal(['crashed']);
  });
});
