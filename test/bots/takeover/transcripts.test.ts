import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTask } from 'node:timers/promises';
import type { Transcript, TurnContext } from 'botbuilder';
import { expect } from 'chai';
import type { Transcripts } from '../../../bots/takeover/transcripts.ts';
import { runCustomers } from '../../../commands/customers/runCustomers.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import {
  endpointNames,
  says,
  startBothEndpoints,
  type BothEndpoints,
  type BothEndpointsOptions,
} from '../../support/bothEndpoints.ts';
import { manualCare, useFolder } from '../../support/brokenDisk.ts';
import { webhookSettings } from '../../support/settingsReader.ts';

const hour = 3_600_000;
const usualTime = 1_767_225_600_000;
const thread = { pageId: '10', psid: '77' };

interface Stage {
  bot: BothEndpoints;
  transcript: () => Promise<Transcript | undefined>;
}

const linesOf = (transcript: Transcript | undefined): string[] =>
  (transcript?.activities ?? []).map(({ from, text }) => `${from.name === '' ? from.id : from.name}: ${text}`);

function echo(text: string, mid: string, more: object): object {
  const message = { mid, text, is_echo: true, ...more };
  return { sender: { id: '10' }, recipient: { id: '77' }, timestamp: usualTime, message };
}

async function withBot(options: BothEndpointsOptions, work: (stage: Stage) => Promise<void>): Promise<void> {
  let transcripts: Transcripts | undefined;
  const { run = (context: TurnContext) => answer(context) } = options;
  const bot = await startBothEndpoints({
    ...options,
    env: { KeepTranscripts: '8h', ...options.env },
    createBot: (parts) => {
      transcripts = parts.transcripts;
      return { run };
    },
  });
  try {
    await work({ bot, transcript: async () => transcripts?.of(thread) });
  } finally {
    await bot.close();
  }
}

async function answer(context: TurnContext): Promise<void> {
  if (context.activity.type === 'message') await context.sendActivity(`You said ${context.activity.text}`);
}

describe('What was said in a conversation', () => {
  for (const endpoint of endpointNames) {
    it(`is kept in Bot Builder's form, whoever said it, behind the ${endpoint} endpoint`, async () => {
      await withBot({}, async ({ bot, transcript }) => {
        await bot.post[endpoint](says('77', 'm_1', 'hello'));
        await bot.server().settled();
        const { FacebookAppId } = webhookSettings;
        const others = [
          echo('Ana here', 'm_ana', {}),
          echo('from an app', 'm_app', { app_id: '99' }),
          echo('You said hello', 'm_own', { app_id: FacebookAppId }),
        ];
        await bot.postBody({ object: 'page', entry: [{ id: '10', time: usualTime, messaging: others }] });
        await bot.post[endpoint](says('78', 'm_2', 'somebody else'), says('77', 'm_3', 'bye'));
        await bot.server().settled();
        const kept = await transcript();
        expect(linesOf(kept)).to.deep.equal([
          '77: hello',
          'bot: You said hello',
          'person: Ana here',
          'app: from an app',
          '77: bye',
          'bot: You said bye',
        ]);
        const [first, second] = kept?.activities ?? [];
        expect(first).to.deep.include({ type: 'message', id: 'm_1', channelId: 'facebook', text: 'hello' });
        expect(first?.timestamp).to.deep.equal(new Date(usualTime));
        expect([first?.from.role, first?.recipient.id, first?.conversation.id]).to.deep.equal(['user', '10', '77-10']);
        expect([second?.from.role, second?.from.id, second?.recipient.id]).to.deep.equal(['bot', '10', '77']);
      });
    });
  }

  it('is not kept unless the setting says so', async () => {
    await withBot({ env: { KeepTranscripts: '' } }, async ({ bot, transcript }) => {
      await bot.post.webhook(says('77', 'm_1', 'hello'));
      await bot.server().settled();
      expect(await transcript()).to.equal(undefined);
    });
  });

  it('holds what was tapped and shown, cut where it is long, and not what did not arrive', async () => {
    const run = async (context: TurnContext) => {
      await context.sendActivity({ type: 'typing' });
      await context.sendActivity({ type: 'message', text: 'é'.repeat(5_000) });
      const attachments = [
        { contentType: 'image/png', contentUrl: 'https://shop.example/a.png', name: 'a' },
        { contentType: 'image/png', contentUrl: `data:image/png;base64,${'A'.repeat(10_000)}` },
      ];
      await context.sendActivity({ type: 'message', text: 'look', attachments: attachments.slice(0, 1) });
      await context.sendActivity('refused').catch(() => undefined);
    };
    const refuses = { status: 400, json: { error: { code: 100, message: 'no' } } };
    await withBot(
      { run, answer: ({ text }) => (text === 'refused' ? refuses : undefined) },
      async ({ bot, transcript }) => {
        const tapped = {
          ...says('77', ''),
          message: undefined,
          postback: { title: 'Agent', payload: 'agent', mid: 'm_1' },
        };
        await bot.post.webhook({ ...tapped });
        await bot.server().settled();
        const kept = await transcript();
        expect(linesOf(kept).map((line) => line.slice(0, 12))).to.deep.equal([
          '77: Agent',
          'bot: ééééééé',
          'bot: look',
        ]);
        expect(kept?.activities[1]?.text).to.have.length(2_000);
        expect(kept?.activities[2]?.attachments).to.deep.equal([
          { contentType: 'image/png', contentUrl: 'https://shop.example/a.png', name: 'a' },
        ]);
      },
    );
  });

  it('is there once although the turn ran twice, and not of a turn that was given up', async () => {
    let runs = 0;
    const run = async (context: TurnContext) => {
      runs += 1;
      await answer(context);
      if (runs < 3 || context.activity.text === 'broken') throw new Error('made up');
    };
    const retries = { decide: () => (runs < 3 ? retryNow : giveUp), hasCrashedTooOften: () => false };
    await withBot({ run, retries }, async ({ bot, transcript }) => {
      await bot.post.webhook(says('77', 'm_1', 'hello'), says('77', 'm_2', 'broken'));
      await bot.server().settled();
      expect(linesOf(await transcript())).to.deep.equal(['77: hello', 'bot: You said hello']);
    });
  });
});

const retryNow = { action: 'retry', delayMs: 0, counting: 'counted' } as const;
const giveUp = { action: 'giveUp', reason: 'failed' } as const;

describe('How long what was said is kept', () => {
  const folder = useFolder();

  it('is as long as the setting says and no longer, in the file too', async () => {
    const care = manualCare();
    const clock = { now: usualTime };
    const now = () => clock.now;
    const path = folder.path('bot.db');
    const words = (): number => {
      const file = new DatabaseSync(path, { readOnly: true });
      const sql = "SELECT count(*) AS many FROM state WHERE value LIKE '%hello%' OR value LIKE '%You said%'";
      const many = Number(file.prepare(sql).get()?.['many']);
      file.close();
      return many;
    };
    const store = () => openSqliteStore(path, { now, every: care.every });
    await withBot({ store, clock: { now } }, async ({ bot, transcript }) => {
      for (let said = 0; said < 8; said += 1) {
        await bot.post.webhook(says('77', `m_${said}`, `hello ${said}`));
        await bot.server().settled();
        clock.now += hour;
      }
      // Each hour is a part of its own here, and the first one is about to end.
      expect(linesOf(await transcript()).at(0)).to.equal('77: hello 1');
      expect(linesOf(await transcript())).to.have.length(14);
      clock.now += 4 * hour + 1;
      expect(linesOf(await transcript())).to.deep.equal(
        [5, 6, 7].flatMap((said) => [`77: hello ${said}`, `bot: You said hello ${said}`]),
      );
      care.tick();
      for (let turns = 0; turns < 500; turns += 1) await nextTask();
      expect(words()).to.equal(3);
      clock.now += 4 * hour;
      expect(linesOf(await transcript())).to.deep.equal([]);
      care.tick();
      for (let turns = 0; turns < 500; turns += 1) await nextTask();
      expect(words()).to.equal(0);
    });
  });

  it('ends when the customer is forgotten', async () => {
    const path = folder.path('forget.db');
    const [ana, ben] = ['7700000000000077', '7800000000000078'];
    await withBot({ store: () => openSqliteStore(path) }, async ({ bot }) => {
      await bot.post.webhook(says(ana, 'm_1', 'hello'), says(ben, 'm_2', 'hello'));
      await bot.server().settled();
    });
    const keys = (): string[] => {
      const file = new DatabaseSync(path, { readOnly: true });
      const rows = file.prepare("SELECT key FROM state WHERE key LIKE 'thread notes/transcript%'").all();
      file.close();
      return rows.map(({ key }) => String(key).split('/').at(-1) ?? '');
    };
    expect(keys()).to.have.members([ana, ben]);
    const forgotten = await runCustomers({
      ...{ path, command: 'forget', id: ana, show: 'counts', format: 'text', now: Date.now() },
    });
    expect(forgotten.exitCode).to.equal(0);
    expect(keys()).to.deep.equal([ben]);
  });
});
