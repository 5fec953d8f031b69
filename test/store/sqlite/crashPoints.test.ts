import { copyFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { ThreadControl, ThreadOwner } from '../../../helpers/facebookThreadControlHelper.ts';
import { JournaledThreadControl } from '../../../turns/journal/journaledThreadControl.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import type { InboxEvent, Store } from '../../../store/store.ts';
import { event } from '../../contracts/storeContract.ts';
import { useFolder } from '../../support/brokenDisk.ts';
import { createFakePlatform, createTurnStage, type FakePlatform, type TurnStage } from '../../support/turnStage.ts';

/**
 * The process ends at a point: its file is copied as it is at that moment, and from then on nothing of it is written or sent.
 * What the next process makes of the copy must be the same, whatever the point.
 */
const moments = ['before BEGIN', 'before COMMIT', 'after COMMIT'] as const;

interface Crash {
  at: number;
  /** How many points there have been so far. */
  passed: number;
  happened: boolean;
  tell: () => void;
}

class Crashed extends Error {
  override readonly name = 'Crashed';
}

function crashingHandle(path: string, copyTo: string, crash: Crash): DatabaseSync {
  const handle = new DatabaseSync(path, { timeout: 0 });
  const point = () => {
    if (crash.happened) throw new Crashed();
    crash.passed += 1;
    if (crash.passed !== crash.at) return;
    crash.happened = true;
    crash.tell();
    for (const rest of ['', '-wal']) {
      if (existsSync(path + rest)) copyFileSync(path + rest, copyTo + rest);
    }
    throw new Crashed();
  };
  const prepare = handle.prepare.bind(handle);
  handle.prepare = (sql: string) => {
    const statement = prepare(sql);
    if (sql !== 'BEGIN IMMEDIATE' && sql !== 'COMMIT') return statement;
    const run = statement.run.bind(statement);
    statement.run = () => {
      point();
      const result = run();
      if (sql === 'COMMIT') point();
      return result;
    };
    return statement;
  };
  return handle;
}

const conversation = 'facebook 1 customer';

/** A thread at the platform, with what was done to it. */
interface FakeThread {
  owner: ThreadOwner;
  moves: string[];
}

const ours: ThreadOwner = { owner: 'app', appId: '1000' };
const inbox: ThreadOwner = { owner: 'app', appId: '263902037430900' };

function controlOf(thread: FakeThread, isGone: () => boolean): ThreadControl {
  const unused = () => Promise.reject(new Error('This is not part of the play.'));
  const move = async (name: string, owner: ThreadOwner): Promise<void> => {
    if (isGone()) return new Promise<never>(() => undefined);
    thread.moves.push(name);
    thread.owner = owner;
  };
  return {
    passThreadControl: () => move('pass', inbox),
    takeThreadControl: () => (thread.owner === ours ? Promise.resolve() : move('take', ours)),
    getThreadOwner: () => Promise.resolve(thread.owner),
    ...{ requestThreadControl: unused, releaseThreadControl: unused, extendThreadControl: unused },
    getSecondaryReceivers: unused,
  };
}

/** What the events of a play happen to. */
interface Scene {
  store: Store;
  thread: FakeThread;
  isGone: () => boolean;
}

/** Two events; each is answered with three messages, and the state counts them. The first passes the thread on, the second takes it back. */
async function turn(stage: TurnStage, { key }: InboxEvent, { store, thread, isGone }: Scene): Promise<void> {
  const scope = stage.scopes.current()!;
  const threadControl = new JournaledThreadControl(controlOf(thread, isGone), {
    journal: stage.journal,
    appId: '1000',
    sleep: () => Promise.resolve(),
  });
  if (key === '2') await threadControl.takeThreadControl('customer');
  const known = (await store.state.read(['count'])).get('count')?.value ?? '0';
  scope.changeState({ key: 'count', value: String(Number(known) + 1), expected: undefined });
  await stage.say(`${key}: hello, number ${known}`);
  await stage.say(`${key}: is there more`);
  await stage.say(`${key}: good bye`);
  if (key === '1') await threadControl.passThreadControl('customer', '263902037430900');
}

const expected = [
  ...['1: hello, number 0', '1: is there more', '1: good bye'],
  ...['2: hello, number 1', '2: is there more', '2: good bye'],
];

/** As the platform does: what was not acknowledged comes again. */
async function deliver(store: Store): Promise<void> {
  for (const key of ['1', '2']) await store.accept([event(key, conversation)]);
}

async function runUntilCrash(store: Store, platform: FakePlatform, thread: FakeThread, crash: Crash): Promise<void> {
  const stopping: FakePlatform = {
    ...platform,
    send: (text) => (crash.happened ? new Promise<never>(() => undefined) : platform.send(text)),
  };
  const stage: TurnStage = createTurnStage({
    store,
    platform: stopping,
    run: (one, event) => turn(one, event, { store, thread, isGone: () => crash.happened }),
    retries: { maxAttempts: 1 },
  });
  const ended = new Promise<void>((resolve) => {
    crash.tell = resolve;
    if (crash.happened) resolve();
  });
  await Promise.race([ended, deliver(store).then(() => stage.runner.settled())]).catch(() => undefined);
  stage.runner.stop();
}

describe('a crash of the process', () => {
  const folder = useFolder();

  async function play(at: number): Promise<{ crash: Crash; texts: string[]; moves: string[] }> {
    const [path, copy] = [folder.path(`first${at}.db`), folder.path(`second${at}.db`)];
    const crash: Crash = { at, passed: 0, happened: false, tell: () => undefined };
    const platform = createFakePlatform();
    const thread: FakeThread = { owner: ours, moves: [] };
    const care = () => () => undefined;
    const first = await openSqliteStore(path, {
      every: care,
      openHandle: (place) => crashingHandle(place, copy, crash),
    });
    await runUntilCrash(first, platform, thread, crash);
    await first.close();
    if (crash.happened) {
      const second = await openSqliteStore(copy, { every: care });
      const stage = createTurnStage({
        store: second,
        platform,
        run: (one, event) => turn(one, event, { store: second, thread, isGone: () => false }),
      });
      await deliver(second);
      await stage.runner.settled();
      expect(await second.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
      expect((await second.state.read(['count'])).get('count')?.value).to.equal('2');
      expect(await second.deadLetters.list()).to.deep.equal([]);
      await second.close();
    }
    return { crash, texts: platform.sent.map(({ text }) => text), moves: thread.moves };
  }

  it('at any commit loses nothing, does nothing twice and keeps the order', async () => {
    let points = 0;
    for (let at = 1; ; at += 1) {
      const { crash, texts, moves } = await play(at);
      const moment = `${moments[(at - 1) % moments.length]} of commit ${Math.ceil(at / moments.length)}`;
      expect(texts, `point ${at}, ${moment}`).to.deep.equal(expected);
      expect(moves, `point ${at}, ${moment}`).to.deep.equal(['pass', 'take']);
      if (!crash.happened) break;
      points += 1;
    }
    expect(points).to.be.greaterThan(30);
  });
});
