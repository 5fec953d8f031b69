import { expect } from 'chai';
import { inboxMeanings } from '../../../emulator/core/inboxMeaning.ts';
import { modes, pageInboxAppId, type MessengerState, type Thread } from '../../../emulator/core/state.ts';
import { defaultSeed, stateFromSeed } from '../../../emulator/seed.ts';

const psid = defaultSeed.customers[0]!.psid;

function stateOwnedBy(mode: MessengerState['mode'], owner: string | null, switches = {}): MessengerState {
  const thread: Thread = {
    psid,
    owner,
    expiresAt: null,
    folder: 'Main',
    lastCustomerMessageAt: null,
    referral: null,
    unread: 0,
    receivedUpTo: 0,
    readUpTo: 0,
    inARow: 0,
    messages: [],
    quickReplies: [],
    buttons: [],
  };
  return { ...stateFromSeed(defaultSeed, { mode, switches }, 0), threads: { [psid]: thread } };
}
const primary = defaultSeed.apps[0]!.id;

describe('the buttons of the Page Inbox in words', () => {
  it('have a sentence for every mode and owner', () => {
    for (const mode of modes) {
      for (const owner of [primary, defaultSeed.apps[1]!.id, pageInboxAppId, ...(mode === 'classic' ? [] : [null])]) {
        for (const { does } of Object.values(inboxMeanings(stateOwnedBy(mode, owner), psid)))
          expect(does).to.match(/^[A-Z].*\.$/);
      }
    }
  });

  it('say who is asked, who hears what, and where the conversation goes', () => {
    expect(inboxMeanings(stateOwnedBy('classic', primary), psid).moveToMain).to.deep.equal({
      does: 'Files it under Main and asks primary for control with request_thread_control.',
      guessed: false,
    });
    expect(inboxMeanings(stateOwnedBy('routing', primary), psid).moveToMain.does).to.equal(
      'Files it under Main and takes control at once; primary hears take_thread_control.',
    );
    expect(inboxMeanings(stateOwnedBy('routing', pageInboxAppId), psid).markAsDone).to.deep.equal({
      does: 'Files it under Done and passes it to primary; primary hears pass_thread_control.',
      guessed: true,
    });
    expect(inboxMeanings(stateOwnedBy('classic', primary), psid).reply.does).to.equal(
      'Sends the answer; control stays where it is.',
    );
  });

  it('follow the switches', () => {
    const state = stateOwnedBy('routing', pageInboxAppId, { doneInRouting: 'release' });
    expect(inboxMeanings(state, psid).markAsDone.does).to.contain('nobody owns the conversation then');
  });
});
