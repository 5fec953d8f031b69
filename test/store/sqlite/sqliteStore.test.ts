import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { DatabaseSync } from 'node:sqlite';
import { EffectNotNotedError } from '../../../store/storeErrors.ts';
import { openDatabase } from '../../../store/sqlite/database.ts';
import { migrations } from '../../../store/sqlite/schema.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../../store/store.ts';
import { claimKeys, claimOne, event, rejection, storeContract } from '../../contracts/storeContract.ts';
import { entry } from '../../contracts/store/journalContract.ts';
import { timer } from '../../contracts/store/timerContract.ts';
import { breakableHandles, damageTable, manualCare, useFolder } from '../../support/brokenDisk.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

describe('the SQLite store, as every engine,', () => {
  const folder = useFolder();
  let files = 0;
  storeContract((options) => openSqliteStore(folder.path(`contract${(files += 1)}.db`), options));
});

describe('the SQLite store', () => {
  const folder = useFolder();
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  async function open(options: Parameters<typeof openSqliteStore>[1] = {}): Promise<Store> {
    const store = await openSqliteStore(folder.path('store.db'), options);
    opened.push(store);
    return store;
  }

  async function reopen(store: Store): Promise<Store> {
    await store.close();
    return open();
  }

  it('has after a restart what was waiting, in order, what was in work first', async () => {
    let store = await open();
    await store.accept([event('a1', 'a'), event('a2', 'a'), event('b1', 'b'), event('a3', 'a')]);
    await claimOne(store);
    store = await reopen(store);
    expect(await store.counts()).to.deep.equal({ waiting: 4, claimed: 0, failed: 0 });
    const order: string[] = [];
    for (let claim = await store.claim(); claim !== undefined; claim = await store.claim()) {
      order.push(claim.event.key);
      await store.complete(claim.id);
    }
    expect(order).to.deep.equal(['a1', 'b1', 'a2', 'a3']);
  });

  it('has after a restart what a turn had done and how often it was tried', async () => {
    let store = await open();
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.journal.begin(id, entry(0));
    await store.journal.end(id, 0, 'done', '{"id":"m_1"}');
    await store.retry(id, 60_000);
    await store.close();
    store = await open();
    const again = await claimOne(store);
    expect(again).to.include({ id, attempts: 1, begun: 0 });
    expect(again.journal).to.deep.equal([entry(0, { outcome: 'done', result: '{"id":"m_1"}' })]);
  });

  /** What the next process finds after a kill: the files as they are now, since nothing of a dead process is written later. */
  async function openAsAfterKill(from: string, to: string): Promise<Store> {
    for (const rest of ['', '-wal']) copyFileSync(folder.path(from) + rest, folder.path(to) + rest);
    const store = await openSqliteStore(folder.path(to));
    opened.push(store);
    return store;
  }

  it('has the beginning of a turn on the disk before the turn may begin, and counts the processes that end in it', async () => {
    let store = await open();
    await store.accept([event('1')]);
    for (const begun of [0, 1, 2]) {
      const claim = await claimOne(store);
      expect(claim.begun).to.equal(begun);
      await store.begin(claim.id);
      const from = begun === 0 ? 'store.db' : `killed${begun - 1}.db`;
      store = await openAsAfterKill(from, `killed${begun}.db`);
    }
  });

  it('blames the turn alone that is known to end the process, twice', async () => {
    const store = await open();
    await store.accept([event('beside', 'a'), event('guilty', 'b')]);
    const [beside, guilty] = [await claimOne(store), await claimOne(store)];
    await store.begin(beside.id);
    await store.begin(guilty.id);
    await store.blame(guilty.id);
    const next = await openAsAfterKill('store.db', 'killed.db');
    expect([(await claimOne(next)).begun, (await claimOne(next)).begun]).to.deep.equal([0, 2]);
  });

  it('blames no turn for a kill that comes before its beginning', async () => {
    const store = await open();
    // Only the first one can begin at once: the second waits for it, and the third for a Page of which something waits.
    await store.accept([event('1', 'page a'), event('2', 'page a')]);
    await store.accept([event('3', 'page b')]);
    await claimOne(store);
    const next = await openAsAfterKill('store.db', 'killed.db');
    const [first, third] = [await claimOne(next), await claimOne(next)];
    await next.complete(first.id);
    expect([first, third, await claimOne(next)].map(({ begun }) => begun)).to.deep.equal([1, 0, 0]);
  });

  it('commits the beginning of a turn that begins at once with its event, and takes it back when it closes before', async () => {
    const store = await open();
    let commits = 0;
    store.onCommit?.(() => (commits += 1));
    await store.accept([event('1')]);
    const claim = await claimOne(store);
    expect(claim.begun).to.equal(0);
    await store.begin(claim.id);
    expect(commits).to.equal(1);
    await store.accept([event('2', 'b')]);
    await store.close();
    const next = await open();
    expect([(await claimOne(next)).begun, (await claimOne(next)).begun]).to.deep.equal([0, 0]);
  });

  it('sees that a tool has changed its timers', async () => {
    const store = await open();
    await store.timers.change([timer('a', 1_000)]);
    expect((await store.timers.fire(0)).nextDueAt).to.equal(1_000);
    const tool = new DatabaseSync(folder.path('store.db'));
    tool.exec('UPDATE timers SET due_at = 500');
    tool.close();
    await store.accept([event('1')]);
    expect((await store.timers.fire(0)).nextDueAt).to.equal(500);
  });

  it('begins no more than a few turns with the acceptance of their events', async () => {
    const store = await open();
    await store.accept(Array.from({ length: 9 }, (_, n) => event(`${n}`, `c${n}`)));
    const next = await openAsAfterKill('store.db', 'killed.db');
    const begun: number[] = [];
    for (let n = 0; n < 9; n += 1) begun.push((await claimOne(next)).begun);
    expect(begun).to.deep.equal([1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('begins a turn again with a commit of its own', async () => {
    const store = await open();
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.begin(id);
    await store.retry(id, 0);
    await store.begin((await claimOne(store)).id);
    expect((await claimOne(await openAsAfterKill('store.db', 'killed.db'))).begun).to.equal(1);
  });

  it('hands out nothing of a customer who was forgotten after the event was accepted', async () => {
    const store = await open();
    await store.accept([event('1')]);
    const tool = new DatabaseSync(folder.path('store.db'));
    tool.exec('DELETE FROM deliveries');
    tool.close();
    await store.accept([event('2', 'b')]);
    expect((await claimOne(store)).event.key).to.equal('2');
    expect(await store.claim()).to.equal(undefined);
  });

  it('counts twice for the turn that is blamed for the end of the process, and not for those beside it', async () => {
    const store = await open();
    await store.accept([event('a', 'a'), event('b', 'b')]);
    const claims = [await claimOne(store), await claimOne(store)];
    for (const { id } of claims) await store.begin(id);
    await store.blame(claims[0]!.id);
    const next = await openAsAfterKill('store.db', 'killed.db');
    expect([(await claimOne(next)).begun, (await claimOne(next)).begun]).to.deep.equal([2, 0]);
  });

  it('blames no turn that was running while it was closed in good order, and forgets nothing of what the turn did', async () => {
    let store = await open();
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.begin(id);
    await store.journal.begin(id, entry(0));
    store = await reopen(store);
    const again = await claimOne(store);
    expect(again.begun).to.equal(0);
    expect(again.journal).to.deep.equal([entry(0)]);
  });

  it('has after a restart keys, state, echoes, sent messages and dead letters', async () => {
    let store = await open();
    const echo = { mid: 'm_1', correlationId: 'mark', at: 10 };
    await store.accept([{ ...event('1'), echo }, event('2')]);
    const first = await claimOne(store);
    await store.journal.begin(first.id, entry(0));
    await store.journal.end(first.id, 0, 'done', '{}', { conversation: 'a', text: 'hi', mid: 'm_2', at: 5 });
    await store.complete(first.id, [{ key: 'k', value: '1', expected: undefined }]);
    const second = await claimOne(store);
    await store.fail(second.id);
    store = await reopen(store);
    expect(await store.accept([event('1'), event('2')])).to.deep.equal({ accepted: 0, duplicates: 2 });
    expect((await store.state.read(['k'])).get('k')?.value).to.equal('1');
    expect(await store.journal.echoOf('mark')).to.deep.equal(echo);
    expect(await store.journal.sentSince('a', 0)).to.have.length(1);
    expect((await store.deadLetters.list()).map(({ id }) => id)).to.deep.equal([second.id]);
  });

  it('is well after a restart with the backlog of one page, until that page sends more, and takes what comes for another', async () => {
    const of = (page: string, n: number) => event(`${page} ${n}`, `facebook ${page} 7`);
    let store = await openSqliteStore(folder.path('bot.db'), { maxWaiting: 2 });
    await store.accept([of('10', 1), of('10', 2)]);
    await store.close();
    store = await openSqliteStore(folder.path('bot.db'), { maxWaiting: 2 });
    expect(store.health()).to.deep.equal({ state: 'ok', fullPages: 1 });
    expect(await rejection(store.accept([of('10', 3)]))).to.include({ reason: 'backlog' });
    expect(store.health()).to.include({ state: 'unavailable', reason: 'backlog' });
    expect(await store.accept([of('20', 1)])).to.include({ accepted: 1 });
    await store.close();
  });

  it('may be read by nobody but its owner', async () => {
    const store = await open();
    await store.accept([event('1')]);
    for (const name of ['store.db', 'store.db-wal', 'store.db-lock']) {
      expect(statSync(folder.path(name)).mode & 0o777, name).to.equal(0o600);
    }
  });

  it('makes the folder that it is to stand in', async () => {
    const store = await openSqliteStore(folder.path('deep/er/store.db'));
    opened.push(store);
    expect(statSync(folder.path('deep')).mode & 0o777).to.equal(0o700);
  });

  it('writes to the disk with every commit, through a write-ahead log', async () => {
    const handles = breakableHandles();
    const store = await open({ openHandle: handles.openHandle });
    await store.accept([event('1')]);
    expect(handles.current().prepare('PRAGMA journal_mode').get()).to.deep.include({ journal_mode: 'wal' });
    expect(handles.current().prepare('PRAGMA synchronous').get()).to.deep.include({ synchronous: 2 });
  });

  it('commits what comes at the same time in one transaction', async () => {
    const handles = breakableHandles();
    const store = await open({ openHandle: handles.openHandle });
    const statements: string[] = [];
    const commits = () => statements.filter((sql) => sql === 'COMMIT').length;
    handles.current().setAuthorizer((action, operation) => {
      // 22 is SQLITE_TRANSACTION. It is asked for when the statement is compiled, so once for a kept one.
      if (action === 22 && operation !== null) statements.push(operation);
      return 0;
    });
    const before = Number(handles.current().prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['log'] ?? 0);
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.accept([event(String(n), String(n))])));
    expect(before).to.equal(0);
    expect(commits()).to.be.lessThan(2);
    expect((await store.counts()).waiting).to.equal(100);
  });

  describe('brings to the disk', () => {
    /** The level at which each commit was made: FULL reaches the disk, NORMAL the system's cache. */
    function watched() {
      const [handles, levels] = [breakableHandles(), [] as string[]];
      const clock = { work: undefined as (() => void) | undefined };
      handles.controls.whenOpened = (handle) => {
        const prepare = handle.prepare.bind(handle);
        handle.prepare = (sql: string) => {
          const statement = prepare(sql);
          if (sql !== 'COMMIT') return statement;
          const run = statement.run.bind(statement);
          statement.run = () => {
            levels.push(prepare('PRAGMA synchronous').get()?.['synchronous'] === 2 ? 'FULL' : 'NORMAL');
            return run();
          };
          return statement;
        };
      };
      const after = (_ms: number, work: () => void) => {
        clock.work = work;
        return () => (clock.work = undefined);
      };
      return { options: { openHandle: handles.openHandle, after }, levels, clock };
    }

    it('an event before it is acknowledged and an effect before it is done', async () => {
      const { options, levels } = watched();
      const store = await open(options);
      await store.accept([event('1')]);
      expect(levels).to.deep.equal(['FULL']);
      const { id } = await claimOne(store);
      await store.journal.begin(id, entry(0));
      expect(levels.at(-1)).to.equal('FULL');
    });

    it('the end of a turn with the next event', async () => {
      const { options, levels, clock } = watched();
      const store = await open(options);
      await store.accept([event('1')]);
      await store.complete((await claimOne(store)).id);
      expect(levels.at(-1)).to.equal('NORMAL');
      expect(clock.work).to.not.equal(undefined);
      await store.accept([event('2')]);
      expect(levels.at(-1)).to.equal('FULL');
      expect(clock.work).to.equal(undefined);
    });

    it('the end of a turn soon when no event comes', async () => {
      const { options, levels, clock } = watched();
      const store = await open(options);
      const log = () => readFileSync(folder.path('store.db-wal'));
      for (const key of ['1', '2', '3']) {
        await store.accept([event(key)]);
        await store.complete((await claimOne(store)).id);
        const before = log();
        clock.work?.();
        await store.state.write([]);
        expect(levels.at(-1)).to.equal('FULL');
        // A commit that writes nothing waits for nothing.
        expect(log().equals(before)).to.equal(false);
      }
    });

    it('the end of a turn soon when what comes was known and changes nothing', async () => {
      const { options, clock } = watched();
      const store = await open(options);
      await store.accept([event('1')]);
      await store.complete((await claimOne(store)).id);
      expect(await store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
      expect(clock.work).to.not.equal(undefined);
    });

    it('a turn that was given up, and one that is to run again', async () => {
      const { options, levels } = watched();
      const store = await open(options);
      await store.accept([event('1')]);
      const { id } = await claimOne(store);
      await store.retry(id, 0);
      expect(levels.at(-1)).to.equal('FULL');
      await store.fail((await claimOne(store)).id);
      expect(levels.at(-1)).to.equal('FULL');
    });
  });

  it('forgets keys, echoes and sent messages after their retention', async () => {
    let now = 1_000_000;
    const care = manualCare();
    const store = await open({ now: () => now, keyRetentionMs: 100_000, noteRetentionMs: 50_000, every: care.every });
    await store.accept([{ ...event('1'), echo: { mid: 'm_1', correlationId: 'mark', at: now } }]);
    const { id } = await claimOne(store);
    await store.journal.begin(id, entry(0));
    await store.journal.end(id, 0, 'done', '', { conversation: 'a', text: '', at: now });
    await store.complete(id);
    now += 70_000;
    care.tick();
    expect(await store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
    expect(await store.journal.echoOf('mark')).to.equal(undefined);
    expect(await store.journal.sentSince('a', 0)).to.deep.equal([]);
    now += 70_000;
    care.tick();
    expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
  });

  it('still knows a key short of seven days, however often it looks for old ones and the clock is set wrong by an hour', async () => {
    const [hour, day] = [3_600_000, 24 * 3_600_000];
    let now = 1_700_000_000_000;
    const care = manualCare();
    const store = await open({ now: () => now, every: care.every });
    await store.accept([event('1')]);
    const times = [-hour, hour, day, 5 * day, 7 * day - hour, 6 * day, 7 * day - 1];
    for (const since of times) {
      now = 1_700_000_000_000 + since;
      care.tick();
      expect(await store.accept([event('1')]), `after ${since / hour} hours`).to.include({ duplicates: 1 });
    }
  });

  describe('and a second one on the same file', () => {
    it('waits until the first one ends', async () => {
      const first = await open();
      await first.accept([event('1')]);
      let polls = 0;
      const second = await open({
        sleep: async () => {
          polls += 1;
          if (polls === 3) await first.close();
        },
      });
      expect(polls).to.equal(3);
      expect(await claimKeys(second)).to.deep.equal(['1']);
    });

    it('says that it waits, once', async () => {
      const [first, logger] = [await open(), createRecordingLogger()];
      let polls = 0;
      const sleep = async () => {
        polls += 1;
        if (polls === 3) await first.close();
      };
      await open({ sleep, logger });
      expect(logger.lines.map(({ message }) => message)).to.deep.equal([
        'another process works on the store: waiting for it to end',
      ]);
    });

    it('gives up after its limit and says why', async () => {
      await open();
      let clock = 0;
      const error = await rejection(
        open({ ownerLimitMs: 1000, monotonicNow: () => clock, sleep: async (ms) => void (clock += ms) }),
      );
      expect(error).to.include({ name: 'StoreUnavailable', reason: 'busy' });
      expect(error.message).to.match(/another process works on it/);
      expect(clock).to.equal(1000);
    });

    it('notices what a command line tool put back to work', async () => {
      const care = manualCare();
      const store = await open({ every: care.every });
      await store.accept([event('1')]);
      const { id } = await claimOne(store);
      await store.fail(id);
      let told = 0;
      store.onWork(() => (told += 1));
      const tool = new DatabaseSync(folder.path('store.db'));
      tool.exec(
        `INSERT INTO deliveries (conversation, kind, via, key, turn, accepted_at) SELECT conversation, kind, via, key, turn, accepted_at FROM dead_letters`,
      );
      tool.close();
      care.tick();
      await store.accept([event('2')]);
      expect(told).to.equal(1);
      expect((await claimOne(store)).event.key).to.equal('1');
      await store.complete(id + 1);
      expect((await claimOne(store)).event.key).to.equal('2');
      expect(await store.claim()).to.equal(undefined);
    });
  });

  describe('opens', () => {
    it('a file that another program holds for a moment', async () => {
      await (await open()).close();
      const holder = new DatabaseSync(folder.path('store.db'));
      holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      let polls = 0;
      const store = await open({
        sleep: async () => {
          polls += 1;
          if (polls === 3) holder.close();
        },
      });
      expect(polls).to.equal(3);
      expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
    });

    it('a file of the first version, with what is in it', async () => {
      const file = openDatabase(folder.path('store.db'), { steps: migrations.slice(0, 1) });
      file.run(
        `INSERT INTO deliveries (conversation, kind, via, key, turn, accepted_at) VALUES ('b', 'message', 'a', '2', '{}', 1)`,
      );
      file.run(`INSERT INTO dead_letters (id, conversation, kind, via, key, turn, accepted_at, attempts, died_at, reason, sentence)
        VALUES (2, 'a', 'message', 'a', '1', '{}', 1, 1, 1, 'failed', 'It failed.')`);
      file.close();
      const store = await open();
      expect(await store.deadLetters.count()).to.equal(1);
      expect(await claimKeys(store)).to.deep.equal(['2']);
    });

    it('a file with many open events, without reading one of them', async () => {
      const first = await open();
      await first.accept(Array.from({ length: 1000 }, (_, n) => event(String(n), `c${n % 100}`)));
      await first.close();
      const handles = breakableHandles();
      const columns: string[] = [];
      handles.controls.whenOpened = (handle) => {
        // 20 is SQLITE_READ: it is asked for each column of a statement.
        handle.setAuthorizer((action, table, column) => {
          if (action === 20 && table === 'deliveries') columns.push(String(column));
          return 0;
        });
      };
      const store = await open({ openHandle: handles.openHandle });
      expect(new Set(columns)).to.deep.equal(new Set(['id', 'conversation']));
      expect((await store.counts()).waiting).to.equal(1000);
      await claimOne(store);
      expect(columns).to.include('turn');
    });
  });

  describe('refuses to open', () => {
    it('a file that another program holds all the time', async () => {
      await (await open()).close();
      const holder = new DatabaseSync(folder.path('store.db'));
      holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      let waited = 0;
      expect(await rejection(open({ busyLimitMs: 200, sleep: async (ms) => void (waited += ms) }))).to.include({
        reason: 'busy',
      });
      expect(waited).to.equal(200);
      holder.close();
    });

    it('a network file system, with the reason', async () => {
      const error = await rejection(open({ networkFileSystem: () => 'nfs4' }));
      expect(error.message).to.match(/network file system, nfs4, .* local disk/);
    });

    it('a file of another program, and leaves it as it is', async () => {
      const other = new DatabaseSync(folder.path('store.db'));
      other.exec('CREATE TABLE theirs (a)');
      other.close();
      const before = readFileSync(folder.path('store.db'));
      expect(await rejection(open())).to.include({ reason: 'corrupt' });
      expect(readFileSync(folder.path('store.db')).equals(before)).to.equal(true);
    });

    it('a file that is no database, and leaves it as it is', async () => {
      writeFileSync(folder.path('store.db'), 'my shopping list '.repeat(500));
      expect(await rejection(open())).to.include({ name: 'StoreUnavailable', reason: 'corrupt' });
      expect(readFileSync(folder.path('store.db'), 'utf8')).to.match(/^my shopping list/);
    });

    it('a file of a newer version', async () => {
      await (await open()).close();
      const file = new DatabaseSync(folder.path('store.db'));
      file.exec('PRAGMA user_version = 99');
      file.close();
      expect((await rejection(open())).message).to.match(/newer version/);
    });

    it('a file of which a page was overwritten, and leaves no lock behind', async () => {
      const store = await open();
      await store.accept([event('1')]);
      await store.close();
      const mend = damageTable(folder.path('store.db'), 'deliveries');
      expect(await rejection(open())).to.include({ name: 'StoreUnavailable', reason: 'corrupt' });
      mend();
      expect(await claimKeys(await open({ ownerLimitMs: 0 }))).to.deep.equal(['1']);
    });

    it('a folder', async () => {
      expect(await rejection(openSqliteStore(folder.path('.')))).to.include({ name: 'StoreUnavailable' });
    });

    it('and leaves no lock behind', async () => {
      writeFileSync(folder.path('store.db'), 'x'.repeat(5000));
      await rejection(open());
      writeFileSync(folder.path('store.db'), '');
      const store = await open({ ownerLimitMs: 0 });
      expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
    });
  });

  describe('that cannot write', () => {
    const cases = [
      {
        name: 'because the disk is full',
        reason: 'full',
        breakIt: (handle: DatabaseSync) => {
          const pages = handle.prepare('PRAGMA page_count').get()?.['page_count'];
          handle.exec(`PRAGMA max_page_count = ${Number(pages)}`);
        },
        mend: (handle: DatabaseSync) => handle.exec('PRAGMA max_page_count = 100000'),
      },
      {
        name: 'because the file is read-only',
        reason: 'readOnly',
        breakIt: (handle: DatabaseSync) => handle.exec('PRAGMA query_only = ON'),
        // It opens the file anew; with a real read-only file that fails until somebody changes the mode.
        mend: () => undefined,
      },
    ];
    for (const { name, reason, breakIt, mend } of cases) {
      it(`${name}: acknowledges nothing, says so once, and goes on by itself`, async () => {
        const [handles, care, logger] = [breakableHandles(), manualCare(), createRecordingLogger()];
        const store = await open({ openHandle: handles.openHandle, every: care.every, logger });
        const handle = handles.current();
        breakIt(handle);
        const big = { ...event('1'), payload: 'x'.repeat(100_000) };
        expect(await rejection(store.accept([big]))).to.include({ name: 'StoreUnavailable', reason });
        expect(store.health()).to.include({ state: 'unavailable', reason });
        expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
        mend(handle);
        care.tick();
        expect(await store.accept([big])).to.deep.equal({ accepted: 1, duplicates: 0 });
        expect(store.health()).to.deep.equal({ state: 'ok' });
        expect(logger.lines.map(({ level }) => level)).to.deep.equal(['error', 'info']);
      });
    }

    it('because another program holds the file: waits a while, then refuses, and goes on by itself', async () => {
      const other = new DatabaseSync(':memory:');
      let waited = 0;
      const store = await open({ sleep: async (ms) => void (waited += ms), busyLimitMs: 200 });
      const holder = new DatabaseSync(folder.path('store.db'));
      holder.exec('BEGIN IMMEDIATE');
      expect(await rejection(store.accept([event('1')]))).to.include({ reason: 'busy' });
      expect(waited).to.equal(200);
      holder.exec('ROLLBACK');
      expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
      holder.close();
      other.close();
    });

    it('because another program holds the file for a moment: commits after it', async () => {
      const holder = { handle: undefined as DatabaseSync | undefined };
      const store = await open({ sleep: async () => holder.handle?.exec('ROLLBACK') });
      holder.handle = new DatabaseSync(folder.path('store.db'));
      holder.handle.exec('BEGIN IMMEDIATE');
      expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
      holder.handle.close();
    });

    it('because the file is damaged: acknowledges nothing, takes no other file, and the next start does', async () => {
      const [handles, care, logger] = [breakableHandles(), manualCare(), createRecordingLogger()];
      const store = await open({ openHandle: handles.openHandle, every: care.every, logger });
      await store.accept([event('1')]);
      handles.current().exec('PRAGMA wal_checkpoint(TRUNCATE)');
      const damaged = readFileSync(folder.path('store.db')).fill(0x55, 4096);
      writeFileSync(folder.path('store.db'), damaged);
      // Otherwise it would go on with the pages that it remembers.
      handles.current().exec('PRAGMA shrink_memory');
      expect(await rejection(store.accept([event('2')]))).to.include({ reason: 'corrupt' });
      expect(await rejection(store.accept([event('2')]))).to.include({ name: 'StoreUnavailable' });
      expect(store.health()).to.include({ state: 'unavailable' });
      writeFileSync(folder.path('store.db'), '');
      for (const rest of ['-wal', '-shm']) writeFileSync(folder.path(`store.db${rest}`), '');
      expect(await rejection(store.accept([event('2')]))).to.include({ reason: 'detached' });
      care.tick();
      expect(await rejection(store.accept([event('3')]))).to.include({ reason: 'detached' });
      expect(store.health()).to.include({ state: 'unavailable', reason: 'detached' });
      expect(readFileSync(folder.path('store.db')).length).to.equal(0);
      const lines = logger.lines
        .filter(({ level }) => level !== 'debug')
        .map(({ level, fields }) => [level, fields['reason']]);
      expect(lines).to.deep.equal([
        ['error', 'corrupt'],
        ['error', 'detached'],
      ]);
      expect(await claimKeys(await reopen(store))).to.deep.equal([]);
    });

    it('because a part of it is damaged: says so although commits elsewhere go well, until a check finds it sound', async () => {
      const [handles, care, logger] = [breakableHandles(), manualCare(), createRecordingLogger()];
      const store = await open({ openHandle: handles.openHandle, every: care.every, logger });
      await store.state.write([{ key: 'k', value: '1', expected: undefined }]);
      const mend = damageTable(folder.path('store.db'), 'state');
      handles.current().exec('PRAGMA shrink_memory');
      expect(await rejection(store.state.read(['k']))).to.include({ name: 'StoreUnavailable', reason: 'corrupt' });
      for (const key of ['1', '2']) {
        expect(await store.accept([event(key)])).to.deep.equal({ accepted: 1, duplicates: 0 });
        care.tick();
        await rejection(store.state.read(['k']));
        expect(store.health()).to.include({ state: 'unavailable', reason: 'corrupt' });
      }
      mend();
      care.tick();
      await store.state.write([]);
      expect(store.health()).to.deep.equal({ state: 'ok' });
      expect((await store.state.read(['k'])).get('k')?.value).to.equal('1');
      expect(logger.lines.filter(({ level }) => level !== 'debug').map(({ level }) => level)).to.deep.equal([
        'error',
        'info',
      ]);
    });

    it('one event of a group does not cost the others', async () => {
      const handles = breakableHandles();
      const store = await open({ openHandle: handles.openHandle });
      const pages = Number(handles.current().prepare('PRAGMA page_count').get()?.['page_count']);
      handles.current().exec(`PRAGMA max_page_count = ${pages + 4}`);
      const answers = await Promise.allSettled([
        store.accept([event('small 1')]),
        store.accept([{ ...event('large'), payload: 'x'.repeat(500_000) }]),
        store.accept([event('small 2')]),
      ]);
      expect(answers.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
      expect((await store.counts()).waiting).to.equal(2);
    });

    it('keeps a turn in work whose end it could not note', async () => {
      const handles = breakableHandles();
      const store = await open({ openHandle: handles.openHandle });
      await store.accept([event('1')]);
      const { id } = await claimOne(store);
      handles.controls.whenOpened = (handle) => handle.exec('PRAGMA query_only = ON');
      handles.controls.whenOpened(handles.current());
      expect(await rejection(store.complete(id))).to.include({ reason: 'readOnly' });
      expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 1, failed: 0 });
      handles.controls.whenOpened = () => undefined;
      await store.complete(id);
      expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
    });

    it('does not take a turn as done of which an effect could not be noted, and gives it again', async () => {
      const handles = breakableHandles();
      const store = await open({ openHandle: handles.openHandle });
      await store.accept([event('1')]);
      const { id } = await claimOne(store);
      await store.journal.begin(id, entry(0));
      const pages = Number(handles.current().prepare('PRAGMA page_count').get()?.['page_count']);
      handles.current().exec(`PRAGMA max_page_count = ${pages}`);
      const sent = { conversation: 'a', text: 'x'.repeat(500_000), at: 5 };
      // The end of the turn alone would fit on the disk.
      const answers = await Promise.allSettled([store.journal.end(id, 0, 'done', '{}', sent), store.complete(id)]);
      expect(answers.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
      handles.current().exec(`PRAGMA max_page_count = ${pages * 1000}`);
      // Room on the disk does not help: whoever waited for it would wait for ever.
      expect(await rejection(store.complete(id)))
        .to.be.instanceOf(EffectNotNotedError)
        .and.include({ reason: 'full' });
      await store.retry(id, 0);
      const again = await claimOne(store);
      expect(again.journal.map(({ outcome }) => outcome)).to.deep.equal(['open']);
      await store.complete(id);
      expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
    });

    it('because it is closed: says so', async () => {
      const store = await open();
      await store.close();
      expect(await rejection(store.accept([event('1')]))).to.include({ reason: 'closed' });
      expect(store.health()).to.include({ state: 'unavailable' });
    });
  });
});
