import { expect } from 'chai';
import type { ThreadControl, ThreadOwner } from '../../../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { JournaledThreadControl } from '../../../turns/journal/journaledThreadControl.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import type { ThreadNote } from '../../../store/store.ts';
import { event } from '../../contracts/storeContract.ts';
import { createFakePlatform, createTurnStage } from '../../support/turnStage.ts';

const ours: ThreadOwner = { owner: 'app', appId: '1000' };
const inbox: ThreadOwner = { owner: 'app', appId: '263902037430900' };
const lost = new GraphTransportError('connection', { systemCode: 'ECONNRESET' });
const crash = 'crash';

interface Scene {
  /** What the turn does. */
  turn: (threadControl: ThreadControl) => Promise<unknown>;
  /** How commands end, one after the other; what is not there works. `crash`: the process ends in the middle of it. */
  commands?: (Error | typeof crash)[];
  /** Who owns the thread each time that it is asked; the last one stays. An error is what the question ends with. */
  owners?: (ThreadOwner | Error)[];
  heard?: readonly ThreadNote[];
  othersSpokeAt?: readonly number[];
  appId?: string | undefined;
  lateMs?: number;
  /** When the clock of the second run shows another time. */
  pausedMs?: number;
  /** The turn fails at the end of its first run. */
  failsAtTheEnd?: 'once';
}

/** A turn that passes, takes or asks, run until it is done or given up. */
async function play(scene: Scene) {
  const { turn, commands = [], owners = [ours], heard = [], othersSpokeAt = [], lateMs = 5000, pausedMs = 0 } = scene;
  const clock = { now: 1_700_000_000_000 };
  const calls: string[] = [];
  const waits: number[] = [];
  const results: unknown[] = [];
  const heardSince: number[] = [];
  const never = new Promise<never>(() => undefined);
  let [asked, runs] = [0, 0];
  let tellCrash: () => void = () => undefined;

  const command = (line: string) => async () => {
    calls.push(line);
    const end = commands.shift();
    if (end === crash) {
      tellCrash();
      return never;
    }
    if (end !== undefined) throw end;
  };
  const inner: ThreadControl = {
    passThreadControl: (user, app, metadata) => command(`pass ${user} ${app} ${metadata}`)(),
    takeThreadControl: (user, metadata) => command(`take ${user} ${metadata}`)(),
    requestThreadControl: (user, metadata) => command(`request ${user} ${metadata}`)(),
    releaseThreadControl: (user) => command(`release ${user}`)(),
    extendThreadControl: (user, seconds) => command(`extend ${user} ${seconds}`)(),
    getThreadOwner: async () => {
      const answer = owners[Math.min(asked, owners.length - 1)]!;
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    getSecondaryReceivers: async () => {
      calls.push('receivers');
      return [{ id: '2000', name: 'Two' }];
    },
  };

  const store = createMemoryStore({ now: () => clock.now, monotonicNow: () => clock.now });
  const stageOf = () => {
    const stage = createTurnStage({
      store,
      platform: createFakePlatform(),
      now: () => clock.now,
      pass: (ms) => void (clock.now += ms),
      run: async () => {
        runs += 1;
        const threadControl = new JournaledThreadControl(inner, {
          journal: stage.journal,
          appId: 'appId' in scene ? scene.appId : '1000',
          heardSince: async (_user, at) => {
            heardSince.push(at);
            return { handovers: heard, othersSpoke: othersSpokeAt.map((at) => ({ at })) };
          },
          lateMs,
          now: () => clock.now,
          sleep: async (ms) => void waits.push(ms),
        });
        results.push(await turn(threadControl).catch((error: unknown) => ({ threw: error })));
        const last = results.at(-1);
        if (typeof last === 'object' && last !== null && 'threw' in last) throw last.threw;
        if (scene.failsAtTheEnd === 'once' && runs === 1) throw new Error('the bot broke');
      },
    });
    return stage;
  };

  const first = stageOf();
  const crashed = new Promise<void>((resolve) => (tellCrash = resolve));
  await store.accept([event('1', 'facebook 108 7004')]);
  const ended = await Promise.race([crashed.then(() => 'crashed'), first.runner.settled().then(() => 'settled')]);
  if (ended === 'crashed') {
    // What the process held in its hands is put back, as the durable store does it at the next start.
    first.runner.stop();
    const [id] = [1];
    await store.retry(id, 0);
    clock.now += pausedMs;
    await stageOf().runner.settled();
  }
  const letters = await store.deadLetters.list();
  return { calls, waits, results, asked: () => asked, runs, heardSince, reasons: letters.map(({ reason }) => reason) };
}

const pass = (threadControl: ThreadControl) => threadControl.passThreadControl('7004', '263902037430900', 'please');
const passCall = 'pass 7004 263902037430900 please';
const done = undefined;
/** Given to this app, long after the call that is in question. */
const cameBack = { kind: 'pass_thread_control', at: 1_800_000_000_000, newOwner: '1000' } as const;

describe('thread control in a turn that runs again', () => {
  describe('replays what is written', () => {
    it('of every command and question, without a second call', async () => {
      const { calls, results, asked } = await play({
        failsAtTheEnd: 'once',
        owners: [{ owner: 'app', appId: '1000', expiresAt: 5 }],
        turn: async (threadControl) => {
          await pass(threadControl);
          await threadControl.takeThreadControl('7004', 'mine');
          await threadControl.requestThreadControl('7004', 'please');
          await threadControl.releaseThreadControl('7004');
          await threadControl.extendThreadControl('7004', 86_400);
          return [await threadControl.getThreadOwner('7004'), await threadControl.getSecondaryReceivers()];
        },
      });
      expect(calls).to.deep.equal([
        passCall,
        ...['take 7004 mine', 'request 7004 please', 'release 7004', 'extend 7004 86400', 'receivers'],
      ]);
      expect(asked()).to.equal(1);
      const answers = [{ owner: 'app', appId: '1000', expiresAt: 5 }, [{ id: '2000', name: 'Two' }]];
      expect(results).to.deep.equal([answers, answers]);
    });

    it('of every kind of owner', async () => {
      for (const owner of [{ owner: 'idle' }, { owner: 'other' }, { owner: 'other', expiresAt: 7 }, inbox] as const) {
        const turn = (threadControl: ThreadControl) => threadControl.getThreadOwner('7004');
        const { results } = await play({ failsAtTheEnd: 'once', owners: [owner], turn });
        expect(results).to.deep.equal([owner, owner]);
      }
    });

    it('of a refusal that the bot went on after, as the error that it was', async () => {
      const refusal = new GraphApiError({ status: 400, code: 100, subcode: 2018164, reason: 'invalidTarget' });
      const seen: unknown[] = [];
      const { calls } = await play({
        commands: [refusal],
        failsAtTheEnd: 'once',
        turn: async (threadControl) => {
          await pass(threadControl).catch((error: unknown) => seen.push(error));
          await threadControl.takeThreadControl('7004', 'instead');
        },
      });
      expect(calls).to.deep.equal([passCall, 'take 7004 instead']);
      expect(seen).to.have.length(2);
      for (const error of seen) {
        expect(error).to.be.instanceOf(GraphApiError);
        expect(error).to.include({ status: 400, code: 100, subcode: 2018164, reason: 'invalidTarget' });
      }
    });
  });

  describe('finds out what became of a pass', () => {
    it('whose answer was lost, by the owner that it went to', async () => {
      for (const owner of [inbox, { owner: 'other' } as const]) {
        const { calls, results } = await play({ turn: pass, commands: [lost], owners: [owner] });
        expect(calls).to.deep.equal([passCall]);
        expect(results).to.deep.equal([done]);
      }
    });

    it('that never arrived, and passes then', async () => {
      const { calls, waits, reasons } = await play({ turn: pass, commands: [lost], owners: [ours] });
      expect(calls).to.deep.equal([passCall, passCall]);
      // For the call, and then for what may tell of a thread that came back.
      expect(waits).to.deep.equal([5000, 5000]);
      expect(reasons).to.deep.equal([]);
    });

    it('that arrived after nobody waited for it any more, and does not pass again', async () => {
      const { calls, results } = await play({ turn: pass, commands: [lost], owners: [ours, inbox] });
      expect(calls).to.deep.equal([passCall]);
      expect(results).to.deep.equal([done]);
    });

    it('that was given back already, by the event that says so', async () => {
      const heard = [{ ...cameBack, previousOwner: '263902037430900' }];
      const { calls, waits, heardSince } = await play({ turn: pass, commands: [lost], owners: [ours], heard });
      expect(calls).to.deep.equal([passCall]);
      expect(waits).to.deep.equal([]);
      expect(heardSince).to.have.length(1);
    });

    it('in the middle of which the process ended', async () => {
      const passed = await play({ turn: pass, commands: [crash], owners: [inbox] });
      expect([passed.calls, passed.results]).to.deep.equal([[passCall], [done]]);
      const notPassed = await play({ turn: pass, commands: [crash], owners: [ours] });
      expect([notPassed.calls, notPassed.results]).to.deep.equal([[passCall, passCall], [done]]);
    });

    it('waiting from its own start on, however long ago the process ended', async () => {
      const { calls, waits } = await play({ turn: pass, commands: [crash], owners: [ours], pausedMs: 60_000 });
      expect(calls).to.have.length(2);
      expect(waits).to.deep.equal([5000, 5000]);
    });

    it('and takes no event from before the call for one that tells of it', async () => {
      const old = { ...cameBack, at: 1_600_000_000_000 };
      expect((await play({ turn: pass, commands: [lost], owners: [ours], heard: [old] })).calls).to.have.length(2);
      const toAnother = { ...cameBack, newOwner: '3000' };
      const other = await play({ turn: pass, commands: [lost], owners: [ours], heard: [toAnother] });
      expect(other.calls).to.have.length(2);
    });

    it('and does not take a thread that somebody took for one that was passed', async () => {
      const taken = { ...cameBack, kind: 'take_thread_control', previousOwner: '1000' } as const;
      const { calls, reasons } = await play({
        ...{ turn: pass, commands: [crash], owners: [{ owner: 'other' }], heard: [taken] },
      });
      expect([calls.length, reasons]).to.deep.equal([1, ['unknownOutcome']]);
    });

    it('and is not passed for having come back a moment ago: somebody may have taken it a moment before', async () => {
      const scene = (): Scene => ({ turn: pass, commands: [crash], owners: [ours], heard: [cameBack] });
      // The clock of the second run shows that the event is long past.
      const longAgo = await play({ ...scene(), pausedMs: 200_000_000_000 });
      expect([longAgo.calls.length, longAgo.reasons]).to.deep.equal([1, []]);
      const justNow = await play(scene());
      expect([justNow.calls.length, justNow.reasons]).to.deep.equal([1, ['unknownOutcome']]);
    });

    it('and stays unknown, whatever the question was refused with', async () => {
      const refused = new GraphApiError({ status: 403, code: 200, reason: 'permission' });
      const { calls, reasons } = await play({ turn: pass, commands: [crash], owners: [refused] });
      expect([calls.length, reasons]).to.deep.equal([1, ['unknownOutcome']]);
    });

    it('later, when the owner cannot be asked now', async () => {
      const { calls, runs, asked } = await play({ turn: pass, commands: [lost], owners: [lost, inbox] });
      expect(calls).to.deep.equal([passCall]);
      expect([runs, asked()]).to.deep.equal([2, 2]);
    });

    it('without an id of its own as far as owners tell', async () => {
      const toNobody = (threadControl: ThreadControl) => threadControl.passThreadControl('7004');
      const other = await play({ turn: pass, commands: [crash], owners: [inbox], appId: undefined });
      expect(other.calls).to.deep.equal([passCall]);
      const perhapsOurs = await play({ turn: toNobody, commands: [crash], owners: [ours], appId: undefined });
      expect(perhapsOurs.reasons).to.deep.equal(['unknownOutcome']);
    });

    it('and tells the bot when that is not to be known, and parks the turn when the bot is gone', async () => {
      const strangers: ThreadOwner = { owner: 'app', appId: '3000' };
      const seen: unknown[] = [];
      const { calls, reasons } = await play({
        turn: (threadControl) => pass(threadControl).catch((error: unknown) => void seen.push(error)),
        commands: [lost],
        owners: [strangers],
      });
      expect(seen[0]).to.be.instanceOf(GraphTransportError);
      expect([calls.length, reasons]).to.deep.equal([1, []]);
      const gone = await play({ turn: pass, commands: [crash], owners: [strangers] });
      expect([gone.calls.length, gone.reasons]).to.deep.equal([1, ['unknownOutcome']]);
      const idle = await play({ turn: pass, commands: [crash], owners: [{ owner: 'idle' }] });
      expect(idle.reasons).to.deep.equal(['unknownOutcome']);
    });
  });

  describe('finds out what became of a release', () => {
    const release = (threadControl: ThreadControl) => threadControl.releaseThreadControl('7004');

    it('by whether the thread is still this app’s own', async () => {
      for (const owner of [inbox, { owner: 'idle' } as const, { owner: 'other' } as const]) {
        expect((await play({ turn: release, commands: [lost], owners: [owner] })).calls).to.have.length(1);
      }
      expect((await play({ turn: release, commands: [lost], owners: [ours] })).calls).to.have.length(2);
      const back = await play({ turn: release, commands: [lost], owners: [ours], heard: [cameBack] });
      expect(back.calls).to.have.length(1);
    });

    it('not at all without an id of its own when an app has the thread', async () => {
      const { reasons } = await play({ turn: release, commands: [crash], owners: [ours], appId: undefined });
      expect(reasons).to.deep.equal(['unknownOutcome']);
    });
  });

  describe('finds out what became of a take', () => {
    const turn = (control: ThreadControl) => control.takeThreadControl('7004');
    const taken = { ...cameBack, kind: 'take_thread_control', previousOwner: '1000' } as const;

    it('by the owner, and takes again what nobody has taken', async () => {
      expect((await play({ turn, commands: [crash], owners: [ours] })).calls).to.have.length(1);
      expect((await play({ turn, commands: [crash], owners: [{ owner: 'other' }] })).calls).to.have.length(2);
      expect((await play({ turn, commands: [lost], owners: [inbox, ours] })).calls).to.have.length(1);
    });

    it('and does not take it from a person who took over meanwhile', async () => {
      const byEvent = await play({ turn, commands: [crash], owners: [inbox], heard: [taken] });
      expect([byEvent.calls.length, byEvent.reasons]).to.deep.equal([1, []]);
      const byWords = await play({ turn, commands: [crash], owners: [inbox], othersSpokeAt: [cameBack.at] });
      expect([byWords.calls.length, byWords.reasons]).to.deep.equal([1, ['unknownOutcome']]);
      const nobody = await play({ turn, commands: [crash], owners: [inbox], appId: undefined });
      expect([nobody.calls.length, nobody.reasons]).to.deep.equal([1, ['unknownOutcome']]);
    });
  });

  it('extends again what may have been done: that is no harm', async () => {
    const extend = await play({ turn: (control) => control.extendThreadControl('7004', 86_400), commands: [lost] });
    expect([extend.calls.length, extend.asked()]).to.deep.equal([2, 0]);
  });

  it('never asks for control twice: that cannot be found out', async () => {
    const request = (control: ThreadControl) => control.requestThreadControl('7004', 'please');
    const seen: unknown[] = [];
    const told = await play({
      turn: (control) => request(control).catch((error: unknown) => void seen.push(error)),
      commands: [lost],
    });
    expect([told.calls.length, told.reasons, seen]).to.deep.equal([1, [], [lost]]);
    const gone = await play({ turn: request, commands: [crash] });
    expect([gone.calls.length, gone.reasons]).to.deep.equal([1, ['unknownOutcome']]);
  });

  it('asks again a question whose answer was lost', async () => {
    const turn = (control: ThreadControl) => control.getThreadOwner('7004');
    const { results } = await play({ turn, owners: [lost, inbox] });
    expect(results.at(-1)).to.deep.equal(inbox);
  });
});
