import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setImmediate as nextTask } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openDatabase } from '../../../store/sqlite/database.ts';
import { migrations } from '../../../store/sqlite/schema.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../../store/store.ts';
import { claimOne, event } from '../../contracts/storeContract.ts';
import { entry } from '../../contracts/store/journalContract.ts';
import { quarantined } from '../../contracts/store/quarantineContract.ts';
import { manualCare, useFolder } from '../../support/brokenDisk.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

describe('what the SQLite store keeps', () => {
  const folder = useFolder();
  const path = () => folder.path('store.db');
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  async function open(options: Parameters<typeof openSqliteStore>[1] = {}) {
    const care = manualCare();
    const clock = { now: 1_700_000_000_000 };
    const store = await openSqliteStore(path(), { now: () => clock.now, every: care.every, ...options });
    opened.push(store);
    /** One round of care, with everything that follows from it. */
    const round = async () => {
      care.tick();
      for (let turns = 0; turns < 500; turns += 1) await nextTask();
    };
    return { store, clock, round, tick: care.tick };
  }

  function rows(table: string): number {
    const file = new DatabaseSync(path(), { readOnly: true });
    const many = Number(file.prepare(`SELECT count(*) AS many FROM ${table}`).get()?.['many']);
    file.close();
    return many;
  }

  async function endAll(store: Store): Promise<void> {
    for (let claim = await store.claim(); claim !== undefined; claim = await store.claim()) {
      const { id, event } = claim;
      await store.journal.begin(id, entry(0));
      const note = { conversation: event.conversation, text: 'secret words', at: event.echo?.at ?? 0 };
      await store.journal.end(id, 0, 'done', '', note);
      await store.complete(id);
    }
  }

  describe('does not grow without end', () => {
    // One event in ten is an echo. The clock alone moves, and the store is looked after once for each request.
    for (const [perSecond, step] of [
      [20, 1],
      [200, 1],
      [5, 60],
    ] as const) {
      it(`at ${perSecond} events a second that come every ${step} seconds`, async () => {
        const [keyRetentionMs, noteRetentionMs] = [20 * step * second, 10 * step * second];
        const { store, clock, tick } = await open({ keyRetentionMs, noteRetentionMs, maxWaiting: 1e9 });
        const many = perSecond * step;
        let largest = 0;
        for (let n = 0; n < 60; n += 1) {
          clock.now += step * second;
          const echo = { mid: 'm', at: clock.now };
          const events = Array.from({ length: many }, (_, k) => quarantined(`${n} ${k}`));
          await store.accept(events.map((event, k) => (k % 10 === 0 ? { ...event, echo } : event)));
          tick();
          if (n > 25) largest = Math.max(largest, rows('keys') / (20 * many), rows('echoes') / many);
        }
        expect(largest).to.be.within(1, 1.2);
      });
    }

    it('after a busy day that is followed by a quiet one', async () => {
      const { store, clock, round } = await open({ keyRetentionMs: hour });
      for (let n = 0; n < 10; n += 1) {
        await store.accept(Array.from({ length: 1100 }, (_, k) => quarantined(`${n} ${k}`)));
      }
      clock.now += 2 * hour;
      expect((await store.sizes()).overdue).to.equal(10_000);
      for (let rounds = 0; rounds < 9; rounds += 1) await round();
      expect((await store.sizes()).overdue).to.equal(0);
      expect(rows('keys')).to.equal(0);
    });
  });

  it('forgets values of the state when their time is over, and no others', async () => {
    const { store, clock, round } = await open();
    const changes = [
      { key: 'for ever', value: '{}', expected: undefined },
      { key: 'for an hour', value: '{}', expected: undefined, expiresAt: clock.now + hour },
      { key: 'written again', value: '{}', expected: undefined, expiresAt: clock.now + hour },
    ];
    await store.state.write(changes);
    clock.now += hour - second;
    await store.state.write([{ ...changes[2]!, expiresAt: clock.now + hour }]);
    await round();
    expect(rows('state')).to.equal(3);
    clock.now += 2 * second;
    await round();
    const left = await store.state.read(changes.map(({ key }) => key));
    expect([...left.keys()]).to.deep.equal(['for ever', 'written again']);
  });

  it('forgets the state of customers who do not come back, as the settings of the last start say', async () => {
    const [hers, notes] = ['facebook/users/7654321000000001/', 'thread notes/own passes/77/10/7654321000000001'];
    const keys = [hers, 'prices', notes];
    const { store } = await open();
    const write = (key: string) => ({ key, value: '1', expected: undefined });
    await store.state.write([write(hers), write('prices'), { ...write(notes), expiresAt: 9e14 }]);
    const expiries = async (options: Parameters<typeof open>[0]) => {
      for (const one of opened.splice(0)) await one.close();
      const { store: again } = await open(options);
      const found = await again.state.read(keys);
      return keys.map((key) => found.get(key)?.expiresAt);
    };
    const opening = 1_700_000_000_000;
    expect(await expiries({})).to.deep.equal([undefined, undefined, 9e14]);
    expect(await expiries({ stateRetentionMs: 30 * day })).to.deep.equal([opening + 30 * day, undefined, 9e14]);
    expect(await expiries({ stateRetentionMs: 60 * day })).to.deep.equal([opening + 30 * day, undefined, 9e14]);
    expect(await expiries({ stateRetentionMs: 7 * day })).to.deep.equal([opening + 7 * day, undefined, 9e14]);
    expect(await expiries({})).to.deep.equal([undefined, undefined, 9e14]);
  });

  it('forgets conversations and dead letters as the settings say, or never', async () => {
    for (const [retentionMs, left] of [
      [day, 0],
      [Infinity, 1],
    ] as const) {
      const { store, clock, round } = await open({
        ...{ conversationRetentionMs: retentionMs, letterRetentionMs: retentionMs },
      });
      await store.accept([{ ...event(`${left}`, 'facebook 10 1'), reach: { reference: '{}', spokeAt: 1 } }]);
      await store.fail((await claimOne(store)).id);
      clock.now += 2 * day;
      await round();
      expect(await store.deadLetters.count()).to.equal(left);
      expect((await store.knownConversation('facebook 10 1')) === undefined).to.equal(left === 0);
      for (const one of opened.splice(0)) await one.close();
    }
  });

  it('knows every key until its time is over, however much comes and goes', async () => {
    const { store, clock, round } = await open({ keyRetentionMs: 10 * second });
    for (let n = 0; n < 30; n += 1) {
      await store.accept(Array.from({ length: 50 }, (_, k) => quarantined(`${n} ${k}`)));
      await round();
      clock.now += second;
      const young = [quarantined(`${Math.max(0, n - 8)} 0`), quarantined(`${n} 49`)];
      expect(await store.accept(young), `${n}`).to.include({ duplicates: 2 });
    }
  });

  it('forgets in small commits, between which others get theirs', async () => {
    const deleted: number[] = [];
    const { store, clock, tick } = await open({
      keyRetentionMs: hour,
      openHandle: (place) => {
        const handle = new DatabaseSync(place, { timeout: 0 });
        const prepare = handle.prepare.bind(handle);
        handle.prepare = (sql) => {
          const statement = prepare(sql);
          if (!sql.startsWith('DELETE FROM keys')) return statement;
          const run = statement.run.bind(statement);
          statement.run = (...values: unknown[]) => {
            const result = run(...(values as Parameters<typeof run>));
            deleted.push(Number(result.changes));
            return result;
          };
          return statement;
        };
        return handle;
      },
    });
    await store.accept(Array.from({ length: 20_000 }, (_, k) => quarantined(String(k))));
    clock.now += 2 * hour;
    tick();
    await nextTask();
    await store.accept([quarantined('meanwhile')]);
    const meanwhile = deleted.length;
    for (let turns = 0; turns < 500; turns += 1) await nextTask();
    expect(Math.max(...deleted)).to.be.within(1, 500);
    expect(meanwhile).to.be.within(1, 4);
    expect(deleted.length - meanwhile).to.be.greaterThan(10);
  });

  describe('for people to decide on', () => {
    async function bury(store: Store, key: string): Promise<void> {
      await store.accept([event(key, key)]);
      const { id } = await claimOne(store);
      await store.journal.begin(id, entry(0));
      await store.fail(id, { reason: 'failed', sentence: 'It failed.' });
    }
    const left = async (store: Store) => [
      ...(await store.deadLetters.list()).map((letter) => letter.event.key),
      ...(await store.quarantine.list()).map((event) => event.event.key),
    ];

    it('is dropped after 30 days, counted and told of without its content', async () => {
      const logger = createRecordingLogger();
      const { store, clock, round } = await open({ logger });
      await bury(store, 'old letter');
      await store.accept([quarantined('old event')]);
      clock.now += 10 * day;
      await bury(store, 'letter');
      await store.accept([quarantined('event')]);
      clock.now += 20 * day;
      await round();
      expect(await left(store)).to.deep.equal(['old letter', 'letter', 'old event', 'event']);
      clock.now += 1;
      await round();
      expect(await left(store)).to.deep.equal(['letter', 'event']);
      expect((await store.sizes()).dropped).to.deep.equal({ deadLetters: 1, quarantined: 1 });
      const told = logger.lines.filter(({ message }) => message.endsWith('were dropped'));
      expect(told).to.have.length(1);
      expect(told[0]).to.deep.include({ level: 'warn', fields: { deadLetters: 1, quarantined: 1 } });
      expect(rows('journal')).to.equal(1);
      expect(await store.deadLetters.count()).to.equal(1);
      expect(await store.quarantine.count()).to.equal(1);
    });

    it('is bounded in number, the oldest going first', async () => {
      const { store, round } = await open({ bounds: { many: 3, bytes: 1e9 } });
      for (const key of ['1', '2', '3', '4', '5']) {
        await bury(store, `letter ${key}`);
        await store.accept([quarantined(`event ${key}`)]);
      }
      await round();
      const newest = ['3', '4', '5'];
      expect(await left(store)).to.deep.equal([
        ...newest.map((n) => `letter ${n}`),
        ...newest.map((n) => `event ${n}`),
      ]);
      expect((await store.sizes()).dropped).to.deep.equal({ deadLetters: 2, quarantined: 2 });
    });

    it('is bounded in bytes, however few there are, and counted right after some were dropped by hand', async () => {
      const { store, round } = await open({ bounds: { many: 1000, bytes: 1000 } });
      const large = (key: string, size: number) => ({ ...quarantined(key), payload: 'ü'.repeat(size / 2) });
      await store.accept([large('1', 600), large('2', 400)]);
      await round();
      expect(await left(store)).to.deep.equal(['1', '2']);
      await store.quarantine.drop((await store.quarantine.list())[0]!.id);
      await store.accept([large('3', 600)]);
      await round();
      expect(await left(store)).to.deep.equal(['2', '3']);
      await store.accept([large('4', 2)]);
      await round();
      expect(await left(store)).to.deep.equal(['3', '4']);
    });

    it('does not count what was replayed, which is forgotten with the keys', async () => {
      const { store, clock, round } = await open({ bounds: { many: 1, bytes: 1e9 } });
      await bury(store, '1');
      await store.deadLetters.replay((await store.deadLetters.list())[0]!.id);
      await store.complete((await claimOne(store)).id);
      await bury(store, '2');
      await round();
      expect(await left(store)).to.deep.equal(['2']);
      expect(rows('dead_letters')).to.equal(2);
      clock.now += 7 * day + 1;
      await round();
      expect(rows('dead_letters')).to.equal(1);
      expect((await store.sizes()).dropped).to.deep.equal({ deadLetters: 0, quarantined: 0 });
    });
  });

  it('counts what an older file kept for people', async () => {
    const old = openDatabase(path(), { steps: migrations.slice(0, 3) });
    for (const [id, replayedAt] of [1, null, null].entries()) {
      old.run(
        `INSERT INTO dead_letters (id, conversation, kind, via, key, turn, accepted_at, attempts, died_at, reason, sentence, replayed_at)
          VALUES (?, 'a', 'message', 'a', 'k', '{}', 1, 1, 1, 'failed', 'It failed.', ?)`,
        ...[id + 1, replayedAt],
      );
    }
    old.close();
    const { store } = await open({ now: () => 2 });
    expect(await store.deadLetters.count()).to.equal(2);
    await store.deadLetters.drop(2);
    expect(await store.deadLetters.count()).to.equal(1);
  });

  describe('on the disk', () => {
    const words = (n: number) => `the words of customer ${n} that nobody else may read`;
    const filesHold = (text: string) =>
      readdirSync(folder.path('.')).some((name) => readFileSync(folder.path(name)).includes(text));

    it('is overwritten when it is deleted, and gone from all files after the end', async () => {
      const { store } = await open();
      const many = Array.from({ length: 60 }, (_, n) => n);
      await store.accept(many.map((n) => ({ ...event(`${n}`, `c${n}`), payload: words(n).padEnd(1000 + 250 * n) })));
      expect(filesHold(words(7))).to.equal(true);
      await endAll(store);
      const reader = new DatabaseSync(path(), { readOnly: true });
      await store.close();
      opened.length = 0;
      expect(many.filter((n) => filesHold(words(n)))).to.deep.equal([]);
      reader.close();
      expect(many.filter((n) => filesHold(words(n)))).to.deep.equal([]);
    });

    it('gives the room of a backlog back, a little at a time', async () => {
      const { store, round } = await open();
      for (let n = 0; n < 20; n += 1) {
        await store.accept(
          Array.from({ length: 50 }, (_, k) => ({ ...event(`${n} ${k}`), payload: 'x'.repeat(20_000) })),
        );
      }
      for (let claim = await store.claim(); claim !== undefined; claim = await store.claim())
        await store.complete(claim.id);
      const sizes = [];
      for (let rounds = 0; rounds < 6; rounds += 1) {
        await round();
        sizes.push((await store.sizes()).fileBytes!);
      }
      expect(sizes[0]).to.be.greaterThan(12_000_000);
      expect(sizes.at(-1)).to.be.lessThan(5_000_000);
    });

    it('gives the room of the write-ahead log back when whoever read an old state has ended', async () => {
      const { store, round } = await open();
      await store.accept([event('first')]);
      const reader = new DatabaseSync(path(), { readOnly: true });
      reader.exec('BEGIN; SELECT count(*) FROM deliveries');
      for (let n = 0; n < 20; n += 1) {
        await store.accept(
          Array.from({ length: 50 }, (_, k) => ({ ...event(`${n} ${k}`), payload: 'x'.repeat(20_000) })),
        );
      }
      await round();
      expect(statSync(`${path()}-wal`).size).to.be.greaterThan(18_000_000);
      reader.exec('COMMIT');
      await round();
      expect(statSync(`${path()}-wal`).size).to.equal(0);
      expect((await store.sizes()).walBytes).to.equal(0);
      reader.close();
    });
  });
});
