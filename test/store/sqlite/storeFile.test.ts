import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import type { SqliteStoreOptions } from '../../../store/sqlite/sqliteStoreOptions.ts';
import type { Store } from '../../../store/store.ts';
import { claimKeys, claimOne, event, rejection } from '../../contracts/storeContract.ts';
import { entry } from '../../contracts/store/journalContract.ts';
import { breakableHandles, manualCare, useFolder } from '../../support/brokenDisk.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

describe('the file of a store that is open', () => {
  const folder = useFolder();
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  async function open(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
    const store = await openSqliteStore(path, options);
    opened.push(store);
    return store;
  }

  async function settled(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  const data = (rest = '') => folder.path(`data/bot.db${rest}`);
  const copyOver = (rest: string) => {
    copyFileSync(data(rest), data(`${rest}.copy`));
    renameSync(data(rest), data(`${rest}.old`));
    renameSync(data(`${rest}.copy`), data(rest));
    return () => renameSync(data(`${rest}.old`), data(rest));
  };
  const moveAway = (from: string, to: string) => {
    renameSync(from, to);
    return () => renameSync(to, from);
  };

  /** Each takes the file's name away, and gives what gives it back. */
  const accidents: Record<string, () => () => void> = {
    'is moved away': () => moveAway(data(), folder.path('elsewhere.db')),
    'is renamed, with the files named after it': () => {
      const back = ['', '-wal', '-shm'].map((rest) => moveAway(data(rest), data(`.old${rest}`)));
      return () => back.forEach((each) => each());
    },
    'is replaced by a copy of it': () => copyOver(''),
    'is replaced by an empty file': () => {
      const back = moveAway(data(), data('.old'));
      writeFileSync(data(), '');
      return back;
    },
    'is replaced by another store': () => {
      const back = moveAway(data(), data('.old'));
      new DatabaseSync(data()).close();
      return back;
    },
    'goes with its folder': () => moveAway(folder.path('data'), folder.path('archive')),
    'is hidden by another folder in the place of its own': () => {
      const back = moveAway(folder.path('data'), folder.path('archive'));
      mkdirSync(folder.path('data'));
      return () => {
        rmSync(folder.path('data'), { recursive: true });
        back();
      };
    },
    'has lost its write-ahead log': () => moveAway(data('-wal'), data('-wal.old')),
    'has another write-ahead log': () => copyOver('-wal'),
    'has lost its shared memory': () => moveAway(data('-shm'), data('-shm.old')),
  };

  for (const [name, happen] of Object.entries(accidents)) {
    it(`${name}: acknowledges nothing, says so once, keeps what is open, and goes on when it is back`, async () => {
      const [care, logger] = [manualCare(), createRecordingLogger()];
      const store = await open(data(), { every: care.every, logger });
      await store.accept([event('1'), event('2', 'b')]);
      const { id } = await claimOne(store);
      const back = happen();
      expect(await rejection(store.accept([event('3', 'c')]))).to.include({ reason: 'detached' });
      expect(await rejection(store.accept([event('3', 'c')]))).to.include({ reason: 'detached' });
      expect(await rejection(store.journal.begin(id, entry(0)))).to.include({ reason: 'detached' });
      expect(await rejection(store.claim())).to.include({ reason: 'detached' });
      care.tick();
      expect(await rejection(store.complete(id))).to.include({ reason: 'detached' });
      expect(store.health()).to.include({ state: 'unavailable', reason: 'detached' });
      back();
      care.tick();
      await store.complete(id);
      expect(store.health()).to.deep.equal({ state: 'ok' });
      expect(await store.accept([event('1'), event('3', 'c')])).to.include({ accepted: 1, duplicates: 1 });
      expect(await claimKeys(store)).to.deep.equal(['2', '3']);
      const lines = logger.lines.filter(({ level }) => level === 'error' || level === 'info');
      expect(lines.map(({ level, message }) => [level, message])).to.deep.equal([
        ['error', 'the store cannot commit: nothing is acknowledged'],
        ['info', 'the store can commit again'],
      ]);
    });

    it(`${name}: is noticed although no event comes`, async () => {
      const care = manualCare();
      const store = await open(data(), { every: care.every });
      const back = happen();
      care.tick();
      expect(store.health()).to.include({ state: 'unavailable', reason: 'detached' });
      back();
    });
  }

  /** Each cuts a file in its place, so that its name still leads to it. */
  const cuts: Record<string, () => void> = {
    'its log was emptied': () => truncateSync(data('-wal')),
    'half of its log was cut off': () => truncateSync(data('-wal'), Math.floor(statSync(data('-wal')).size / 2)),
    'its log was cut off in the last commit': () => truncateSync(data('-wal'), statSync(data('-wal')).size - 1),
    'its log was overwritten': () => writeFileSync(data('-wal'), Buffer.alloc(statSync(data('-wal')).size)),
    'it was emptied': () => truncateSync(data()),
  };

  for (const [name, cut] of Object.entries(cuts)) {
    it(`acknowledges nothing after ${name}, since no start would find it`, async () => {
      const care = manualCare();
      const store = await open(data(), { every: care.every });
      for (const key of ['1', '2', '3']) await store.accept([event(key, key)]);
      cut();
      expect(await rejection(store.accept([event('4', 'd')]))).to.include({ reason: 'detached' });
      expect(await rejection(store.accept([event('4', 'd')]))).to.include({ reason: 'detached' });
      care.tick();
      care.tick();
      expect(store.health()).to.include({ state: 'unavailable', reason: 'detached' });
    });
  }

  it('goes on when SQLite itself, or a tool beside it, empties the log', async () => {
    const store = await open(data());
    await store.accept([event('1', 'a')]);
    const tool = new DatabaseSync(data());
    for (const key of ['2', '3', '4']) {
      expect(tool.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).to.include({ busy: 0 });
      expect(statSync(data('-wal')).size).to.equal(0);
      await store.accept([event(key, key)]);
      await store.accept([event(`${key} too`, key)]);
    }
    tool.close();
    expect(store.health()).to.deep.equal({ state: 'ok' });
  });

  it('is copied when it loses its name, and the next start finds everything in the copy', async () => {
    const [care, logger] = [manualCare(), createRecordingLogger()];
    const store = await open(data(), { every: care.every, logger });
    await store.accept([event('1'), event('2', 'b')]);
    await store.complete((await claimOne(store)).id);
    for (const rest of ['', '-wal', '-shm']) rmSync(data(rest));
    care.tick();
    const copy = String(logger.lines.find(({ level }) => level === 'warn')?.fields['copy']);
    expect(copy).to.match(/bot\.db-rescued-\d{8}T\d{6}Z$/);
    expect(statSync(copy).mode & 0o777).to.equal(0o600);
    await store.close();
    expect(existsSync(data())).to.equal(false);
    renameSync(copy, data());
    const next = await open(data());
    expect(await next.accept([event('1')])).to.include({ duplicates: 1 });
    expect(await claimKeys(next)).to.deep.equal(['2']);
  });

  it('says so when what it holds cannot be copied, and leaves no copy behind when it comes back', async () => {
    const [care, logger] = [manualCare(), createRecordingLogger()];
    await open(data(), { every: care.every, logger });
    const back = moveAway(data(), data('.old'));
    care.tick();
    back();
    care.tick();
    await settled(() => logger.lines.some(({ message }) => message === 'the store can commit again'));
    const away = moveAway(folder.path('data'), folder.path('archive'));
    care.tick();
    away();
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).to.deep.equal([
      'the content of the store was copied, since it would be gone with this process',
      'the content of the store could not be copied and will be gone with this process',
    ]);
    expect(readdirSync(folder.path('data')).filter((name) => name.includes('rescued'))).to.deep.equal([]);
  });

  it('is another one for a path whose link was changed', async () => {
    mkdirSync(folder.path('data'));
    mkdirSync(folder.path('other'));
    symlinkSync(folder.path('data'), folder.path('link'));
    const store = await open(folder.path('link/bot.db'));
    await store.accept([event('1')]);
    rmSync(folder.path('link'));
    symlinkSync(folder.path('other'), folder.path('link'));
    expect(await rejection(store.accept([event('2')]))).to.include({ reason: 'detached' });
  });

  for (const moment of ['before', 'after'] as const) {
    it(`that goes right ${moment} a commit reaches the disk acknowledges nothing, and nothing is done twice`, async () => {
      const [handles, care] = [breakableHandles(), manualCare()];
      let happen = (): void => undefined;
      handles.controls.whenOpened = (handle) => {
        const prepare = handle.prepare.bind(handle);
        handle.prepare = (sql: string) => {
          const statement = prepare(sql);
          if (sql !== 'COMMIT') return statement;
          const run = statement.run.bind(statement);
          statement.run = () => {
            if (moment === 'before') happen();
            const result = run();
            happen();
            return result;
          };
          return statement;
        };
      };
      const store = await open(data(), { openHandle: handles.openHandle, every: care.every });
      happen = () => {
        happen = () => undefined;
        renameSync(data(), data('.old'));
      };
      const answers = await Promise.allSettled([store.accept([event('1')]), store.accept([event('2', 'b')])]);
      expect(answers.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
      renameSync(data('.old'), data());
      care.tick();
      await store.accept([event('1'), event('2', 'b')]);
      expect(await claimKeys(store)).to.deep.equal(['1', '2']);
    });
  }

  it('is opened again after an error of the disk, and never made anew', async () => {
    const [handles, care] = [breakableHandles(), manualCare()];
    const store = await open(data(), { openHandle: handles.openHandle, every: care.every });
    await store.state.write([{ key: 'k', value: '1', expected: undefined }]);
    const prepare = handles.current().prepare.bind(handles.current());
    handles.current().prepare = (sql: string) => {
      if (sql.startsWith('INSERT INTO deliveries')) throw Object.assign(new Error('disk I/O error'), { errcode: 778 });
      return prepare(sql);
    };
    expect(await rejection(store.accept([event('1')]))).to.include({ reason: 'failed' });
    renameSync(folder.path('data'), folder.path('detached'));
    mkdirSync(folder.path('data'));
    care.tick();
    expect(await rejection(store.accept([event('2')]))).to.include({ reason: 'detached' });
    expect(existsSync(data())).to.equal(false);
    rmSync(folder.path('data'), { recursive: true });
    renameSync(folder.path('detached'), folder.path('data'));
    care.tick();
    expect(await store.accept([event('2')])).to.include({ accepted: 1 });
    expect(await claimKeys(store)).to.deep.equal(['2']);
    expect((await store.state.read(['k'])).get('k')?.value).to.equal('1');
  });

  it('has one name: a hard link is refused, for the other name has no write-ahead log', async () => {
    const store = await open(data());
    await store.accept([event('1')]);
    linkSync(data(), folder.path('second.db'));
    expect((await rejection(openSqliteStore(folder.path('second.db')))).message).to.match(/hard link/);
    await store.close();
    expect((await rejection(openSqliteStore(data()))).message).to.match(/hard link/);
    rmSync(folder.path('second.db'));
    expect(await claimKeys(await open(data()))).to.deep.equal(['1']);
  });
});
