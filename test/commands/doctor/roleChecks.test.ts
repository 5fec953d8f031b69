import { expect } from 'chai';
import type { Outcome, Patient } from '../../../commands/doctor/check.ts';
import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import { roleChecks } from '../../../commands/doctor/checks/roleChecks.ts';

describe('the doctor, on a live-chat bot and the Page Inbox', () => {
  const inbox = { id: '263902037430900', name: 'Page Inbox' };

  async function receiversOutcome(routing: boolean | undefined, receivers: readonly object[]): Promise<Outcome> {
    const patient = {
      settings: { role: 'liveChat' },
      graph: {
        page: () => Promise.resolve({ id: '1', name: 'Page', routing }),
        secondaryReceivers: () => Promise.resolve(receivers),
      },
    };
    return roleChecks.find(({ id }) => id === 'role.receivers')!.run(patient as unknown as Patient);
  }

  it('is content when the inbox is a secondary receiver', async () => {
    expect((await receiversOutcome(false, [inbox])).state).to.equal('ok');
  });

  it('is content with Conversation Routing, where the inbox is always there', async () => {
    expect((await receiversOutcome(true, [])).state).to.equal('ok');
  });

  it('warns on a Page of the Handover Protocol whose inbox is no receiver, whatever other app is', async () => {
    for (const receivers of [[], [{ id: '1284000000000002', name: 'secondary' }]]) {
      const outcome = await receiversOutcome(false, receivers);
      expect(outcome.state).to.equal('warn');
      expect(outcome.says).to.contain('nobody to pass to');
    }
  });
});

describe('the doctor, on whether a live-chat bot learns that a person answered', () => {
  const outcome = async (settings: object, readConversations: () => Promise<void> = () => Promise.resolve()) => {
    const patient = {
      settings: { role: 'liveChat', liveChat: { takeBackAfterMs: 1 }, ...settings },
      graph: { readConversations },
    };
    return roleChecks.find(({ id }) => id === 'role.hearsPeople')!.run(patient as unknown as Patient);
  };
  const refused = () => Promise.reject(new GraphApiError({ status: 403, reason: 'permission' }));

  it('is content with the webhook, with a bot that takes nothing back, and where conversations can be read', async () => {
    expect((await outcome({ webhook: {} }, refused)).state).to.equal('ok');
    expect((await outcome({ role: 'primary' }, refused)).state).to.equal('ok');
    expect((await outcome({ liveChat: {} }, refused)).state).to.equal('ok');
    expect((await outcome({})).state).to.equal('ok');
  });

  it('goes by TakeoverSilenceMinutes, which wins over LiveChatTakeBackMinutes, for every bot', async () => {
    const [never, hour] = [{ silenceMs: undefined }, { silenceMs: 3_600_000 }];
    expect((await outcome({ takeover: never }, refused)).state).to.equal('ok');
    expect((await outcome({ role: 'primary', takeover: hour }, refused)).state).to.equal('warn');
    expect((await outcome({ liveChat: {}, takeover: hour }, refused)).state).to.equal('warn');
  });

  it('warns behind Azure when the app may not read conversations', async () => {
    const { state, says } = await outcome({}, refused);
    expect([state, says]).to.deep.equal([
      'warn',
      'Azure may not tell it, and the app may not read conversations (permission), so the bot takes no thread back',
    ]);
  });
});

describe("the doctor, on a thread that Meta's AI owns", () => {
  it('says who it is and where that is switched off', async () => {
    const threadOwner = () => Promise.resolve({ owner: 'app', appId: '622851382610562' });
    const patient = { userId: '7', graph: { threadOwner } } as unknown as Patient;
    const { state, says } = await roleChecks.find(({ id }) => id === 'role.thread')!.run(patient);
    expect(state).to.equal('warn');
    expect(says).to.contain("Meta's own AI");
  });
});
