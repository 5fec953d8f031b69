import { expect } from 'chai';
import { azureChannelCoverage } from '../../../emulator/azureChannel/azureChannelCoverage.ts';
import { CONVERSATION, fromCustomer, PAGE, PSID, setStage, sign } from './channelUnderTest.ts';
import type { Stage } from './channelUnderTest.ts';

const rows = (what: string) => azureChannelCoverage.filter((row) => row.what === what);

/** An item of each event that the table names. */
const items: Record<string, object> = {
  message: fromCustomer({ message: { mid: 'm_1', text: 'hi' } }),
  'message.quick_reply': fromCustomer({ message: { mid: 'm_1', text: 'hi', quick_reply: { payload: 'HI' } } }),
  'message.is_echo': { sender: { id: PAGE }, recipient: { id: PSID }, message: { mid: 'm_1', is_echo: true } },
  'message.admin_text': fromCustomer({ message: { admin_text: 'Your AI agent will respond.' } }),
  postback: fromCustomer({ postback: { mid: 'm_1', title: 'Start', payload: 'START' } }),
  pass_thread_control: fromCustomer({ pass_thread_control: { new_owner_app_id: 1 } }),
  take_thread_control: fromCustomer({ take_thread_control: { previous_owner_app_id: 1 } }),
  request_thread_control: fromCustomer({ request_thread_control: { requested_owner_app_id: 1 } }),
  read: fromCustomer({ read: { watermark: 1 } }),
  delivery: fromCustomer({ delivery: { watermark: 1 } }),
  account_linking: fromCustomer({ account_linking: { status: 'unlinked' } }),
  optin: fromCustomer({ optin: { ref: 'x' } }),
  referral: fromCustomer({ referral: { ref: 'x', source: 'SHORTLINK', type: 'OPEN_THREAD' } }),
  reaction: fromCustomer({ reaction: { mid: 'm_1', action: 'react', reaction: 'love' } }),
  app_roles: { recipient: { id: PAGE }, app_roles: { 1: ['primary_receiver'] } },
};

describe('the table of what the emulated channel covers', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ options: { translation: { receipts: 'forward' } } });
  });
  after(() => stage.close());

  for (const { name, coverage } of rows('endpoint')) {
    it(`${coverage === 'notSupported' ? 'is right that there is no' : 'is right that there is'} ${name}`, async () => {
      const [method = '', template = ''] = name.split(' ');
      const path = template
        .replace('{botAppId}', stage.registration.botAppId)
        .replace('{tenant}', stage.registration.tenantId)
        .replace('{conversationId}', CONVERSATION)
        .replace('{activityId}', 'm_1')
        .replace('{memberId}', PSID);
      const body = ['POST', 'PUT'].includes(method) ? '{"type":"message","text":"hello"}' : undefined;
      const headers: Record<string, string> = { authorization: `Bearer ${await stage.token()}` };
      if (path.endsWith('/webhook')) headers['x-hub-signature-256'] = sign(body ?? '', stage.registration.appSecret);
      const { status } = await fetch(`${stage.channel.url}${path}`, { method, headers, body });
      expect([404, 405, 501].includes(status)).to.equal(coverage === 'notSupported');
    });
  }

  for (const { name } of rows('event')) {
    it(`is right that ${name} can reach a bot`, async () => {
      const before = stage.bot.calls.length;
      await stage.post(name === 'standby' ? { standby: [items['message']] } : { messaging: [items[name]] });
      expect(stage.bot.calls.length).to.equal(before + 1);
    });
  }

  for (const { name } of rows('activity')) {
    it(`is right that a bot may send ${name}`, async () => {
      expect((await stage.say({ type: name, text: 'hello' })).status).to.be.oneOf([200, 201]);
    });
  }

  it('says what is different wherever something is not wholly supported, unless it is missing', () => {
    for (const { name, coverage, difference } of azureChannelCoverage) {
      if (coverage === 'partial') expect(difference, name).to.be.a('string').that.is.not.empty;
    }
  });
});
