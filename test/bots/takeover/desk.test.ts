import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { openingHours } from '../../../bots/takeover/hours.ts';
import type { TakeoverRules } from '../../../bots/takeover/rules.ts';
import { Takeover } from '../../../bots/takeover/takeover.ts';
import { isSigned, readClaim, signedHeaders } from '../../../helpers/handoff/signedMessage.ts';
import { Secret } from '../../../helpers/secret.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import {
  endpointNames,
  passesTo,
  says,
  startBothEndpoints,
  type BothEndpoints,
  type BothEndpointsOptions,
} from '../../support/bothEndpoints.ts';
import { useFolder } from '../../support/brokenDisk.ts';
import { createManualClock } from '../../support/manualClock.ts';

const secret = new Secret('fake-desk-secret');
const start = 1_767_225_600_000;

/** What a desk answers: a status, or nothing at all. */
type Answer = number | 'nothing';

interface Initiation {
  id: string;
  name: 'handoff.initiate';
  type: string;
  conversation: { id: string };
  value: Record<string, unknown>;
  attachments: { name: string; content: { activities: { text: string; from: { name: string } }[] } }[];
}

interface Ending {
  id: string;
  name: 'handoff.status';
  conversation: { id: string };
  replyToId: string;
  value: Record<string, unknown>;
}

/** A desk that knows its bot by the signature, and messages by their ids. */
async function openDesk(answers: Answer[]) {
  const attempts: { id: string; answer: Answer }[] = [];
  const handovers = new Map<string, Initiation>();
  const ends = new Map<string, Ending>();
  const bodies = new Set<string>();
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const claim = readClaim(request.headers, Date.now());
    if (typeof claim === 'string' || !isSigned(claim, body, secret)) {
      response.writeHead(401).end();
      return;
    }
    const answer = answers.shift() ?? 202;
    attempts.push({ id: claim.id, answer });
    bodies.add(body.toString());
    // One that gives no answer may have understood all the same.
    if (answer === 'nothing' || answer < 300) {
      const event = JSON.parse(body.toString()) as Initiation | Ending;
      if (event.name === 'handoff.initiate') handovers.set(claim.id, event);
      else ends.set(claim.id, event);
    }
    if (answer === 'nothing') request.socket.destroy();
    else response.writeHead(answer).end();
  }
  const server = createServer((request, response) => void receive(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/handoff`,
    answers,
    attempts,
    handovers,
    ends,
    bodies,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type OpenDesk = Awaited<ReturnType<typeof openDesk>>;

interface Stage {
  desk: OpenDesk;
  bot: BothEndpoints;
  pass: (ms: number, stepMs?: number) => Promise<void>;
  /** Something that the bot does by itself. */
  inBot: (logic: (takeover: Takeover, context: TurnContext) => Promise<void>) => Promise<void>;
}

/** A bot whose customers get a person when they say "agent". */
async function withDesk(
  answers: Answer[],
  work: (stage: Stage) => Promise<void>,
  {
    rules,
    ...options
  }: Pick<BothEndpointsOptions, 'store' | 'env' | 'answer' | 'reads'> & { rules?: Partial<TakeoverRules> } = {},
): Promise<void> {
  const desk = await openDesk(answers);
  const clock = createManualClock();
  let inBot: Stage['inBot'] = () => Promise.resolve();
  const bot = await startBothEndpoints({
    ...options,
    env: { HandoffUrl: desk.url, HandoffSecret: secret.reveal(), ...options.env },
    clock: { ...clock, now: () => start + clock.monotonicNow() },
    createBot: (parts) => {
      // Graph stands still here, and knows nobody's words.
      const lastWordOfOthers = () => Promise.resolve(undefined);
      const takeover = new Takeover({ ...parts, lastWordOfOthers }, { phrases: { en: ['agent'] }, ...rules });
      inBot = (logic) => parts.conversations.run({ pageId: '10', psid: '77' }, (context) => logic(takeover, context));
      const run = async (context: TurnContext) => {
        if (context.activity.type !== 'message') return;
        if (context.activity.text === 'refund') {
          await takeover.handOver(context, { reason: 'wants a refund', intent: 'refund', summary: 'Parcel lost.' });
        } else await context.sendActivity(`You said ${context.activity.text}`);
      };
      return takeover.before({ run });
    },
  });
  try {
    await work({
      desk,
      bot,
      inBot: (logic) => inBot(logic),
      pass: async (ms, stepMs = 1_000) => {
        for (let left = ms; left > 0; left -= stepMs) {
          clock.pass(Math.min(left, stepMs));
          await bot.server().drained();
        }
      },
    });
  } finally {
    await bot.close();
    desk.close();
  }
  expect(JSON.stringify(bot.logger.lines)).not.to.contain(secret.reveal());
}

const unavailable = (times: number): Answer[] => Array.from({ length: times }, () => 503);

let statuses = 0;

/** The desk says something. */
async function deskSays(bot: BothEndpoints, state: string, replyToId?: string): Promise<void> {
  statuses += 1;
  const conversation = { id: '77-10' };
  const body = JSON.stringify({ type: 'event', name: 'handoff.status', conversation, replyToId, value: { state } });
  const headers = signedHeaders({ id: `status-${statuses}`, body }, secret, Date.now());
  const response = await fetch(`${bot.server().url}/api/handoff`, { method: 'POST', headers, body });
  expect(response.status).to.equal(202);
  await bot.server().drained();
}

describe('A desk that is told of handovers', () => {
  for (const endpoint of endpointNames) {
    it(`gets handoff.initiate once, though it answers 500 twice and once not at all: ${endpoint}`, async () => {
      await withDesk([500, 500, 'nothing'], async ({ desk, bot, pass }) => {
        await bot.post[endpoint](says('77', 'm_1', 'refund'));
        await bot.server().drained();
        await pass(60_000);
        expect(desk.attempts.map(({ answer }) => answer)).to.deep.equal([500, 500, 'nothing', 202]);
        expect([...desk.handovers.keys()]).to.have.length(1);
        expect([...desk.bodies]).to.have.length(1);
        const [initiation] = desk.handovers.values();
        expect(initiation).to.deep.include({ type: 'event', name: 'handoff.initiate', attachments: [] });
        expect(initiation?.id).to.equal(desk.attempts[0]?.id);
        expect(initiation?.conversation.id).to.equal('77-10');
        expect(initiation?.value).to.deep.include({
          ...{ reason: 'wants a refund', intent: 'refund', summary: 'Parcel lost.', language: 'en' },
          ...{ to: 'inbox', pageId: '10', psid: '77', askedAt: new Date(start).toISOString() },
        });
        // Told, it is left alone.
        await pass(60_000);
        expect(desk.attempts).to.have.length(4);
      });
    });
  }

  it('does not let the customer wait, whatever it does', async () => {
    await withDesk([500, 500, 500], async ({ bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'), says('78', 'm_2', 'hello'));
      await bot.server().drained();
      expect(bot.sent.map(({ psid }) => psid)).to.have.members(['77', '78']);
      await pass(1_000);
      await bot.post.webhook(passesTo('77', 'Pass thread control from Page Inbox'), says('77', 'm_3', 'thanks'));
      await bot.server().drained();
      expect(bot.sent.at(-1)?.text).to.equal('You said thanks');
    });
  });

  it('is told no more of a handover that has ended, but that it has, since it may know of it', async () => {
    await withDesk(unavailable(2), async ({ desk, bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await pass(1_000);
      expect(desk.attempts).to.have.length(1);
      await bot.post.webhook(passesTo('77', 'Pass thread control from Page Inbox'));
      await bot.server().drained();
      await pass(60_000);
      const ids = desk.attempts.map(({ id }) => id.replace(/-[\w-]{43}$/, ''));
      expect(ids).to.deep.equal(['handoff', 'handoff-end', 'handoff-end']);
      expect(desk.handovers.size).to.equal(0);
    });
  });

  it('is told nothing of a handover that has ended before the first attempt', async () => {
    await withDesk([], async ({ desk, bot, pass }) => {
      const done = passesTo('77', 'Pass thread control from Page Inbox');
      await bot.post.webhook(says('77', 'm_1', 'agent'), { ...done, timestamp: done.timestamp + 1 });
      await bot.server().drained();
      await pass(60_000);
      expect(desk.attempts.length).to.equal(desk.handovers.size + desk.ends.size);
      expect(desk.ends.size).to.equal(desk.handovers.size);
    });
  });

  it('gets what was said before if it is kept', async () => {
    await withDesk(
      [],
      async ({ desk, bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'hello'), says('77', 'm_2', 'agent'));
        await bot.server().drained();
        await pass(1_000);
        const [initiation] = desk.handovers.values();
        const [transcript] = initiation?.attachments ?? [];
        expect(transcript?.name).to.equal('Transcript');
        const lines = transcript?.content.activities.map(({ text, from }) => `${from.name}: ${text}`) ?? [];
        expect(lines.slice(0, 3)).to.deep.equal([': hello', 'bot: You said hello', ': agent']);
        expect(lines[3]).to.match(/^bot: /);
      },
      { env: { KeepTranscripts: '1d' } },
    );
  });

  it('is tried for a day, less and less often, and then no more', async () => {
    await withDesk(unavailable(1_000), async ({ desk, bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await pass(15 * 60_000, 5_000);
      expect(desk.attempts).to.have.length(6);
      await pass(26 * 3_600_000, 600_000);
      expect(desk.attempts.length).to.be.within(40, 60);
      expect(bot.alarms().map(({ level, message }) => `${level}: ${message}`)).to.deep.equal([
        'warn: The desk could not be told of a handover yet.',
        'error: The desk was not told of a handover, and will not be.',
      ]);
      const told = desk.attempts.length;
      await pass(2 * 3_600_000, 600_000);
      expect(desk.attempts).to.have.length(told);
    });
  });

  it('is not told of what a person began', async () => {
    await withDesk([], async ({ desk, bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'hello'));
      const message = { mid: 'm_ana', text: 'Ana here', is_echo: true };
      const item = { sender: { id: '10' }, recipient: { id: '77' }, timestamp: start, message };
      await bot.postBody({ object: 'page', entry: [{ id: '10', time: start, messaging: [item] }] });
      await bot.server().drained();
      await pass(5_000);
      expect(desk.attempts).to.deep.equal([]);
      expect((await bot.metrics()).get('handovers_begun_total{reason="personSpoke"}')).to.equal(1);
    });
  });

  it('refuses for good: the bot comes back and says so', async () => {
    await withDesk([404], async ({ desk, bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await pass(2_000);
      expect(desk.attempts).to.have.length(1);
      expect(bot.sent.at(-1)?.text).to.match(/cannot reach a person/);
      const error = bot.logger.lines.find(({ level }) => level === 'error');
      expect(error?.message).to.equal('The desk was not told of a handover, and will not be.');
      expect(error?.fields).to.deep.include({ status: 404 });
      await bot.post.webhook(says('77', 'm_2', 'hello'));
      await bot.server().drained();
      expect(bot.sent.at(-1)?.text).to.equal('You said hello');
      const metrics = await bot.metrics();
      expect(metrics.get('desk_messages_total{what="refused"}')).to.equal(1);
      expect(metrics.get('handovers_declined_total{end="declined"}')).to.equal(1);
    });
  });
});

describe('A desk that did not end the handover itself', () => {
  const minute = 60_000;
  const done = passesTo('77', 'Pass thread control from Page Inbox');
  const person = (text: string): object => {
    const message = { mid: `m_${text}`, text, is_echo: true, app_id: 263902037430900 };
    const item = { sender: { id: '10' }, recipient: { id: '77' }, timestamp: start + 5_000, message };
    return { object: 'page', entry: [{ id: '10', time: start, standby: [item] }] };
  };
  /** Ways in which the bot comes back, and the end of which the desk is told. */
  const ways: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
    silence: ({ pass }) => pass(31 * minute, minute),
    hardLimit: async ({ bot, pass }) => {
      await bot.postBody(person('/pause 9h'));
      await pass(61 * minute, minute);
    },
    person: ({ bot }) => bot.postBody(person('/bot')),
    done: ({ bot }) => bot.post.webhook(done),
    customer: ({ bot }) => {
      const item = { ...says('77', 'm_2', 'back to the bot'), timestamp: start + 5_000 };
      return bot.postBody({ object: 'page', entry: [{ id: '10', time: start, standby: [item] }] });
    },
    bot: ({ inBot }) => inBot((takeover, context) => takeover.handBack(context)),
  };
  const rules = { silenceMs: 30 * minute, hardLimitMs: 60 * minute };

  for (const [end, comeBack] of Object.entries(ways)) {
    it(`is told once how it ended, though it answers 500 at first: ${end}`, async () => {
      await withDesk(
        [202],
        async (stage) => {
          const { desk, bot, pass } = stage;
          await bot.post.webhook(says('77', 'm_1', 'agent'));
          await bot.server().drained();
          await pass(1_000);
          const [id] = desk.handovers.keys();
          desk.answers.push(500, 'nothing');
          await comeBack(stage);
          await bot.server().drained();
          await pass(minute);
          expect(desk.attempts.map(({ answer }) => answer)).to.deep.equal([202, 500, 'nothing', 202]);
          expect(new Set(desk.attempts.slice(1).map((attempt) => attempt.id)).size).to.equal(1);
          expect([...desk.ends.values()]).to.have.length(1);
          const [ending] = desk.ends.values();
          expect(ending).to.deep.include({ name: 'handoff.status', replyToId: id });
          expect(ending?.conversation.id).to.equal('77-10');
          expect(ending?.value).to.deep.include({ state: 'completed', end, pageId: '10', psid: '77' });
          expect(desk.bodies.size).to.equal(2);
        },
        { rules },
      );
    });
  }

  it('is told of the end of the first handover although a second one began', async () => {
    await withDesk([202, 503], async ({ desk, bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await pass(1_000);
      await bot.post.webhook(done, { ...says('77', 'm_2', 'agent'), timestamp: start + 1_000 });
      await bot.server().drained();
      await pass(minute);
      expect(desk.handovers.size).to.equal(2);
      expect([...desk.ends.values()].map(({ replyToId }) => replyToId)).to.deep.equal([[...desk.handovers.keys()][0]]);
    });
  });

  it('is told of the ends of the last ten only, so that a customer who comes and goes does not fill a day with attempts', async () => {
    await withDesk(unavailable(1_000), async ({ desk, bot, pass }) => {
      for (let n = 0; n < 15; n += 1) {
        const at = start + n * 2_000;
        await bot.post.webhook({ ...says('77', `m_${n}`, 'agent'), timestamp: at });
        await bot.server().drained();
        await bot.post.webhook({ ...done, timestamp: at + 1_000 });
        await bot.server().drained();
      }
      await pass(5 * minute);
      const before = desk.attempts.length;
      // Each waits for half an hour by now.
      await pass(90 * minute, minute);
      const retried = new Set(desk.attempts.slice(before).map(({ id }) => id));
      expect(retried.size).to.equal(10);
    });
  });

  it('is not told what it knows: that it has completed the handover, or refused it', async () => {
    for (const answers of [[202], [404]]) {
      await withDesk(answers, async ({ desk, bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'));
        await bot.server().drained();
        await pass(1_000);
        if (desk.handovers.size > 0) await deskSays(bot, 'completed');
        await pass(minute);
        expect(desk.attempts).to.have.length(1);
      });
    }
  });
});

describe('What a desk says about a handover', () => {
  it('is noted, and ends it: the bot takes the thread and speaks first', async () => {
    await withDesk([], async ({ desk, bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await pass(1_000);
      const [id] = desk.handovers.keys();
      const before = bot.sent.length;
      await deskSays(bot, 'accepted', id);
      expect(bot.sent).to.have.length(before);
      await deskSays(bot, 'completed', 'handoff-of-somebody-else');
      expect(bot.sent).to.have.length(before);
      await deskSays(bot, 'completed', id);
      expect(bot.sent.slice(before).map(({ text }) => text)).to.deep.equal([
        'The conversation with our team has ended. You are talking to the bot again.',
      ]);
      // Said again, of a handover that is over.
      await deskSays(bot, 'completed', id);
      await deskSays(bot, 'failed');
      expect(bot.sent).to.have.length(before + 1);
      const metrics = await bot.metrics();
      expect(metrics.get('handovers_total{reason="phrase",end="done"}')).to.equal(1);
      expect(metrics.get('handovers_begun_total{reason="phrase"}')).to.equal(1);
      expect(metrics.get('handovers_abandoned_total')).to.equal(1);
      for (const what of ['delivered', 'accepted', 'completed']) {
        expect(metrics.get(`desk_messages_total{what="${what}"}`), what).to.equal(1);
      }
    });
  });

  it('may be that it failed: the customer is told, and the bot goes on', async () => {
    await withDesk([], async ({ bot, pass }) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await pass(1_000);
      await deskSays(bot, 'failed');
      expect(bot.sent.at(-1)?.text).to.match(/cannot reach a person/);
      await bot.post.webhook(says('77', 'm_2', 'hello'));
      await bot.server().drained();
      expect(bot.sent.at(-1)?.text).to.equal('You said hello');
    });
  });
});

describe('A desk that is a receiver', () => {
  const rules = { receivers: ['desk', 'inbox'] };
  const handing = 'I am passing you on to a person, who will answer you here.';
  const moves = (bot: BothEndpoints) => bot.calls.filter((path) => path.endsWith('_thread_control'));

  it('gets the conversation without the thread, and the bot is silent until it has completed it', async () => {
    await withDesk(
      [],
      async ({ desk, bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'));
        await bot.server().drained();
        await pass(1_000);
        const [initiation] = desk.handovers.values();
        expect(initiation?.value).to.deep.include({ reason: 'phrase', to: 'desk' });
        await deskSays(bot, 'accepted', initiation?.id);
        await bot.post.webhook({ ...says('77', 'm_2', 'are you there?'), timestamp: start + 1_000 });
        await bot.server().drained();
        expect(bot.sent.map(({ text }) => text)).to.deep.equal([handing]);
        await deskSays(bot, 'completed', initiation?.id);
        await bot.post.webhook({ ...says('77', 'm_3', 'thanks'), timestamp: start + 2_000 });
        await bot.server().drained();
        expect(bot.sent.map(({ text }) => text)).to.deep.equal([
          handing,
          'The conversation with our team has ended. You are talking to the bot again.',
          'You said thanks',
        ]);
        expect(moves(bot)).to.deep.equal([]);
      },
      { rules },
    );
  });

  for (const [how, answers] of Object.entries({ 'says that it failed': [202], 'refuses it': [404] })) {
    it(`${how}: the second choice gets it, and the desk is not asked again`, async () => {
      await withDesk(
        answers,
        async ({ desk, bot, pass }) => {
          await bot.post.webhook(says('77', 'm_1', 'agent'));
          await bot.server().drained();
          await pass(1_000);
          if (desk.handovers.size > 0) await deskSays(bot, 'failed');
          await pass(60_000);
          expect(bot.sent.map(({ text }) => text)).to.deep.equal([handing]);
          expect(moves(bot)).to.have.length(1);
          await bot.post.webhook(passesTo('77', 'Pass thread control from Page Inbox'));
          await bot.server().drained();
          await pass(60_000);
          expect(desk.attempts).to.have.length(1);
          const metrics = await bot.metrics();
          expect(metrics.get('handovers_begun_total{reason="phrase"}')).to.equal(1);
          expect(metrics.get('handovers_total{reason="phrase",end="done"}')).to.equal(1);
        },
        { rules },
      );
    });
  }

  it('cannot be reached: the second choice gets it after minutes and not after a day, and what the desk then says changes nothing', async () => {
    await withDesk(
      unavailable(100),
      async ({ desk, bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'));
        await bot.server().drained();
        await pass(2 * 60_000);
        expect(moves(bot)).to.deep.equal([]);
        await pass(3 * 60_000);
        expect(moves(bot)).to.have.length(1);
        expect(desk.attempts).to.have.length(5);
        const sent = bot.sent.length;
        await deskSays(bot, 'completed', desk.attempts[0]?.id);
        await pass(60 * 60_000, 60_000);
        expect(desk.attempts).to.have.length(5);
        expect(bot.sent).to.have.length(sent);
      },
      { rules },
    );
  });

  it('fails as the last choice: the customer is told, and the bot goes on', async () => {
    await withDesk(
      [503, 404],
      async ({ bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'));
        await bot.server().drained();
        await pass(60_000);
        await bot.post.webhook({ ...says('77', 'm_2', 'hello'), timestamp: start + 1_000 });
        await bot.server().drained();
        expect(bot.sent.map(({ text }) => text)).to.deep.equal([
          handing,
          'I am sorry, I cannot reach a person at the moment, so I go on helping you.',
          'You said hello',
        ]);
        expect(moves(bot)).to.deep.equal([]);
      },
      { rules: { receivers: ['desk'] } },
    );
  });

  it('speaks through an app of its own, whose words move the silence', async () => {
    const minute = 60_000;
    await withDesk(
      [],
      async ({ bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'));
        await bot.server().drained();
        await pass(20 * minute, minute);
        const message = { mid: 'm_desk', text: 'Ana of the desk', is_echo: true, app_id: 4711 };
        const item = { sender: { id: '10' }, recipient: { id: '77' }, timestamp: start + 20 * minute, message };
        await bot.postBody({ object: 'page', entry: [{ id: '10', time: start, messaging: [item] }] });
        await bot.server().drained();
        await pass(29 * minute, minute);
        expect(bot.sent).to.have.length(1);
        await pass(2 * minute, minute);
        expect(bot.sent).to.have.length(2);
        expect((await bot.metrics()).get('handover_first_answer_seconds_sum')).to.equal(1200);
      },
      { rules: { ...rules, silenceMs: 30 * minute } },
    );
  });
});

describe('The figures of handovers', () => {
  it('tell how long the first answer took, once for each handover, and not that a person came unasked', async () => {
    await withDesk([], async ({ bot }) => {
      const echo = async (psid: string, mid: string, at: number, via: 'standby' | 'messaging') => {
        const message = { mid, text: 'Ana here', is_echo: true, app_id: 263902037430900 };
        const item = { sender: { id: '10' }, recipient: { id: psid }, timestamp: at, message };
        await bot.postBody({ object: 'page', entry: [{ id: '10', time: at, [via]: [item] }] });
        await bot.server().drained();
      };
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().drained();
      await echo('77', 'm_2', start + 90_000, 'standby');
      await echo('77', 'm_3', start + 95_000, 'standby');
      await echo('78', 'm_4', start + 96_000, 'messaging');
      await bot.post.webhook(passesTo('77', 'Pass thread control from Page Inbox'));
      await bot.server().drained();
      const metrics = await bot.metrics();
      const expected = {
        handover_first_answer_seconds_count: 1,
        handover_first_answer_seconds_sum: 90,
        'handovers_total{reason="phrase",end="done"}': 1,
        'handovers_begun_total{reason="personSpoke"}': 1,
        handovers_abandoned_total: 0,
      };
      for (const [name, value] of Object.entries(expected)) expect(metrics.get(name), name).to.equal(value);
    });
  });
});

describe('A bot whose failures are handed over', () => {
  it('keeps no wish for a turn that becomes a dead letter', async () => {
    const rules: Partial<TakeoverRules> = {
      ...{ onException: 'handOver' as const, outsideHours: 'keep' as const },
      hours: openingHours({ timeZone: 'UTC', week: 'Mo 00:00-00:01' }),
    };
    const lost = (): never => {
      throw new Error('The connection breaks.');
    };
    await withDesk(
      [],
      async ({ bot, inBot }) => {
        await bot.post.webhook(says('77', 'm_1', 'hello'));
        await bot.server().drained();
        const parked = bot.logger.lines.filter(({ fields }) => 'outcome' in fields && fields.outcome === 'failed');

        expect(parked).to.have.length(1);
        let open: unknown;
        await inBot(async (takeover, context) => {
          open = await takeover.handoverOf(context);
        });
        expect(open).to.equal(undefined);
      },
      { rules, answer: lost, reads: { status: 403, json: { error: { code: 200, message: 'No permission.' } } } },
    );
  });
});

describe('The figures of wishes', () => {
  it('tell of one that the customer withdrew before anybody was there', async () => {
    const never = 'Mo 00:00-00:01';
    await withDesk(
      [],
      async ({ bot }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'), says('77', 'm_2', 'back to the bot'));
        await bot.server().drained();
        const metrics = await bot.metrics();
        const expected = {
          'handovers_total{reason="phrase",end="withdrawn"}': 1,
          'handovers_declined_total{end="withdrawn"}': 1,
          handovers_abandoned_total: 0,
        };
        for (const [name, value] of Object.entries(expected)) expect(metrics.get(name), name).to.equal(value);
      },
      { rules: { hours: openingHours({ timeZone: 'UTC', week: never }), outsideHours: 'keep' } },
    );
  });
});

describe('A desk and a bot that starts again', () => {
  const folder = useFolder();

  it('has the handover once, although the bot ended before it could tell', async () => {
    const store = () => openSqliteStore(folder.path('store.db'));
    await withDesk(
      [503, 503],
      async ({ desk, bot, pass }) => {
        await bot.post.webhook(says('77', 'm_1', 'agent'));
        await bot.server().drained();
        await bot.restart(store);
        await pass(60_000);
        expect(desk.attempts.map(({ answer }) => answer)).to.deep.equal([503, 503, 202]);
        expect([...desk.handovers.keys()]).to.have.length(1);
      },
      { store },
    );
  });
});
