import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { conversationKey } from '../../models/conversationKey.ts';
import { ownMessengerTurn } from '../../adapters/messenger/messengerTurn.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { TimerChange } from '../../store/store.ts';
import { startScriptedServer } from '../emulator/azureChannel/scriptedServer.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { spawnProgram } from '../support/programProcess.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { webhookSettings } from '../support/settingsReader.ts';

const [customers, kills] = [24, 5];

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

describe('a bot that is killed again and again while its timers are due', () => {
  const folder = useFolder();

  it('fires each of them, and says nothing twice', async () => {
    const random = seededRandom(20_260_101);
    const path = folder.path('store.db');
    const said: string[] = [];
    const platform = await startScriptedServer(({ body, path: called }) => {
      // Nothing can be read back, so what a kill cut off stays unknown.
      if (called.includes('/conversations'))
        return { status: 403, json: { error: { code: 200, message: 'No permission.' } } };
      const text = body.message?.text;
      if (text === undefined) return { json: {} };
      said.push(text);
      return { json: { message_id: `m_${said.length}` } };
    });
    const store = await openSqliteStore(path);
    const start = Date.now();
    const timers = Array.from({ length: customers }, (_, n) => timerOfCustomer(n, start + n * 150));
    await store.timers.change(timers);
    await store.close();
    const run = () =>
      spawnProgram('index.ts', [], {
        ...webhookSettings,
        ...{ Port: '0', StorePath: path, GraphApiBaseUrl: platform.url, Bot: 'test/turns/fixtures/timerSayer.ts' },
      });
    for (let kill = 0; kill < kills; kill += 1) {
      const bot = run();
      await bot.printed('the bot is listening');
      const before = said.length;
      const many = 1 + random.below(5);
      // Not after a time, but in the middle of what it does: so many messages later.
      while (said.length < before + many && waitingIn(path) > 0) await new Promise((next) => setImmediate(next));
      bot.kill('SIGKILL');
      await bot.ended;
    }
    const bot = run();
    await bot.printed('the bot is listening');
    while (waitingIn(path) > 0) await new Promise((next) => setImmediate(next));
    bot.kill('SIGTERM');
    await bot.ended;
    await platform.close();
    expect(new Set(said).size, 'nothing is said twice').to.equal(said.length);
    const left = await openSqliteStore(path);
    // Of a message that a kill cut off nobody can know here whether it was sent: a person decides.
    const letters = await left.deadLetters.list();
    for (const letter of letters) expect(letter.reason).to.equal('unknownOutcome');
    const told = [...said, ...letters.map(({ event }) => event.key)];
    expect([...new Set(told)].sort()).to.deep.equal(Array.from({ length: customers }, (_, n) => `timer ${n}`).sort());
    await left.close();
  });
});
