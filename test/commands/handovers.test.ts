import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { Takeover } from '../../bots/takeover/takeover.ts';
import { runHandovers, type HandoversCommand } from '../../commands/handovers/runHandovers.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { passesTo, says, startBothEndpoints } from '../support/bothEndpoints.ts';

const start = 1_767_225_600_000;
const minute = 60_000;

describe('npm run handovers', () => {
  const folder = useFolder();

  /** A store with two handovers of one customer, the first of them answered and ended, and one of another. */
  async function scene(): Promise<(more?: Partial<HandoversCommand>) => Promise<string>> {
    const path = folder.path('store.db');
    const clock = { now: start };
    const bot = await startBothEndpoints({
      store: () => openSqliteStore(path),
      clock: { now: () => clock.now },
      createBot: (parts) =>
        new Takeover(parts, { phrases: { en: ['agent'] } }).before({ run: async (_context: TurnContext) => undefined }),
    });
    const says2 = async (psid: string, mid: string) => {
      await bot.post.webhook({ ...says(psid, mid, 'agent'), timestamp: clock.now });
      await bot.server().drained();
    };
    await says2('77', 'm_1');
    clock.now += 2 * minute;
    const message = { mid: 'm_ana', text: 'Ana here', is_echo: true, app_id: 263902037430900 };
    const item = { sender: { id: '10' }, recipient: { id: '77' }, timestamp: clock.now, message };
    await bot.postBody({ object: 'page', entry: [{ id: '10', time: clock.now, standby: [item] }] });
    clock.now += minute;
    await bot.post.webhook({ ...passesTo('77', 'Pass thread control from Page Inbox'), timestamp: clock.now });
    await bot.server().drained();
    clock.now += minute;
    await says2('78', 'm_2');
    clock.now += minute;
    await says2('77', 'm_3');
    await bot.close();
    return async (more = {}) => {
      const command = { path, which: 'all', limit: 50, format: 'text', ...more } as const;
      return (await runHandovers(command)).output;
    };
  }

  it('lists them, the newest first', async () => {
    const run = await scene();
    expect((await run()).split('\n')).to.deep.equal([
      '2026-01-01T00:05:00.000Z  77  phrase  to inbox  no answer  person',
      '2026-01-01T00:04:00.000Z  78  phrase  to inbox  no answer  person',
      '2026-01-01T00:00:00.000Z  77  phrase  to inbox  answer after 2 min 0 s  done',
      '',
    ]);
    expect((await run({ which: 'open', limit: 1 })).split('\n')).to.deep.equal([
      '2026-01-01T00:05:00.000Z  77  phrase  to inbox  no answer  person',
      '',
    ]);
  });

  it('shows those of one customer with everything that is noted, also as JSON', async () => {
    const run = await scene();
    const shown = await run({ psid: '77' });
    for (const line of ['end             done', 'firstAnswerAt   2026-01-01T00:02:00.000Z', 'psid            77']) {
      expect(shown).to.contain(line);
    }
    expect(shown).not.to.contain('78');
    const [latest, first] = JSON.parse(await run({ psid: '77', format: 'json' })) as Record<string, unknown>[];
    expect(latest).to.deep.include({
      pageId: '10',
      psid: '77',
      state: 'person',
      reason: 'phrase',
      askedAt: start + 5 * minute,
    });
    expect(first).to.deep.include({ end: 'done', handedAt: start, firstAnswerAt: start + 2 * minute });
    expect(await run({ psid: '7' })).to.equal('There are no handovers.\n');
  });
});
