import { expect } from 'chai';
import type { Outcome, Patient } from '../../../commands/doctor/check.ts';
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
