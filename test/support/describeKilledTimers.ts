import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { conversationKey } from '../../models/conversationKey.ts';
import { ownMessengerTurn } from '../../adapters/messenger/messengerTurn.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { TimerChange } from '../../store/store.ts';
import { startScriptedServer } from '../emulator/azureChannel/scriptedServer.ts';
import { useFolder } from './brokenDisk.ts';
import { spawnProgram } from './programProcess.ts';
import { seededRandom } from './seededRandom.ts';
import { webhookSettings } from './settingsReader.ts';

export interface KilledTimers {
  /** How many customers have a timer, and how far apart these are, in milliseconds. */
  readonly customers: number;
  readonly apartMs: number;
  readonly kills: number;
  /** How far the clock of the bot that is killed is set forward and back again and again, in milliseconds. Default: it runs as it should. */
  readonly jumpsMs?: number;
}

/** The timer of one customer, as the bot would have set it. */
function timerOfCustomer(n: number, dueAt: number): TimerChange {
  const conversation = conversationKey('10', String(1000 + n));
  const value = { name: 't', data: `timer ${n}`, setAt: dueAt, dueAt };
  const turn = ownMessengerTurn(conversation, { name: 'messengerHandover/timer', id: `timer-${n}`, value });
  if (turn === undefined) throw new Error('The webhook makes no turn.');
  const event = { key: `timer ${n}`, conversation, kind: 'timer', via: 'messaging', endpoint: 'webhook' as const };
  return { conversation, name: 't', set: { dueAt, event: { ...event, payload: turn } } };
}

/** How many timers and events are not done, seen from beside the bot. */
function waitingIn(path: string): number {
  const file = new DatabaseSync(path, { readOnly: true });
  const { many } =
    file.prepare('SELECT (SELECT count(*) FROM timers) + (SELECT count(*) FROM deliveries) AS many').get() ?? {};
  file.close();
  return Number(many);
}

export function describeKilledTimers({ customers, apartMs, kills, jumpsMs }: KilledTimers): void {
  describe('a bot that is killed again and again while its timers are due', () => {
    const folder = useFolder();

    it('fires each of them, and says nothing twice', async () => {
      const random = seededRandom(20_260_101);
      const path = folder.path('store.db');
      const said: string[] = [];
      let look: () => void = () => undefined;
      /** Something was said, or it is time to look into the file. */
      const something = (): Promise<void> =>
        new Promise((resolve) => {
          look = resolve;
          setTimeout(resolve, 50);
        });
      const platform = await startScriptedServer(({ body, path: called }) => {
        // Nothing can be read back, so what a kill cut off stays unknown.
        if (called.includes('/conversations'))
          return { status: 403, json: { error: { code: 200, message: 'No permission.' } } };
        const text = body.message?.text;
        if (text === undefined) return { json: {} };
        said.push(text);
        look();
        return { json: { message_id: `m_${said.length}` } };
      });
      const store = await openSqliteStore(path);
      const start = Date.now();
      const timers = Array.from({ length: customers }, (_, n) => timerOfCustomer(n, start + n * apartMs));
      await store.timers.change(timers);
      await store.close();
      const run = (clock: Readonly<Record<string, string>> = {}) =>
        spawnProgram('index.ts', [], {
          ...webhookSettings,
          ...{ Port: '0', StorePath: path, GraphApiBaseUrl: platform.url, Bot: 'test/turns/fixtures/timerSayer.ts' },
          ...clock,
        });
      const jumping = {
        NODE_OPTIONS: `--import=${new URL('../turns/fixtures/jumpingClock.ts', import.meta.url).href}`,
        CLOCK_JUMPS_MS: String(jumpsMs),
      };
      for (let kill = 0; kill < kills; kill += 1) {
        const bot = run(jumpsMs === undefined ? {} : jumping);
        await bot.printed('the bot is listening');
        const before = said.length;
        const many = 1 + random.below(5);
        // Not after a time, but in the middle of what it does: so many messages later.
        while (said.length < before + many && waitingIn(path) > 0) await something();
        bot.kill('SIGKILL');
        await bot.ended;
      }
      const bot = run();
      await bot.printed('the bot is listening');
      while (waitingIn(path) > 0) await something();
      bot.kill('SIGTERM');
      await bot.ended;
      await platform.close();
      expect(new Set(said).size, 'nothing is said twice').to.equal(said.length);
      const left = await openSqliteStore(path);
      // Of a message that a kill cut off nobody can know here whether it was sent: a person decides.
      const letters = await left.deadLetters.list(customers);
      for (const letter of letters) expect(letter.reason).to.equal('unknownOutcome');
      const told = [...said, ...letters.map(({ event }) => event.key)];
      expect([...new Set(told)].sort()).to.deep.equal(Array.from({ length: customers }, (_, n) => `timer ${n}`).sort());
      await left.close();
    });
  });
}
