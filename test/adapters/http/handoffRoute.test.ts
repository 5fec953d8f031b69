import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { signedHeaders } from '../../../helpers/handoff/signedMessage.ts';
import { Secret } from '../../../helpers/secret.ts';
import { handoffStatusOf, type HandoffStatus } from '../../../models/handoffStatus.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints } from '../../support/bothEndpoints.ts';

const secret = new Secret('fake-desk-secret');
const settings = { HandoffUrl: 'http://127.0.0.1:9/desk', HandoffSecret: secret.reveal() };

const status = (state: unknown, more: object = {}) => ({
  ...{ type: 'event', name: 'handoff.status', conversation: { id: '77-10' }, value: { state } },
  ...more,
});

interface Sent {
  id?: string;
  by?: Secret;
  at?: number;
  headers?: Record<string, string>;
}

let ids = 0;

async function tell(bot: BothEndpoints, body: unknown, { id, by = secret, at = Date.now(), headers }: Sent = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  ids += 1;
  const response = await fetch(`${bot.server().url}/api/handoff`, {
    method: 'POST',
    headers: { ...signedHeaders({ id: id ?? `status-${ids}`, body: text }, by, at), ...headers },
    body: text,
  });
  return { code: response.status, body: (await response.json()) as { error?: string } };
}

describe('What a desk tells the bot', () => {
  for (const endpoint of endpointNames) {
    it(`is an event of the conversation, in order, once, behind the ${endpoint} endpoint`, async () => {
      const heard: (HandoffStatus | string | undefined)[] = [];
      const run = async (context: TurnContext) => {
        heard.push(handoffStatusOf(context) ?? context.activity.text);
        await context.sendActivity(`heard ${heard.length}`);
      };
      const bot = await startBothEndpoints({ run, env: settings });
      try {
        await bot.post[endpoint](says('77', 'm_1', 'hello'));
        await bot.server().settled();
        const message = {
          replyToId: 'handoff-1',
          value: { state: 'accepted', message: 'Ana', more: { any: 'thing' } },
        };
        expect(await tell(bot, status('accepted', message), { id: 'a' })).to.deep.equal({ code: 202, body: {} });
        expect((await tell(bot, status('accepted', message), { id: 'a' })).code).to.equal(202);
        expect((await tell(bot, status('completed'))).code).to.equal(202);
        await bot.server().settled();
        expect(heard).to.deep.equal([
          'hello',
          { state: 'accepted', message: 'Ana', replyToId: 'handoff-1' },
          { state: 'completed' },
        ]);
        expect(bot.sent.map(({ psid, text }) => `${psid} ${text}`)).to.deep.equal([
          '77 heard 1',
          '77 heard 2',
          '77 heard 3',
        ]);
      } finally {
        await bot.close();
      }
    });
  }

  it('is refused without a good signature, and when it is not from now', async () => {
    const heard: unknown[] = [];
    const bot = await startBothEndpoints({
      run: (context) => Promise.resolve(void heard.push(context)),
      env: settings,
    });
    try {
      await bot.post.webhook(says('77', 'm_1'));
      await bot.server().settled();
      heard.length = 0;
      const good = status('completed');
      const forged = await tell(bot, good, { by: new Secret('another-secret') });
      expect(forged.code).to.equal(403);
      const late = { at: Date.now() - 400_000 };
      expect((await tell(bot, good, late)).code).to.equal(401);
      expect((await tell(bot, good, { headers: { 'webhook-id': 'another' } })).code).to.equal(403);
      expect((await tell(bot, good, { headers: { 'webhook-signature': 'none' } })).code).to.equal(400);
      const bare = await fetch(`${bot.server().url}/api/handoff`, { method: 'POST', body: JSON.stringify(good) });
      expect(bare.status).to.equal(401);
      expect((await fetch(`${bot.server().url}/api/handoff`)).status).to.equal(405);
      await bot.server().settled();
      expect(heard).to.deep.equal([]);
      expect(JSON.stringify(bot.logger.lines)).not.to.contain('fake-desk-secret');
    } finally {
      await bot.close();
    }
  });

  it('is refused when it makes no sense, whatever is signed, and costs its neighbours nothing', async () => {
    const bot = await startBothEndpoints({ env: settings });
    try {
      await bot.post.webhook(says('77', 'm_1'));
      await bot.server().settled();
      const wrong: readonly (readonly [unknown, number])[] = [
        ['', 400],
        ['{', 400],
        ['null', 400],
        ['[]', 400],
        [`{"a":${'['.repeat(10_000)}`, 400],
        [JSON.stringify(status('accepted', { pad: Array(3_000).fill(0) })), 400],
        [JSON.stringify(status('accepted', { pad: 'x'.repeat(70_000) })), 413],
        [status('open'), 400],
        [status(['accepted']), 400],
        [status('accepted', { name: 'handoff.initiate' }), 400],
        [status('accepted', { type: 'message' }), 400],
        [status('accepted', { conversation: {} }), 400],
        [status('accepted', { conversation: { id: '77' } }), 400],
        [status('accepted', { conversation: { id: '77-10 x' } }), 400],
        [status('accepted', { conversation: { id: '78-10' } }), 404],
        [status('accepted', { conversation: { id: '77-11' } }), 404],
        [status('accepted', { conversation: { id: '__proto__-10' } }), 404],
      ];
      for (const [body, code] of wrong) {
        const answer = await tell(bot, body);
        expect(answer.code, JSON.stringify(body).slice(0, 120)).to.equal(code);
        expect(answer.body.error).to.be.a('string');
      }
      expect((await tell(bot, status('accepted'))).code).to.equal(202);
      await bot.server().settled();
      expect(bot.alarms().filter(({ message }) => message === 'request failed')).to.deep.equal([]);
    } finally {
      await bot.close();
    }
  });

  it('has no address when no desk is set', async () => {
    const bot = await startBothEndpoints({});
    try {
      expect((await tell(bot, status('completed'))).code).to.equal(404);
    } finally {
      await bot.close();
    }
  });

  it('cannot be said by anybody through Azure', async () => {
    const bot = await startBothEndpoints({ env: settings });
    try {
      const about = { channelId: 'webchat', from: { id: 'u' }, recipient: { id: 'b' }, conversation: { id: 'c' } };
      const event = { type: 'event', name: 'messengerHandover/handoff', value: { state: 'completed' }, ...about };
      expect(await bot.postActivity(event)).to.equal(400);
    } finally {
      await bot.close();
    }
  });
});
