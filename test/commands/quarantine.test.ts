import { expect } from 'chai';
import { readEventRequest } from '../../commands/events/eventRequest.ts';
import { runQuarantine } from '../../commands/quarantine/runQuarantine.ts';
import { messengerInboxEvent } from '../../adapters/messenger/messengerTurn.ts';
import { readFacebookWebhook } from '../../models/facebookWebhook.ts';
import { openDeadLetters } from '../../store/sqlite/deadLetterFile.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { claimKeys } from '../contracts/storeContract.ts';
import { quarantined } from '../contracts/store/quarantineContract.ts';
import { manualCare, useFolder } from '../support/brokenDisk.ts';
import { spawnProgram } from '../support/programProcess.ts';

describe('the quarantine command', () => {
  const folder = useFolder();

  it('lists, shows, releases once and drops, beside a running bot', async () => {
    const care = manualCare();
    const store = await openSqliteStore(folder.path('bot.db'), { every: care.every });
    const [strange] = readFacebookWebhook({ object: 'page', entry: [{ id: '10', messaging: ['secret words'] }] });
    await store.accept([quarantined('1', 'unknownPage'), quarantined('2'), messengerInboxEvent(strange!, '1')]);
    const tool = openDeadLetters(folder.path('bot.db'));
    const run = (args: string[], values: Parameters<typeof readEventRequest>[1] = {}) =>
      runQuarantine(tool.quarantine, readEventRequest(args, values, Date.now()));
    const { output } = await run(['list']);
    expect(output.split('\n')).to.have.length(4);
    expect(output).to.match(/unknownPage {2}message {2}1 {2}It is unknownPage\.\n/);
    expect(output).to.not.contain('secret words');
    expect(JSON.parse((await run(['show', '3'])).output)).to.deep.include({
      endpoint: '/webhook',
      reason: 'malformed',
    });
    expect((await run(['show', '3'])).output).to.contain('secret words');
    expect(await run(['release', '3'])).to.deep.equal({
      output: 'Quarantined event 3 makes no sense to any bot: show it, or drop it.\n',
      exitCode: 1,
    });
    expect(await run(['release'], { reason: 'unknownPage' })).to.deep.equal({
      output: '1 quarantined event goes to the bot.\n',
      exitCode: 0,
    });
    expect(await run(['release', '1'])).to.include({ exitCode: 1 });
    expect(await run(['drop', '2'])).to.include({ output: 'Quarantined event 2 is dropped.\n' });
    care.tick();
    await store.state.write([]);
    expect(await claimKeys(store)).to.deep.equal(['1']);
    expect(await store.quarantine.count()).to.equal(1);
    await tool.close();
    await store.close();
    const program = spawnProgram('commands/launch.js', [
      'commands/quarantine.ts',
      'drop',
      '3',
      '--store',
      folder.path('bot.db'),
    ]);
    expect(await program.ended).to.deep.equal({ code: 0, signal: null });
    expect(program.output()).to.equal('Quarantined event 3 is dropped.\n');
  });

  it('explains itself when it is asked for something else', async () => {
    for (const args of [[], ['release'], ['replay', '1']]) {
      const store = await openSqliteStore(folder.path('bot.db'));
      expect(await runQuarantine(store.quarantine, readEventRequest(args, {}, 0))).to.include({ exitCode: 2 });
      await store.close();
    }
  });
});
