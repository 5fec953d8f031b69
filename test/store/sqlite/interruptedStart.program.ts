import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { applicationId, migrations } from '../../../store/sqlite/schema.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import { StoreUnavailableError } from '../../../store/storeErrors.ts';
import { claimKeys, event, rejection } from '../../contracts/storeContract.ts';
import { useFolder } from '../../support/brokenDisk.ts';

const besides = ['', '-wal', '-journal'];

function copyStore(from: string, to: string): void {
  for (const rest of besides) if (existsSync(from + rest)) copyFileSync(from + rest, to + rest);
}

/** Without waiting for the disk, which makes no difference to a process that is killed. */
function unsynced(path: string): DatabaseSync {
  const handle = new DatabaseSync(path, { timeout: 0 });
  const exec = handle.exec.bind(handle);
  handle.exec = (sql) => exec(sql.replace('synchronous = FULL', 'synchronous = OFF'));
  return handle;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

/** A handle that does one statement after the other and is killed before a certain one: what is on the disk then is copied. */
function killedHandle(path: string, copyTo: string, at: number, steps: string[]): DatabaseSync {
  const handle = unsynced(path);
  const step = (sql: string) => {
    if (steps.length < at) return void steps.push(sql);
    if (steps.length === at) copyStore(path, copyTo);
    steps.push('killed');
    throw new Killed();
  };
  const [exec, prepare] = [handle.exec.bind(handle), handle.prepare.bind(handle)];
  handle.exec = (sql) => {
    for (const one of statementsOf(sql)) {
      step(one);
      exec(one);
    }
  };
  handle.prepare = (sql) => {
    step(sql);
    return prepare(sql);
  };
  return handle;
}

/** A trigger is one statement, with others in it. */
function statementsOf(sql: string): string[] {
  return sql.match(/\s*(CREATE TRIGGER [^]*?END|[^;]+)(;|$)/g)?.filter((part) => part.trim() !== '') ?? [];
}

describe('a start that was killed or had no room', () => {
  const folder = useFolder();

  /** The first version's tables, with an event that waits. */
  function oldFile(path: string): void {
    const file = new DatabaseSync(path);
    file.exec(`PRAGMA journal_mode = WAL; ${migrations[0] ?? ''}`);
    file.exec(
      `PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1; INSERT INTO meta VALUES ('storeId', 'x')`,
    );
    file.exec(
      `INSERT INTO deliveries (conversation, kind, via, key, turn, accepted_at) VALUES ('a', 'message', 'messaging', 'old', '{}', 1)`,
    );
    file.close();
  }

  const kinds: Record<string, { prepare: (path: string) => void; waits: string[] }> = {
    'no file yet': { prepare: () => undefined, waits: [] },
    'a file of the first version': { prepare: oldFile, waits: ['old'] },
  };

  async function expectStarts(path: string, waits: readonly string[], moment: string): Promise<void> {
    const store = await openSqliteStore(path, { ownerLimitMs: 0, openHandle: unsynced }).catch((error: unknown) => {
      throw new Error(`after ${moment}`, { cause: error });
    });
    expect(await store.accept([event('new', 'b')]), moment).to.include({ accepted: 1 });
    expect(await claimKeys(store), moment).to.deep.equal([...waits, 'new']);
    await store.close();
  }

  for (const [name, { prepare, waits }] of Object.entries(kinds)) {
    it(`at any step is picked up by the next one: ${name}`, async () => {
      for (let at = 0; ; at += 1) {
        const [path, copy] = [folder.path(`killed${at}.db`), folder.path(`next${at}.db`)];
        const steps: string[] = [];
        prepare(path);
        const openHandle = (place: string) => killedHandle(place, copy, at, steps);
        const store = await openSqliteStore(path, { openHandle }).catch((error: unknown) => {
          if (!steps.includes('killed')) throw error;
        });
        await store?.close();
        if (!steps.includes('killed')) {
          expect(at).to.be.greaterThan(10);
          break;
        }
        await expectStarts(copy, waits, steps.slice(-2).join(', '));
      }
    });
  }

  it('in the middle of what it writes is picked up by the next one', async () => {
    const path = folder.path('whole.db');
    const whole = new DatabaseSync(path);
    whole.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; BEGIN; ${migrations.join('')}`);
    whole.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
    const [file, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    whole.close();
    expect(log.length).to.be.greaterThan(15 * 4096);
    for (let length = 0; length <= log.length; length += 1999) {
      const torn = folder.path(`torn${length}.db`);
      writeFileSync(torn, file);
      writeFileSync(`${torn}-wal`, log.subarray(0, length));
      await expectStarts(torn, [], `${length} bytes of the write-ahead log`);
    }
  });

  it('because the disk has room for so many pages is picked up by the next one, whatever their number', async () => {
    let refused = 0;
    for (let pages = 1; pages <= 40; pages += 1) {
      const path = folder.path(`small${pages}.db`);
      const openHandle = (place: string) => {
        const handle = unsynced(place);
        handle.exec(`PRAGMA max_page_count = ${pages}`);
        return handle;
      };
      const first = await openSqliteStore(path, { openHandle }).catch((error: unknown) => {
        expect(error, `${pages} pages`).to.be.instanceOf(StoreUnavailableError).and.include({ reason: 'full' });
        refused += 1;
      });
      await first?.close();
      await expectStarts(path, [], `${pages} pages`);
    }
    expect(refused).to.be.greaterThan(5);
  });

  it('because there was no room for the shared memory says that the disk is full', async () => {
    const openHandle = (place: string) => {
      const handle = new DatabaseSync(place, { timeout: 0 });
      const exec = handle.exec.bind(handle);
      handle.exec = (sql) => {
        exec(sql);
        // What is written by then stays, as it does on a disk.
        if (sql.includes('journal_mode')) throw Object.assign(new Error('disk I/O error'), { errcode: 4874 });
      };
      return handle;
    };
    const path = folder.path('shm.db');
    expect(await rejection(openSqliteStore(path, { openHandle }))).to.include({ reason: 'full' });
    await expectStarts(path, [], 'the shared memory');
  });

  it('is not what made the file of another program: that is refused and left as it is', async () => {
    const theirs = {
      'a table': 'CREATE TABLE theirs (a)',
      'a mark': 'PRAGMA application_id = 7; VACUUM',
      'a version': 'PRAGMA user_version = 3; VACUUM',
      'a view': 'CREATE VIEW theirs AS SELECT 1',
    };
    for (const [name, sql] of Object.entries(theirs)) {
      const path = folder.path(`${name}.db`);
      const other = new DatabaseSync(path);
      other.exec(sql);
      other.close();
      const before = readFileSync(path);
      expect(before.length, name).to.be.greaterThan(0);
      expect(await rejection(openSqliteStore(path)), name).to.include({ reason: 'corrupt' });
      expect(readFileSync(path).equals(before), name).to.equal(true);
    }
  });

  it('left the log behind: a file whose log was removed afterwards is told', async () => {
    const path = folder.path('log.db');
    const [first, copy] = [await openSqliteStore(path), folder.path('crashed.db')];
    copyFileSync(path, copy);
    await first.close();
    const said: string[] = [];
    const logger = { error: (_: object, text: string) => void said.push(text) };
    const open = async (place: string) => {
      const levels = { debug: () => undefined, info: () => undefined, warn: () => undefined };
      await (await openSqliteStore(place, { logger: { ...levels, ...logger } })).close();
    };
    await open(copy);
    expect(said.join()).to.match(/write-ahead log is missing/);
    await open(copy);
    await open(path);
    expect(said).to.have.length(1);
  });
});
