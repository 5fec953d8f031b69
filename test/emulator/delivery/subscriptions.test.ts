import { expect } from 'chai';
import { fieldFor, subscribedFields } from '../../../emulator/core/subscribedFields.ts';
import { webhookKinds } from '../../../emulator/core/webhookKinds.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';
import { startPage, type GraphAnswer, type PageUnderTest } from '../pageUnderTest.ts';

describe('subscriptions of an app to the Page', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
  });
  afterEach(() => page.close());
  const subscribe = (app: 0 | 1, fields: unknown): Promise<GraphAnswer> =>
    page.graph(app, 'POST', '/subscribed_apps', { subscribed_fields: fields });

  /** Everything of which there is a webhook on messaging, once. */
  async function everything(): Promise<void> {
    const customer = page.emulator.customer();
    customer.say('hi');
    await page.post(0, 'messages', { message: { text: 'hello' } });
    customer.postback({ title: 'Menu', payload: 'MENU' });
    customer.receive();
    customer.read();
    customer.react('love');
    customer.follow('poster');
    customer.optIn({ payload: 'NEWS' });
    page.emulator.inbox().reply('a person');
    page.emulator.inbox().markAsDone();
  }

  it('begin with what a bot answers, and with echoes, receipts and logins where they are asked for', async () => {
    for (const [fields, more] of [
      [undefined, []],
      ['all', ['message_echoes', 'message_reads', 'message_deliveries', 'messaging_account_linking']],
      [['messages'], undefined],
    ] as const) {
      const emulator = await startEmulator(fields === undefined ? {} : { fields });
      const begun = emulator.account(page.ids[0]).pageFields;
      const usual = ['messages', 'messaging_postbacks', 'standby', 'messaging_handovers', 'message_reactions'];
      const all = [...usual, 'messaging_referrals', 'messaging_optins', ...(more ?? [])];
      expect(begun).to.have.members(more === undefined ? ['messages'] : all);
      await emulator.close();
    }
  });

  it('begin with every field that there is, where all are asked for, and every kind of webhook has one', async () => {
    const { body } = await page.graph(0, 'GET', '/subscribed_apps');
    const [{ subscribed_fields: fields }] = body['data'] as [{ subscribed_fields: string[] }];
    expect(fields).to.deep.equal([...subscribedFields]);
    const needed = webhookKinds.flatMap((kind) => [fieldFor('messaging', kind), fieldFor('standby', kind)]);
    expect([...new Set(needed)].sort()).to.deep.equal([...subscribedFields].sort());
  });

  for (const [field, ...heard] of [
    ['messages', 'messaging message'],
    ['messaging_postbacks', 'messaging postback'],
    ['message_echoes', 'messaging echo'],
    ['message_deliveries', 'messaging delivery'],
    ['message_reads', 'messaging read'],
    ['message_reactions', 'messaging reaction'],
    ['messaging_referrals', 'messaging referral'],
    ['messaging_optins', 'messaging optin'],
    ['messaging_handovers', 'messaging take_thread_control', 'messaging pass_thread_control'],
    ['standby', 'standby echo'],
  ] as const) {
    it(`let ${field} alone through`, async () => {
      await subscribe(0, [field]);
      await everything();
      expect(await page.heard(0)).to.deep.equal(heard);
    });
  }

  it('say in the event stream what an app missed', async () => {
    await subscribe(1, 'messages');
    page.emulator.customer().say('hi');
    expect(await page.heard(1)).to.deep.equal([]);
    expect(page.emulator.events().at(-2)).to.include({
      type: 'webhookNotSubscribed',
      field: 'standby',
      kind: 'message',
    });
  });

  it('end with DELETE, which leaves nothing', async () => {
    expect((await page.graph(0, 'DELETE', '/subscribed_apps')).body).to.deep.equal({ success: true });
    expect((await page.graph(0, 'GET', '/subscribed_apps')).body).to.deep.equal({ data: [] });
    page.emulator.customer().say('hi');
    page.emulator.setRoles({ primaryAppId: page.ids[1] });
    expect(await page.heard(0)).to.deep.equal([]);
  });

  it('refuse fields that Meta does not have, and take those that are never sent', async () => {
    expect((await subscribe(0, 'messages,mesages')).body.error?.['message']).to.contain('subscribed_fields[1]');
    expect((await subscribe(0, ['messages', 'feed'])).status).to.equal(200);
  });
});
