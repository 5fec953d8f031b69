import { expect } from 'chai';
import type { GraphErrorReason } from '../../helpers/graph/classifyGraphError.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import type { Store } from '../../store/store.ts';
import { EffectNotNotedError, StoreUnavailableError } from '../../store/storeErrors.ts';
import { event } from '../contracts/storeContract.ts';
import { createFakePlatform, createTurnStage, type TurnStageOptions } from '../support/turnStage.ts';

const graphError = (reason: GraphErrorReason) => new GraphApiError({ status: 400, reason });

function setUp(run: TurnStageOptions['run'], options: Partial<TurnStageOptions> = {}) {
  const clock = { now: 1_700_000_000_000 };
  const memory = createMemoryStore({ now: () => clock.now, monotonicNow: () => clock.now });
  const store = options.store ?? memory;
  const pass = (ms: number) => void (clock.now += ms);
  const platform = createFakePlatform();
  const stage = createTurnStage({ run, platform, now: () => clock.now, pass, ...options, store });
  return { store, stage, clock, memory };
}

const broken = (change: (error: Error) => unknown): Error => {
  const error = new Error('x');
  change(error);
  return error;
};
const unreadable = 'Error: The bot threw an error that cannot be read.';
const throwing = {
  get: () => {
    throw new Error('gotcha');
  },
};

/** What no type check keeps a bot from throwing. */
const strangeErrors: readonly (readonly [what: string, thrown: unknown, told: string])[] = [
  ['a text', 'out of tea', 'Error: The bot threw "out of tea", which is no error.'],
  ['null', null, 'Error: The bot threw null, which is no error.'],
  ['undefined', undefined, 'Error: The bot threw undefined, which is no error.'],
  ['a symbol', Symbol('tea'), 'Error: The bot threw Symbol(tea), which is no error.'],
  [
    'an object',
    { code: 7, message: 'no tea' },
    'Error: The bot threw an object with the code 7: no tea, which is no error.',
  ],
  ['an object without a prototype', Object.create(null), 'Error: The bot threw an object, which is no error.'],
  ['a Proxy', new Proxy({}, throwing), 'Error: The bot threw a Proxy, which is no error.'],
  ['an error whose message throws', broken((error) => Object.defineProperty(error, 'message', throwing)), unreadable],
  [
    'an error whose message is no text',
    broken((error) => Object.assign(error, { message: 7, status: 500 })),
    unreadable,
  ],
  ['an error whose cause throws', broken((error) => Object.defineProperty(error, 'cause', throwing)), unreadable],
  ['an error that is its own cause', broken((error) => Object.assign(error, { cause: error })), 'Error: x'],
  ['several errors that are none', Object.assign(new AggregateError([]), { errors: 7 }), unreadable],
];

describe('a turn that fails', () => {
  it('is tried five times when the bot is at fault, each wait longer, and then becomes a dead letter', async () => {
    let runs = 0;
    const { store, stage } = setUp(async () => {
      runs += 1;
      throw new Error('broken');
    });
    await store.accept([event('1')]);
    await stage.runner.settled();
    expect(runs).to.equal(5);
    expect(stage.waits).to.deep.equal([250, 500, 1000, 2000]);
    expect((await store.deadLetters.list())[0]).to.include({ reason: 'failed', sentence: 'Error: broken' });
  });

  for (const [what, thrown, told] of strangeErrors) {
    it(`becomes a dead letter that tells why, and holds nobody, when the bot throws ${what}`, async () => {
      const done: string[] = [];
      const { store, stage } = setUp(async (_stage, { key }) => {
        if (key !== '1') return void done.push(key);
        throw thrown;
      });
      await store.accept([event('1'), event('2')]);
      await stage.runner.settled();
      expect(done).to.deep.equal(['2']);
      expect((await store.deadLetters.list()).map(({ sentence }) => sentence)).to.deep.equal([told]);
      expect(stage.logger.lines.map(({ message }) => message)).to.not.include(
        'the end of a turn could not be committed',
      );
    });
  }

  it('lets its conversation go on after it, and does not hold the others', async () => {
    const done: string[] = [];
    const { store, stage } = setUp(async (_stage, { key }) => {
      if (key === 'poison') throw new Error('broken');
      done.push(key);
    });
    const others = Array.from({ length: 99 }, (_, n) => event(`o${n}`, `page ${n}`));
    await store.accept([event('poison', 'page x'), event('after', 'page x'), ...others]);
    await stage.runner.settled();
    expect(done).to.have.length(100);
    expect(done.at(-1)).to.equal('after');
  });

  describe('as poison in one of 100 conversations of a page', () => {
    const conversations = Array.from({ length: 100 }, (_, n) => `facebook 1 ${n}`);
    const isOfOthers = (line: string) => !line.startsWith('facebook 1 0 ');

    async function play(poison: readonly string[]) {
      const done: string[] = [];
      const tries = new Map<string, number>();
      const { store, stage } = setUp(async (_stage, { key, conversation }) => {
        tries.set(key, (tries.get(key) ?? 0) + 1);
        if (poison.includes(key)) throw new Error('broken');
        done.push(`${conversation} ${key}`);
      });
      for (let n = 0; n < 10; n += 1) {
        await store.accept(conversations.map((name, c) => event(`${c}/${n}`, name)));
      }
      await stage.runner.settled();
      const dead = (await store.deadLetters.list()).map((letter) => letter.event.key);
      return { done, tries, dead };
    }

    it('is tried five times, then its conversation goes on', async () => {
      const { done, tries, dead } = await play(['0/2', '0/5']);
      expect(dead).to.deep.equal(['0/2', '0/5']);
      expect([...tries].filter(([, times]) => times > 1)).to.deep.equal([...dead].map((key) => [key, 5]));
      const own = done.filter((line) => !isOfOthers(line));
      expect(own).to.deep.equal([0, 1, 3, 4, 6, 7, 8, 9].map((n) => `facebook 1 0 0/${n}`));
    });

    it('changes nothing for the other 990 events: each runs once, in its place', async () => {
      const [sound, poisoned] = [await play([]), await play(['0/2', '0/5'])];
      expect(poisoned.done.filter(isOfOthers)).to.deep.equal(sound.done.filter(isOfOthers)).and.have.length(990);
    });
  });

  it('is given up at once when the platform will say no again', async () => {
    let runs = 0;
    const { store, stage } = setUp(async () => {
      runs += 1;
      throw graphError('outsideWindow');
    });
    await store.accept([event('1')]);
    await stage.runner.settled();
    expect(runs).to.equal(1);
    expect((await store.deadLetters.list())[0]).to.include({ reason: 'refused' });
  });

  it('slows down its page alone when the page calls too often, and counts for nothing', async () => {
    const order: string[] = [];
    let refusals = 7;
    const { store, stage } = setUp(async (_stage, { conversation, key }) => {
      if (conversation.startsWith('facebook 1') && refusals > 0) {
        refusals -= 1;
        throw graphError('rateLimited');
      }
      order.push(key);
    });
    await store.accept([event('1', 'facebook 1 a'), event('2', 'facebook 2 a')]);
    await stage.runner.settled();
    expect(order).to.deep.equal(['2', '1']);
    expect(await store.deadLetters.list()).to.deep.equal([]);
    expect(stage.runner.pages().size).to.equal(0);
    expect(stage.waits.every((ms, index) => ms > 0 && ms >= (stage.waits[index - 1] ?? 0))).to.equal(true);
  });

  it('says once that the token of its page is refused, and once that it works again', async () => {
    let refusals = 4;
    const { store, stage } = setUp(async () => {
      refusals -= 1;
      if (refusals >= 0) throw graphError('invalidToken');
    });
    await store.accept([event('1', 'facebook 1 a'), event('2', 'facebook 1 b')]);
    await stage.runner.settled();
    const said = stage.logger.lines
      .filter(({ message }) => message !== 'turn')
      .map(({ level, message }) => [level, message]);
    expect(said).to.deep.equal([
      ['error', 'the token of the page is refused: its events wait until it is renewed'],
      ['info', 'the page works again'],
    ]);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });

  it('survives ten minutes in which the platform is down, in order, without asking for every event', async () => {
    const until = 1_700_000_000_000 + 600_000;
    let calls = 0;
    const order: string[] = [];
    const setup = setUp(async (_stage, { key }) => {
      calls += 1;
      if (setup.clock.now < until) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      order.push(key);
    });
    const { store, stage } = setup;
    const all = Array.from({ length: 3000 }, (_, n) => event(String(n), `facebook 1 ${n % 100}`));
    await store.accept(all);
    await stage.runner.settled();
    expect(order).to.have.length(3000);
    expect(calls).to.be.lessThan(3200);
    for (let c = 0; c < 100; c += 1) {
      const own = order.map(Number).filter((n) => n % 100 === c);
      expect(own).to.deep.equal([...own].sort((one, other) => one - other));
    }
  });

  for (const [jump, hours] of [
    ['back', -1],
    ['forward', 1],
  ] as const) {
    it(`runs again, in order, although the clock is set ${jump} an hour at each of its attempts`, async () => {
      const wall = { now: 1_700_000_000_000 };
      const tries: string[] = [];
      const { store, stage } = setUp(
        async (_stage, { key }) => {
          tries.push(key);
          wall.now += hours * 3_600_000;
          if (tries.length < 8) throw graphError('temporary');
        },
        { retries: { now: () => wall.now } },
      );
      await store.accept([event('1'), event('2')]);
      await stage.runner.settled();
      expect(tries).to.deep.equal([...Array.from({ length: 8 }, () => '1'), '2']);
      expect(await store.deadLetters.list()).to.deep.equal([]);
      expect(Math.max(...stage.waits), 'longest wait').to.be.lessThan(60_001);
    });
  }

  it('is given up after a day of trouble', async () => {
    const setup = setUp(async () => {
      setup.clock.now += 60 * 60 * 1000;
      throw graphError('temporary');
    });
    await setup.store.accept([event('1')]);
    await setup.stage.runner.settled();
    expect((await setup.store.deadLetters.list())[0]).to.include({ reason: 'temporary' });
  });

  it('is not run when it has ended the process too often', async () => {
    const { memory } = setUp(async () => undefined);
    const store: Store = {
      ...memory,
      claim: async () => {
        const claim = await memory.claim();
        return claim && { ...claim, begun: 5 };
      },
    };
    let runs = 0;
    const { stage } = setUp(async () => void (runs += 1), { store });
    await store.accept([event('1')]);
    await stage.runner.settled();
    expect(runs).to.equal(0);
    expect((await store.deadLetters.list())[0]).to.include({ reason: 'crashed' });
  });
});

describe('a turn whose end cannot be noted', () => {
  it('is not run again, but noted again until that works', async () => {
    const { memory } = setUp(async () => undefined);
    let refusals = 3;
    const store: Store = {
      ...memory,
      complete: (id, changes) => {
        refusals -= 1;
        return refusals >= 0 ? Promise.reject(new StoreUnavailableError('full')) : memory.complete(id, changes);
      },
    };
    let runs = 0;
    const { stage } = setUp(async () => void (runs += 1), { store });
    await store.accept([event('1')]);
    await stage.runner.settled();
    expect(runs).to.equal(1);
    expect(stage.waits).to.deep.equal([1000, 1000, 1000]);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });

  it('runs again when the store has not noted an effect for which the turn did not wait', async () => {
    const { memory } = setUp(async () => undefined);
    const problems = [new StoreUnavailableError('full'), new EffectNotNotedError(new StoreUnavailableError('full'))];
    const store: Store = {
      ...memory,
      complete: async (id, changes) => {
        const problem = problems.shift();
        if (problem !== undefined) throw problem;
        await memory.complete(id, changes);
      },
    };
    let runs = 0;
    const { stage } = setUp(async () => void (runs += 1), { store, retries: { baseMs: 0 } });
    await store.accept([event('1')]);
    await stage.runner.settled();
    expect(runs).to.equal(2);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });
});
