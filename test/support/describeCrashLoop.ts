import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { messengerInboxEvent } from '../../adapters/messenger/messengerTurn.ts';
import { readFacebookWebhook } from '../../models/facebookWebhook.ts';
import type { InboxEvent } from '../../store/store.ts';
import { says } from './bothEndpoints.ts';
import { useFolder } from './brokenDisk.ts';
import type { FromCrashingBot } from './crashingBot.ts';
import { webhookSettings } from './settingsReader.ts';

const program = join(import.meta.dirname, 'crashingBot.ts');

function eventsOf(words: readonly string[]): InboxEvent[] {
  return words.flatMap((text, n) => {
    const item = says(String(500 + n), `m_${n}`, text);
    const body = { object: 'page', entry: [{ id: '10', time: item.timestamp, messaging: [item] }] };
    return readFacebookWebhook(body).map((one) => messengerInboxEvent(one, webhookSettings.FacebookAppId));
  });
}

/** How a turn may end its process, and how often that may have to be started until all others are answered. */
const mostStarts = { exit: 6, kill: 6, loop: 6, throw: 4, late: 6 };

export function describeCrashLoop(ways: readonly (keyof typeof mostStarts)[], neighbours: number): void {
  describe('a turn that ends the process', () => {
    const folder = useFolder();

    /** Starts the bot on the same file again and again, until nothing is left to do. */
    async function play(words: readonly string[]) {
      const answered: string[] = [];
      for (let starts = 1; starts <= 12; starts += 1) {
        const child = fork(program, [JSON.stringify(eventsOf(words))], {
          env: {
            ...webhookSettings,
            ...{
              Port: '0',
              Host: '127.0.0.1',
              StorePath: folder.path('bot.db'),
              GraphApiBaseUrl: 'http://127.0.0.1:9',
            },
            NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
          },
          execArgv: [],
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
          cwd: folder.path('.'),
        });
        let parked: string[] | undefined;
        child.on('message', (message: FromCrashingBot | 'loops') => {
          if (message === 'loops') child.kill('SIGKILL');
          else if (message.type === 'answered') answered.push(message.text);
          else {
            parked = message.parked.map(({ key, reason }) => `${reason} ${/m_\d+/.exec(key)?.[0]}`);
            child.disconnect();
          }
        });
        await once(child, 'exit');
        if (parked !== undefined) return { starts, parked, answered: [...new Set(answered)].sort() };
      }
      throw new Error('The process ended again and again.');
    }

    const innocent = Array.from({ length: neighbours }, (_, n) => `customer ${String(n).padStart(2, '0')}`);

    const middle = neighbours / 2;

    for (const how of ways) {
      it(`by ${how} is found, and its ${neighbours} neighbours are answered`, async () => {
        const { starts, parked, answered } = await play([...innocent.slice(0, middle), how, ...innocent.slice(middle)]);
        expect(parked).to.deep.equal([`crashed m_${middle}`]);
        expect(answered).to.deep.equal(innocent);
        expect(starts, 'starts of the process').to.be.at.most(mostStarts[how]);
      });
    }

    it('would be every one that forgets an await: it is found out, tried again and given up, and ends nothing', async () => {
      const { starts, parked, answered } = await play([
        ...innocent.slice(0, middle),
        'forget',
        ...innocent.slice(middle),
      ]);
      expect([starts, parked]).to.deep.equal([1, [`failed m_${middle}`]]);
      expect(answered.filter((text) => text !== 'forget')).to.deep.equal(innocent);
    });
  });
}
