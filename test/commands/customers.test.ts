import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { runCustomers, type CustomersCommand } from '../../commands/customers/runCustomers.ts';
import { openDatabase } from '../../store/sqlite/database.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { entry } from '../contracts/store/journalContract.ts';
import { timer } from '../contracts/store/timerContract.ts';
import { claimKeys, claimOne, event, rejection } from '../contracts/storeContract.ts';
import { useFolder } from '../support/brokenDisk.ts';

const [psid, other] = ['7654321000000001', '7654321000000002'];
const now = 1_800_000_000_000;
const minute = 60_000;

describe('the customers command', () => {
  const folder = useFolder();
  const path = () => folder.path('bot.db');
  const opened: Store[] = [];
  let time = now;

  beforeEach(() => {
    time = now;
  });
  afterEach(closeAll);

  async function open(): Promise<Store> {
    const store = await openSqliteStore(path(), { ownerLimitMs: 0, now: () => time });
    opened.push(store);
    return store;
  }
  async function closeAll(): Promise<void> {
    for (const store of opened.splice(0)) await store.close();
  }

  const run = (command: CustomersCommand['command'], id = psid, more: Partial<CustomersCommand> = {}) =>
    runCustomers({ path: path(), command, id, show: 'counts', format: 'text', now: time, ...more });
  const bytes = () => readdirSync(folder.path('.')).map((name) => readFileSync(folder.path(name)));
  const isInFiles = (text: string) => bytes().some((one) => one.includes(text));

  const said = (key: string, who: string, words: string) => ({
    ...event(key, `facebook 10 ${who}`),
    payload: JSON.stringify({ activity: { from: { id: who }, text: words } }),
  });

  /** One of everything that a store has of a customer. */
  async function serve(store: Store, ...customers: string[]): Promise<void> {
    for (const who of customers) await serveInVain(store, who);
    time += 5 * minute;
    for (const who of customers) await letWait(store, who);
  }

  async function serveInVain(store: Store, who: string): Promise<void> {
    const words = `words of ${who}`;
    await store.accept([said(`dead ${who}`, who, words)]);
    const { id } = await claimOne(store);
    const note = { conversation: `facebook 10 ${who}`, text: words, at: time };
    await store.journal.begin(id, { ...entry(0), detail: JSON.stringify({ args: words }) });
    await store.journal.end(id, 0, 'done', words, note);
    await store.fail(id);
  }

  async function letWait(store: Store, who: string): Promise<void> {
    const words = `words of ${who}`;
    await store.accept([
      {
        ...said(`waits ${who}`, who, words),
        echo: { mid: 'm', at: time, text: words },
        thread: { kind: 'pass_thread_control', at: time, newOwner: '77' },
        reach: { reference: words, spokeAt: 1 },
      },
      { ...said(`quarantined ${who}`, who, words), conversation: 'x', quarantine: { reason: 'r', sentence: 's' } },
    ]);
    // A turn that nothing keeps from beginning is committed as begun.
    const { id } = await claimOne(store);
    await store.begin(id);
    await store.retry(id, 0, 'uncounted');
    await store.timers.change([timer('reminder', time + 20 * minute, `facebook 10 ${who}`, words)]);
    await store.state.write([
      { key: `facebook/conversations/${who}-10`, value: JSON.stringify(words), expected: undefined },
      { key: `facebook/users/${who}`, value: '{}', expected: undefined },
    ]);
  }

  it('shows how much is kept of a customer and how old it is, beside a running bot', async () => {
    const store = await open();
    expect((await run('show')).output).to.equal(`Nothing is kept of ${psid} in ${path()}.\n`);
    await serve(store, psid, other);
    time += 3 * minute;
    await store.accept([said('more', psid, 'more')]);
    expect((await run('show')).output).to.equal(`Kept of ${psid} in ${path()}:

  open events                      2   3 minutes ago to now
  dead letters                     1   8 minutes ago
  quarantined events               1   3 minutes ago
  timers                           1   in 17 minutes
  messages sent                    1   8 minutes ago
  echoes                           1   3 minutes ago
  handovers                        1   3 minutes ago
  notes of where to answer         1   3 minutes ago
  values of the bot's state        2
  journal entries                  1
`);
    await store.begin((await claimOne(store)).id);
    await store.begin((await claimOne(store)).id);
    expect((await run('show')).output).to.match(/A turn of the customer is running\.\n$/);
  });

  it('shows what it says on demand, and for programs', async () => {
    await serve(await open(), psid);
    expect((await run('show')).output).to.not.include('words of');
    const { output } = await run('show', psid, { show: 'everything', format: 'json' });
    const shown = JSON.parse(output) as Record<string, unknown>;
    expect(shown).to.deep.include({
      events: { count: 1, oldest: '2027-01-15T08:05:00.000Z', newest: '2027-01-15T08:05:00.000Z' },
      journal: { count: 1 },
      states: { count: 2 },
    });
    const contents = shown['contents'] as Record<string, Record<string, unknown>[]>;
    expect(contents['events']?.[0]?.['turn']).to.deep.equal({
      activity: { from: { id: psid }, text: `words of ${psid}` },
    });
    expect(contents['journal']?.[0]?.['result']).to.equal(`words of ${psid}`);
    expect(contents['states']?.map((row) => row['key'])).to.deep.equal([
      `facebook/conversations/${psid}-10`,
      `facebook/users/${psid}`,
    ]);
  });

  it('forgets everything of one customer and nothing of others, beside a running bot', async () => {
    const store = await open();
    await serve(store, psid, other);
    await store.state.write([{ key: 'all', value: JSON.stringify([psid, other]), expected: undefined }]);
    writeFileSync(`${path()}-version-1`, '');
    expect((await run('forget')).output).to.equal(
      'Deleted: 1 open events, 1 dead letters, 1 quarantined events, 1 timers, 1 messages sent, 1 echoes, 1 handovers, ' +
        "1 notes of where to answer, 2 values of the bot's state, 1 journal entries.\n" +
        "Of the values of the bot's state, all names the customer too, and is left alone.\n" +
        `${path()}-version-1 is a copy from before, and holds what it held.\n`,
    );
    await store.state.write([{ key: 'all', value: undefined, expected: undefined }]);
    await run('forget');
    expect((await run('show')).output).to.match(/^Nothing is kept/);
    expect(await store.accept([said(`waits ${psid}`, psid, 'x')])).to.include({ duplicates: 1 });
    expect(await claimKeys(store)).to.deep.equal([`waits ${other}`]);
    expect((await store.timers.counts()).waiting).to.equal(1);
    expect(await store.knownConversation(`facebook 10 ${psid}`)).to.equal(undefined);
    expect(await store.deadLetters.count()).to.equal(1);
    for (const when of ['while the bot runs', 'after it has ended']) {
      expect(isInFiles(`words of ${psid}`), when).to.equal(false);
      expect(isInFiles(psid), when).to.equal(false);
      expect(isInFiles(`words of ${other}`), when).to.equal(true);
      await closeAll();
    }
  });

  it('leaves nothing of a customer where SQLite has moved rows about before', async () => {
    const file = openDatabase(path());
    // This seed makes SQLite leave a part of a deleted row of the first customer behind.
    let seed = 16;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const [sizes, first] = [[300, 1_500, 2_500], 7_654_321_000_000_010];
    const write = () => {
      const who = first + random(30);
      const key = `facebook/users/${who}/${random(5)}`;
      const words = `words of ${who} `.repeat(Math.ceil((sizes[random(sizes.length)] ?? 0) / 26));
      const choice = random(3);
      if (choice === 0) file.run('DELETE FROM state WHERE key = ?', key);
      else if (choice === 1)
        file.run(`${insertState} ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, words);
      else file.run(insertEcho, `facebook 10 ${who}`, words);
      if (random(20) === 0) file.run('DELETE FROM echoes WHERE id % 7 = ?', random(7));
    };
    const insertState = 'INSERT INTO state (key, value, version) VALUES (?, ?, 1)';
    const insertEcho = `INSERT INTO echoes (conversation, mid, text, at, noted_at) VALUES (?, 'm', ?, 1, 1)`;
    for (let n = 0; n < 15; n += 1) {
      file.transaction('process', () => {
        for (let m = 0; m < 100; m += 1) write();
      });
    }
    await run('forget', String(first));
    file.close();
    expect(isInFiles(String(first))).to.equal(false);
    expect(isInFiles(String(first + 1))).to.equal(true);
  });

  it('records nothing of a turn any more that runs while its customer is forgotten', async () => {
    const store = await open();
    await store.accept([said('1', psid, `words of ${psid}`), said('2', psid, `words of ${psid}`)]);
    const note = { conversation: `facebook 10 ${psid}`, text: `words of ${psid}`, at: time };
    const state = [{ key: `facebook/users/${psid}`, value: '{}', expected: undefined }];
    const { id } = await claimOne(store);
    await store.begin(id);
    await store.journal.begin(id, { ...entry(0), detail: psid });
    expect((await run('forget')).output).to.match(/A turn of the customer was running/);
    await store.journal.end(id, 0, 'done', psid, note);
    await store.journal.begin(id, { ...entry(1), detail: psid });
    await store.journal.note(id, { ...entry(2), detail: psid });
    await store.complete(id, state, [timer('reminder', 1, `facebook 10 ${psid}`, psid)]);
    expect(await store.claim()).to.equal(undefined);
    await store.accept([said('3', psid, `words of ${psid}`)]);
    const failing = await claimOne(store);
    await run('forget');
    await store.fail(failing.id, undefined, state);
    expect((await run('show')).output).to.match(/^Nothing is kept/);
    await closeAll();
    expect(isInFiles(psid)).to.equal(false);
  });

  it('hands out the next of another Page when the next one is forgotten', async () => {
    const store = await open();
    await store.accept([said('1', psid, 'words'), event('2', `facebook 20 ${other}`)]);
    await run('forget');
    await store.accept([event('3', `facebook 20 ${other}`)]);
    expect((await claimOne(store)).event.key).to.equal('2');
    expect((await store.counts()).waiting).to.equal(1);
  });

  it('makes nobody wait for the retry of a turn that is forgotten, and counts nothing of it', async () => {
    const store = await open();
    const answer = async (key: string, who: string): Promise<void> => {
      await store.accept([said(key, who, 'words')]);
      const { id, event: claimed } = await claimOne(store);
      expect(claimed.key).to.equal(key);
      await store.begin(id);
      await store.complete(id);
    };
    await store.accept([said('1', psid, 'words'), said('2', psid, 'words'), said('3', other, 'words')]);
    for (let turn = 0; turn < 2; turn += 1) {
      const { id } = await claimOne(store);
      await store.begin(id);
      await store.retry(id, 60 * minute);
    }
    await run('forget');
    await answer('4', psid);
    expect((await store.counts()).waiting).to.equal(1);
    await store.accept([said('5', other, 'words')]);
    expect(await store.claim(), 'the retry of another customer waits').to.equal(undefined);
  });

  it('has an answer for a store in memory, and finds nobody whose id only begins the same', async () => {
    await (await open()).accept([said('1', `${psid}9`, 'words')]);
    expect((await run('forget')).output).to.match(/^Deleted: 0 open events, 0 dead/);
    expect((await rejection(run('show', psid, { path: ':memory:' }))).message).to.match(/StorePath is :memory:/);
  });
});
