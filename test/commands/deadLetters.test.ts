import { expect } from 'chai';
import { runDeadLetters } from '../../commands/deadLetters/runDeadLetters.ts';
import { readEventRequest } from '../../commands/events/eventRequest.ts';
import { openDeadLetters } from '../../store/sqlite/deadLetterFile.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { claimKeys, claimOne, event } from '../contracts/storeContract.ts';
import { entry } from '../contracts/store/journalContract.ts';
import { manualCare, useFolder } from '../support/brokenDisk.ts';
import { spawnProgram } from '../support/programProcess.ts';

describe('the dead-letters command', () => {
  const folder = useFolder();

  async function withOne() {
    const care = manualCare();
    const store = await openSqliteStore(folder.path('bot.db'), { every: care.every });
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.fail(id, { reason: 'unknownOutcome', sentence: 'Nobody knows.' });
    const tool = openDeadLetters(folder.path('bot.db'));
    return { care, store, id: String(id), tool };
  }

  it('lists, shows, replays once and drops, beside a running bot', async () => {
    const { care, store, id, tool } = await withOne();
    const run = (...args: string[]) => runDeadLetters(tool.letters, args, 'keep');
    expect((await run('list')).output).to.match(/unknownOutcome {2}message {2}a {2}after 1 runs: Nobody knows\.\n$/);
    const { payload: turn, ...fields } = event('1');
    expect(JSON.parse((await run('show', id)).output)).to.deep.include({ delivery: { ...fields, turn } });
    expect(await run('replay', id)).to.deep.equal({ output: `Dead letter ${id} runs again.\n`, exitCode: 0 });
    expect((await run('replay', id)).exitCode).to.equal(1);
    expect((await run('list')).output).to.equal('No dead letters.\n');
    care.tick();
    await store.accept([event('2', 'b')]);
    expect((await claimOne(store)).event).to.deep.equal(event('1'));
    expect((await run('drop', id)).exitCode).to.equal(0);
    expect((await run('drop', id)).exitCode).to.equal(1);
    await tool.close();
    await store.close();
  });

  it('does the same with many at once, chosen by what they have in common', async () => {
    const { care, store, tool } = await withOne();
    const kinds = [
      ['a', 'facebook 10 76', 'restored'],
      ['b', 'facebook 10 77', 'restored'],
      ['c', 'facebook 11 78', 'restored'],
      ['d', 'facebook 10 79', 'failed'],
    ] as const;
    for (const [key, conversation, reason] of kinds) {
      const turn = JSON.stringify({ activity: { channelData: { message: { mid: `m_${key}` } } } });
      await store.accept([{ ...event(key, conversation), payload: turn }]);
      const { id } = await claimOne(store);
      const refused = { as: 'GraphApiError', message: 'no', fbtraceId: `trace-${key}` };
      await store.journal.begin(id, entry(0));
      await store.journal.end(id, 0, 'refused', JSON.stringify(refused));
      await store.fail(id, { reason, sentence: 'Words.' });
    }
    const run = (args: string[], values: Parameters<typeof readEventRequest>[1] = {}) =>
      runDeadLetters(tool.letters, args, 'keep', readEventRequest(args, values, Date.now()), 'somebody');
    const [restored, onPage] = [{ reason: 'restored' }, { reason: 'restored', page: '10' }];
    const would = await run(['replay'], { ...onPage, 'dry-run': true });
    expect(would.output.match(/restored {2}message {2}facebook 10 7[67] {2}after 1 runs: Words/g)).to.have.length(2);
    expect(await store.deadLetters.count()).to.equal(5);
    const listed = JSON.parse((await run(['list'], { ...restored, json: true })).output) as object[];
    expect(listed).to.have.length(3);
    expect(listed[0]).to.deep.include({
      ...{ reason: 'restored', kind: 'message', conversation: 'facebook 10 76', endpoint: '/api/messages' },
      ...{ mid: 'm_a', fbtraceIds: ['trace-a'] },
    });
    expect(JSON.parse((await run(['show', 'm_c'])).output)).to.deep.include({ mid: 'm_c', sentence: 'Words.' });
    expect(await run(['replay'], onPage)).to.deep.equal({ output: '2 dead letters run again.\n', exitCode: 0 });
    expect(await run(['drop'], { before: '1h' })).to.include({ output: '0 dead letters are dropped.\n' });
    expect(await run(['drop'], { since: '1h', kind: 'message', page: '11' })).to.include({
      output: '1 dead letter is dropped.\n',
    });
    expect((await store.deadLetters.list()).map((letter) => letter.event.key)).to.deep.equal(['1', 'd']);
    expect((await run(['drop', '1', '999'])).output).to.match(
      /^There is no dead letter 999.*\nDead letter 1 is dropped/,
    );
    expect((await run(['replay'], { all: true, json: true })).output).to.match(/"done": \[\s+\d+\s+\]/);
    care.tick();
    await store.deadLetters.drop(0);
    expect((await claimKeys(store)).sort()).to.deep.equal(['a', 'b', 'd']);
    expect((await run(['show', 'm_a'])).exitCode, 'replayed').to.equal(1);
    await tool.close();
    await store.close();
  });

  it('changes nothing when it is not told which ones', async () => {
    for (const [args, values] of [
      [['replay'], {}],
      [['drop'], {}],
      [['drop', '1'], { reason: 'failed' }],
      [['drop', 'm_a'], {}],
      [['list'], { since: 'yesterday' }],
      [['list'], { limit: '0' }],
    ] as const) {
      expect(readEventRequest(args, values, 0), args.join(' ')).to.equal(undefined);
    }
    expect(readEventRequest(['list'], { since: '2d', before: '2026-11-27T08:00Z' }, 172_800_001)).to.deep.include({
      filter: {
        ...{ reason: undefined, page: undefined, kind: undefined, about: undefined },
        ...{ since: 1, before: 1_795_766_400_000 },
      },
    });
  });

  it('explains itself when it is asked for something else', async () => {
    const { store, tool } = await withOne();
    for (const args of [[], ['show'], ['show', 'x'], ['nonsense', '1']]) {
      expect((await runDeadLetters(tool.letters, args, 'keep')).exitCode).to.equal(2);
    }
    await tool.close();
    await store.close();
  });

  it('replays each of 1,000 once, although three ask for all of them, twice', async () => {
    const { care, store, tool } = await withOne();
    const other = openDeadLetters(folder.path('bot.db'));
    await store.accept(Array.from({ length: 999 }, (_, n) => event(`more ${n}`, `facebook 1 ${n}`)));
    for (let claim = await store.claim(); claim !== undefined; claim = await store.claim()) await store.fail(claim.id);
    const ids = (await store.deadLetters.list(2000)).map(({ id }) => id);
    expect(ids).to.have.length(1000);
    const everybody = [store.deadLetters, tool.letters, other.letters];
    for (const wins of [1000, 0]) {
      const answers = await Promise.all(everybody.flatMap((letters) => ids.map((id) => letters.replay(id))));
      expect(answers.filter((done) => done)).to.have.length(wins);
    }
    // Any commit makes the bot look for what others put back.
    care.tick();
    await store.deadLetters.drop(0);
    const keys = await claimKeys(store);
    expect(new Set(keys)).to.have.property('size', 1000);
    expect(keys).to.have.length(1000);
    expect(await store.deadLetters.get(ids[0]!)).to.have.property('replayedAt');
    await tool.close();
    await other.close();
    await store.close();
  });

  it('replays one once, although two processes are told to at the same time', async () => {
    const { care, store, id, tool } = await withOne();
    const args = ['replay', id, '--store', folder.path('bot.db')];
    const processes = [1, 2].map(() => spawnProgram('commands/deadLetters.ts', args));
    const ends = await Promise.all(processes.map(async (one) => `${(await one.ended).code} ${one.output()}`));
    expect(ends.sort()).to.deep.equal([`0 Dead letter ${id} runs again.\n`, `1 There is no dead letter ${id}.\n`]);
    care.tick();
    await store.deadLetters.drop(0);
    expect(await claimKeys(store)).to.deep.equal(['1']);
    await tool.close();
    await store.close();
  });

  it('makes no file where there is none', () => {
    expect(() => openDeadLetters(folder.path('missing.db'))).to.throw(/ENOENT/);
  });

  it('does its work when the launcher starts it', async () => {
    const path = folder.path('none.db');
    const program = spawnProgram('commands/launch.js', ['commands/deadLetters.ts', 'list', '--store', path]);
    expect(await program.ended).to.deep.equal({ code: 1, signal: null });
    expect(program.output()).to.match(/^The store .*none\.db cannot be opened: .*there is no such file.*\n$/);
  });
});
