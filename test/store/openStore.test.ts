import { expect } from 'chai';
import { openStore } from '../../store/openStore.ts';
import { claimOne, event } from '../contracts/storeContract.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { read } from '../support/settingsReader.ts';

const day = 86_400_000;

describe('the store that the settings name', () => {
  const folder = useFolder();

  it('keeps the data of customers for as long as they say', async () => {
    let now = 1_700_000_000_000;
    const open = (more: Record<string, string>) =>
      openStore(read({ StorePath: folder.path('bot.db'), ...more }), createRecordingLogger(), undefined, {
        now: () => now,
      });
    const store = await open({});
    const key = 'facebook/users/7654321000000001/';
    await store.state.write([{ key, value: '{}', expected: undefined }]);
    await store.accept([{ ...event('1', 'facebook 10 1'), reach: { reference: '{}' } }]);
    await store.fail((await claimOne(store)).id);
    await store.close();
    const short = await open({ KeepCustomerState: '7d', KeepConversations: '2d', KeepDeadLetters: '12h' });
    expect((await short.state.read([key])).get(key)?.expiresAt).to.equal(now + 7 * day);
    now += 3 * day;
    // Whatever is accepted takes what is too old with it.
    await short.accept([event('2')]);
    expect(await short.knownConversation('facebook 10 1')).to.equal(undefined);
    while ((await short.deadLetters.count()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await short.close();
  });
});
