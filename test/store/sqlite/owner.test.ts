import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect } from 'chai';
import { openDeadLetters } from '../../../store/sqlite/deadLetterFile.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import type { SqliteStoreOptions } from '../../../store/sqlite/sqliteStoreOptions.ts';
import type { Store } from '../../../store/store.ts';
import { claimKeys, claimOne, event, rejection } from '../../contracts/storeContract.ts';
import { entry } from '../../contracts/store/journalContract.ts';
import { manualCare, useFolder } from '../../support/brokenDisk.ts';
import { deferred } from '../../support/deferred.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

describe('the owner of a store', () => {
  const folder = useFolder();
  const opened: Store[] = [];
  const path = () => folder.path('data/bot.db');
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  async function open(place: string, options: SqliteStoreOptions = {}): Promise<Store> {
    const store = await openSqliteStore(place, { ownerLimitMs: 0, every: () => () => undefined, ...options });
    opened.push(store);
    return store;
  }

  const spellings: Record<string, () => string> = {
    'a link to the file': () => {
      symlinkSync(path(), folder.path('link.db'));
      return folder.path('link.db');
    },
    'a link to its folder': () => {
      symlinkSync(folder.path('data'), folder.path('link'));
      return folder.path('link/bot.db');
    },
    'a link to a link': () => {
      symlinkSync(path(), folder.path('first.db'));
      symlinkSync(folder.path('first.db'), folder.path('second.db'));
      return folder.path('second.db');
    },
    'a relative path': () => relative(process.cwd(), path()),
    'a way round': () => folder.path('data/../data/./bot.db'),
  };
  for (const [name, spell] of Object.entries(spellings)) {
    it(`is one process, also for who opens it by ${name}`, async () => {
      await open(path());
      expect(await rejection(open(spell()))).to.include({ name: 'StoreUnavailable', reason: 'busy' });
    });
  }

  it('is known by a link that led to no file yet', async () => {
    mkdirSync(folder.path('data'));
    symlinkSync(path(), folder.path('link.db'));
    await open(folder.path('link.db'));
    expect(await rejection(open(path()))).to.include({ reason: 'busy' });
  });

  it('keeps its lock when somebody removes or replaces the lock file', async () => {
    const care = manualCare();
    await open(path(), { every: care.every });
    for (const content of [undefined, '']) {
      rmSync(`${path()}-lock`);
      if (content !== undefined) writeFileSync(`${path()}-lock`, content);
      care.tick();
      expect(await rejection(open(path()))).to.include({ reason: 'busy' });
    }
  });

  it('that was overtaken rejects everything, changes nothing, and is told once', async () => {
    const logger = createRecordingLogger();
    let lost = 0;
    const first = await open(path(), { logger, lost: () => (lost += 1) });
    await first.accept([event('1'), event('2', 'b')]);
    const { id } = await claimOne(first);
    rmSync(`${path()}-lock`);
    const second = await open(path());
    const attempts = [
      () => first.accept([event('3', 'c')]),
      () => first.journal.begin(id, entry(0)),
      () => first.complete(id),
      () => first.retry(id, 0),
      () => first.fail(id),
      () => first.state.write([{ key: 'k', value: '1', expected: undefined }]),
      () => first.claim(),
      () => first.deadLetters.list(),
    ];
    for (const attempt of attempts) expect(await rejection(attempt())).to.include({ reason: 'notOwner' });
    expect(first.health()).to.include({ state: 'unavailable', reason: 'notOwner' });
    expect(lost).to.equal(1);
    expect(logger.lines.filter(({ level }) => level === 'error')).to.have.length(1);
    await first.close();
    expect(await claimKeys(second)).to.deep.equal(['1', '2']);
    expect(await second.accept([event('3', 'c')])).to.include({ accepted: 1 });
  });

  it('that was overtaken notices it although nothing happens', async () => {
    const care = manualCare();
    const lost = deferred();
    await open(path(), { every: care.every, lost: lost.resolve });
    rmSync(`${path()}-lock`);
    await open(path());
    care.tick();
    await lost.promise;
  });

  it('that was overtaken stays so, also when its handle fails', async () => {
    const first = await open(path());
    rmSync(`${path()}-lock`);
    await (await open(path())).close();
    expect(await rejection(first.accept([event('1')]))).to.include({ reason: 'notOwner' });
    expect(await rejection(first.accept([event('1')]))).to.include({ reason: 'notOwner' });
  });

  it('shares the file with tools, which do not become its owner', async () => {
    const store = await open(path());
    await store.accept([event('1')]);
    await store.fail((await claimOne(store)).id);
    const tool = openDeadLetters(path());
    expect(await tool.letters.count()).to.equal(1);
    await tool.letters.drop((await tool.letters.list())[0]?.id ?? 0);
    await tool.close();
    expect(await store.accept([event('2')])).to.include({ accepted: 1 });
  });

  it('says what is wrong when the lock file is no lock file, and of which file it speaks', async () => {
    mkdirSync(folder.path('data'));
    writeFileSync(`${path()}-lock`, 'my shopping list '.repeat(500));
    const error = await rejection(open(path()));
    expect(error.message).to.contain(`${path()}-lock should be empty and is not: remove it`);
    rmSync(`${path()}-lock`);
    await open(path());
    expect(existsSync(`${path()}-lock`)).to.equal(true);
  });
});
