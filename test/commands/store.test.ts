import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTask } from 'node:timers/promises';
import { expect } from 'chai';
import { runStore, type StoreCommand } from '../../commands/store/runStore.ts';
import { openDatabase } from '../../store/sqlite/database.ts';
import { migrations } from '../../store/sqlite/schema.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { TurnRunner } from '../../turns/turnRunner.ts';
import { claimKeys, claimOne, event, rejection } from '../contracts/storeContract.ts';
import { entry } from '../contracts/store/journalContract.ts';
import { quarantined } from '../contracts/store/quarantineContract.ts';
import { damageTable, useFolder } from '../support/brokenDisk.ts';
import { spawnProgram } from '../support/programProcess.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

describe('the store command', () => {
  const folder = useFolder();
  const [path, copy, elsewhere] = ['bot.db', 'copy.db', 'new/bot.db'].map((name) => () => folder.path(name));
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  async function open(place = path!(), options: Parameters<typeof openSqliteStore>[1] = {}): Promise<Store> {
    const store = await openSqliteStore(place, { ownerLimitMs: 0, ...options });
    opened.push(store);
    return store;
  }
  async function closeAll(): Promise<void> {
    for (const store of opened.splice(0)) await store.close();
  }
  const run = (args: string[], more: Partial<StoreCommand> = {}) =>
    runStore({ path: path!(), args, open: 'ask', format: 'text', now: 1_800_000_000_000, ...more });
  const filesAt = (name: string) => readdirSync(folder.path(name)).sort();

  describe('backup', () => {
    it('copies a store while a bot works on it, and what is restored elsewhere answers nobody twice', async () => {
      const answered: string[] = [];
      const answer = (store: Store) =>
        new TurnRunner({
          store,
          logger: createRecordingLogger(),
          run: async ({ key }) => {
            await nextTask();
            answered.push(key);
          },
        });
      const store = await open();
      const runner = answer(store);
      const asked: string[] = [];
      const copies: ReturnType<typeof spawnProgram>[] = [];
      for (let n = 0; n < 400; n += 1) {
        asked.push(String(n));
        await store.accept([event(String(n), `facebook 1 ${n % 20}`)]);
        if (n % 3 === 0) runner.wake();
        if (n === 100) copies.push(spawnProgram('commands/store.ts', ['backup', copy!(), '--store', path!()]));
        if (n > 100) await Promise.race([copies[0]!.ended, nextTask()]);
      }
      expect((await copies[0]!.ended).code, copies[0]!.output()).to.equal(0);
      await runner.settled();
      expect(answered.slice().sort()).to.deep.equal(asked.slice().sort());
      // The disk of the first place is lost. Meta delivers some of it again.
      await closeAll();
      const before = answered.length;
      expect((await run(['restore', copy!()], { path: elsewhere!() })).exitCode).to.equal(0);
      const restored = await open(elsewhere!());
      const after = answer(restored);
      await restored.accept([...asked.slice(0, 50).map((key) => event(key, 'again')), event('new', 'new')]);
      await after.settled();
      expect(answered.slice(before)).to.deep.equal(['new']);
      for (const letter of await restored.deadLetters.list(1000)) expect(letter.reason).to.equal('restored');
    });

    it('is one sound file that its owner alone may read, with all that was committed', async () => {
      const store = await open();
      await store.accept([event('1'), event('2', 'b'), quarantined('3')]);
      await store.state.write([{ key: 'k', value: '7', expected: undefined }]);
      const { output, exitCode } = await run(['backup', copy!()]);
      expect(output).to.match(/copy\.db is a copy of \d+ kB with 2 open events\. It is sound\.\n$/);
      expect(exitCode).to.equal(0);
      if (process.platform !== 'win32') expect(statSync(copy!()).mode & 0o777).to.equal(0o600);
      expect(filesAt('.').filter((name) => name.startsWith('copy'))).to.deep.equal(['copy.db']);
      const report = JSON.parse((await run(['check'], { path: copy!(), format: 'json' })).output) as {
        contents: object;
      };
      expect(report).to.deep.include({ problems: [] });
      expect(report.contents).to.deep.include({ open: 2, quarantined: { malformed: 1 }, states: 1, keys: 3 });
      expect(report.contents).to.include({ copiedAt: '2027-01-15T08:00:00.000Z', shrinks: true });
    });

    it('overwrites nothing, and leaves nothing half done', async () => {
      await open();
      writeFileSync(copy!(), 'mine');
      const error = await rejection(run(['backup', copy!()]));
      expect(error.message).to.match(/copy\.db exists already\. Move it away/);
      expect(readFileSync(copy!(), 'utf8')).to.equal('mine');
      writeFileSync(folder.path('other.db-wal'), 'mine');
      expect((await rejection(run(['backup', folder.path('other.db')]))).message).to.match(/other\.db-wal exists/);
      await rejection(run(['backup', folder.path('missing/copy.db')]));
      const nothing = { path: folder.path('nothing.db') };
      expect((await rejection(run(['backup', folder.path('other2.db')], nothing))).message).to.match(/no file/);
      expect(filesAt('.').filter((name) => /partial|\.part$/.test(name))).to.deep.equal([]);
      expect(existsSync(folder.path('nothing.db'))).to.equal(false);
    });

    it('refuses a damaged store', async () => {
      await (await open()).accept([event('1')]);
      await closeAll();
      damageTable(path!(), 'keys');
      expect((await rejection(run(['backup', copy!()]))).message).to.match(/damaged/);
      expect(existsSync(copy!())).to.equal(false);
    });
  });

  describe('a backup that somebody copies to its place by hand', () => {
    async function backup(): Promise<void> {
      const store = await open();
      await store.accept([event('1'), event('2', 'b')]);
      const { id } = await claimOne(store);
      await store.journal.begin(id, entry(0));
      await store.journal.end(id, 0, 'done', '{"id":"m_1"}');
      await store.fail((await claimOne(store)).id, { reason: 'failed', sentence: 'It failed.' });
      await run(['backup', copy!()]);
      await store.complete(id);
      await closeAll();
    }

    it('answers nobody again: what was open waits for a person, with what its turn had done', async () => {
      await backup();
      copyFileSync(copy!(), path!());
      const logger = createRecordingLogger();
      const store = await open(path!(), { logger });
      expect(await store.claim()).to.equal(undefined);
      const [first, second] = await store.deadLetters.list();
      expect(first).to.deep.include({ reason: 'restored', event: event('1') });
      expect(first?.sentence).to.equal(
        'It was open in the copy of 2027-01-15T08:00:00.000Z, and may have been answered since.',
      );
      expect(first?.journal).to.have.length(1);
      expect(second?.sentence).to.match(/^It failed\. It was in the copy of .*since\.$/);
      expect(logger.lines.filter(({ level }) => level !== 'info').map(({ message }) => message)).to.deep.equal([
        'the store is a copy: its open events may have been answered since, so they became dead letters',
      ]);
      await store.accept([event('1'), event('3')]);
      expect(await claimKeys(store)).to.deep.equal(['3']);
      await store.close();
      opened.length = 0;
      // It is a store like others from then on.
      expect(await claimKeys(await open())).to.deep.equal(['3']);
    });

    it('is refused beside a log of an earlier file, which would be written into it', async () => {
      await backup();
      const store = await open();
      await store.accept([event('later')]);
      copyFileSync(`${path!()}-wal`, folder.path('left-wal'));
      await closeAll();
      copyFileSync(copy!(), path!());
      copyFileSync(folder.path('left-wal'), `${path!()}-wal`);
      const bytes = readFileSync(path!());
      expect(await rejection(open())).to.include({ reason: 'foreignLog' });
      expect(readFileSync(path!()).equals(bytes)).to.equal(true);
      const { output } = await run(['check'], { path: copy!() });
      expect(output).to.match(/copy\.db: sound\n/);
    });
  });

  describe('restore', () => {
    async function backup(): Promise<void> {
      const store = await open();
      await store.accept([event('1'), event('2')]);
      await store.journal.begin((await claimOne(store)).id, entry(0));
      await run(['backup', copy!()]);
      await closeAll();
    }
    const restore = (open: StoreCommand['open']) => run(['restore', copy!()], { path: elsewhere!(), open });

    it('makes dead letters of what was open, lets it run, or drops it, as it is told, and keeps the keys', async () => {
      await backup();
      for (const [index, [choice, waiting, letters]] of (
        [
          ['ask', [], ['1', '2']],
          ['run', ['1'], []],
          ['drop', [], []],
        ] as const
      ).entries()) {
        const place = folder.path(`restored${index}/bot.db`);
        const { output } = await run(['restore', copy!()], { path: place, open: choice });
        expect(output).to.match(/2 events were open in the copy/);
        const store = await open(place);
        expect(await claimKeys(store), choice).to.deep.equal(waiting);
        expect(
          (await store.deadLetters.list()).map((one) => one.event.key),
          choice,
        ).to.deep.equal(letters);
        expect(await store.accept([event('1'), event('2')])).to.include({ duplicates: 2 });
      }
    });

    it('takes no place where something of a store is left', async () => {
      await backup();
      expect((await rejection(run(['restore', copy!()]))).message).to.match(/bot\.db exists already/);
      await restore('ask');
      writeFileSync(folder.path('left.db-wal'), 'of another file');
      const error = await rejection(run(['restore', copy!()], { path: folder.path('left.db') }));
      expect(error.message).to.match(/left\.db-wal exists already/);
    });

    it('takes no damaged copy, and leaves nothing of it', async () => {
      await backup();
      damageTable(copy!(), 'deliveries');
      expect((await rejection(restore('ask'))).message).to.match(/damaged/);
      expect(filesAt('new')).to.deep.equal([]);
      writeFileSync(copy!(), 'no store');
      expect((await rejection(restore('ask'))).message).to.match(/not a store/);
      expect(filesAt('new')).to.deep.equal([]);
    });

    it('takes a copy of the first version too, and one that was made by other means', async () => {
      const old = openDatabase(copy!(), { steps: migrations.slice(0, 1) });
      old.run(
        `INSERT INTO deliveries (conversation, kind, via, key, turn, accepted_at) VALUES ('a', 'message', 'a', '1', '{}', 1)`,
      );
      await restore('ask');
      old.close();
      const store = await open(elsewhere!());
      expect((await store.deadLetters.list()).map((one) => one.event.key)).to.deep.equal(['1']);
    });
  });

  it('check finds damage and says so with its exit code', async () => {
    await (await open()).accept([event('1')]);
    expect((await run(['check'])).output).to.match(/bot\.db: sound\n.*open events {5}1, the oldest from 20/s);
    await closeAll();
    damageTable(path!(), 'keys');
    const { output, exitCode } = await run(['check']);
    expect(output).to.match(/bot\.db: damaged: /);
    expect(exitCode).to.equal(1);
  });

  describe('compact', () => {
    it('makes an older file small, and lets it become smaller by itself from then on', async () => {
      const old = new DatabaseSync(path!());
      old.exec(`PRAGMA journal_mode = WAL; ${migrations[0] ?? ''}`);
      old.close();
      const store = await open(path!(), { openHandle: undefined }).catch(() => undefined);
      expect(store, 'a file without its mark').to.equal(undefined);
      const file = new DatabaseSync(path!());
      file.exec(
        `PRAGMA application_id = 0x4d484f56; PRAGMA user_version = 1; INSERT INTO meta VALUES ('storeId', 'x')`,
      );
      const insert = file.prepare(`INSERT INTO keys VALUES (randomblob(3000), 1)`);
      for (let n = 0; n < 300; n += 1) insert.run();
      file.exec('DELETE FROM keys');
      file.close();
      expect((await run(['check'])).output).to.match(/npm run store -- compact lets the file shrink/);
      expect((await run(['compact'])).output).to.match(/bot\.db had \d+\.\d MB and has \d+ kB\.\n$/);
      expect((await run(['check'])).output).to.not.match(/compact/);
      expect(await (await open()).counts()).to.include({ waiting: 0 });
    });

    it('waits for nobody: while a bot works on the store it is refused', async () => {
      await open();
      expect(await rejection(run(['compact']))).to.include({ reason: 'busy' });
    });
  });

  it('forget does what npm run customers -- forget does', async () => {
    await (
      await open()
    ).accept([event('1', 'facebook 10 7654321000000001'), event('2', 'facebook 10 7654321000000002')]);
    expect((await run(['forget', '7654321000000001'])).output).to.match(/^Deleted: 1 open events, 0 dead letters/);
    expect(JSON.parse((await run(['forget', '7654321000000002'], { format: 'json' })).output)).to.include({
      events: 1,
      notes: 0,
    });
  });

  it('explains itself when it is asked for something else', async () => {
    for (const args of [
      [],
      ['backup'],
      ['restore'],
      ['forget'],
      ['check', 'x'],
      ['compact', 'x'],
      ['nonsense'],
      ['backup', 'a', 'b'],
    ]) {
      expect(await run(args), args.join(' ')).to.include({ exitCode: 2 });
    }
    const program = spawnProgram('commands/launch.js', ['commands/store.ts', 'restore', 'x', '--open', 'maybe']);
    expect((await program.ended).code).to.equal(2);
    expect(program.output()).to.match(/^Usage: npm run store -- COMMAND/);
  });

  it('does its work when the launcher starts it, and says in a sentence what speaks against it', async () => {
    const args = ['commands/store.ts', 'check', '--store', folder.path('none.db')];
    const program = spawnProgram('commands/launch.js', args);
    expect((await program.ended).code).to.equal(1);
    expect(program.output()).to.match(/^There is no file .*none\.db\.\n$/);
  });
});
