import { expect } from 'chai';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform, type Platform } from '../../emulator/startPlatform.ts';
import { createBot } from '../../bots/samples/createBot.ts';
import { createBotServer, openStore } from '../../server.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { Store } from '../../store/store.ts';
import { useFolder } from './brokenDisk.ts';
import { endingStore, type EndingStore } from './endingStore.ts';
import { createRecordingLogger } from './recordingLogger.ts';
import { testSettings } from './testSettings.ts';

/**
 * The bots that ship, put together as `index.ts` does it, in each of their flows: the process ends before and after each thing that it writes
 * down, which is around each of its effects, and starts again on the same file; or Meta refuses a message once because there were too many.
 * Whatever it is, the customer and the thread have to see the same.
 */
type Role = 'primary' | 'secondary' | 'liveChat';

/** What the customer says, what a person in the Page Inbox clicks, or how much time goes by. */
type Step = string | { person: 'replies' | 'done' | 'moves' } | { hours: number };

export interface Flow {
  role: Role;
  name: string;
  before?: readonly Step[];
  /** What the turns under test are about. */
  then: Step;
}

export const flows: readonly Flow[] = [
  { role: 'primary', name: 'shows its choices', then: 'hi' },
  { role: 'primary', name: 'passes to the Page Inbox', before: ['hi'], then: 'Pass to page inbox' },
  { role: 'primary', name: 'gets the thread back', before: ['Pass to page inbox'], then: { person: 'done' } },
  { role: 'primary', name: 'passes to the secondary bot', before: ['hi'], then: 'Pass to secondary' },
  { role: 'primary', name: 'gets it back from there', before: ['Pass to secondary'], then: 'Pass to primary' },
  { role: 'primary', name: 'takes it from there', before: ['Pass to secondary'], then: 'Have control taken' },
  { role: 'primary', name: 'declines a request', before: ['hi'], then: 'Receive request' },
  { role: 'primary', name: 'grants a nice request', before: ['hi'], then: 'Receive nice request' },
  { role: 'primary', name: 'lets a person have it', before: ['hi'], then: { person: 'moves' } },
  { role: 'secondary', name: 'gets the thread', before: ['hi'], then: 'Pass to secondary' },
  { role: 'secondary', name: 'shows its choices', before: ['Pass to secondary'], then: 'hi' },
  { role: 'secondary', name: 'passes to the primary bot', before: ['Pass to secondary'], then: 'Pass to primary' },
  { role: 'secondary', name: 'loses the thread', before: ['Pass to secondary'], then: 'Have control taken' },
  { role: 'secondary', name: 'asks for the thread', before: ['hi'], then: 'Receive nice request' },
  { role: 'liveChat', name: 'welcomes', then: 'hi' },
  { role: 'liveChat', name: 'passes to a person', before: ['hi'], then: 'Pass to Inbox' },
  { role: 'liveChat', name: 'gets the thread back', before: ['Pass to Inbox'], then: { person: 'done' } },
  { role: 'liveChat', name: 'takes it back', before: ['Pass to Inbox'], then: 'Take From Inbox' },
  { role: 'liveChat', name: 'lets a person have it', before: ['hi'], then: { person: 'moves' } },
  {
    role: 'liveChat',
    name: 'comes back when no person answers',
    before: ['Pass to Inbox', { person: 'replies' }, { hours: 2 }],
    then: 'anybody?',
  },
];

interface Play {
  flow: Flow;
  /** At which point the first process ends, from 1. Default: at none. */
  endsAt?: number;
  /** Which message of the bot Meta refuses once, from 1. Default: none. */
  refused?: number;
}

/** Declares the tests of these flows on one endpoint. */
export function describeShippedBots(
  endpoint: 'webhook' | 'azure',
  crashing: readonly Flow[],
  refusing: readonly Flow[],
): void {
  describe(`The bots that ship, on the endpoint of ${endpoint === 'azure' ? 'Azure' : 'the webhook'}`, function () {
    this.timeout(600_000);
    const folder = useFolder();
    let platform: Platform;
    let files = 0;
    before(async () => {
      const options = { mode: 'classic', fields: 'all' } as const;
      platform = await (endpoint === 'azure' ? startPlatform(options) : startDirectPlatform(options));
    });
    after(() => platform.close());

    const nameOf = (role: Role) => (role === 'secondary' ? 'secondary' : 'primary');
    const botOf = (role: Role) => platform.bots.find(({ app }) => app.role === nameOf(role))!;

    /** @param path of its store; without one it is in memory */
    async function start(role: Role, path: string, wrap: (store: Store) => Store = (store) => store) {
      const { settings, connect } = botOf(role);
      const all = testSettings({ ...settings, BotRole: role, StorePath: path, LiveChatTakeBackMinutes: '60' });
      const logger = createRecordingLogger();
      const store = await openStore(all, logger);
      const server = await createBotServer(all, {
        ...{ createBot, logger, store: wrap(store), drainMs: 0, retries: createRetryPolicy({ baseMs: 0 }) },
        turnWork: { sleep: () => platform.emulator.settled() },
      });
      await connect(server.url);
      return { server, store };
    }

    function take(step: Step): void {
      const { emulator } = platform;
      if (typeof step === 'string') emulator.customer().say(step);
      else if ('hours' in step) emulator.advanceClock(step.hours * 3_600_000);
      else if (step.person === 'replies') emulator.inbox().reply('One moment, please.');
      else if (step.person === 'done') emulator.inbox().markAsDone();
      else emulator.inbox().moveToMain();
    }

    /** Lets Meta refuse the bot's message of this number, once. */
    function refuse(role: Role, number: number): () => void {
      const { id } = botOf(role).app;
      const inject = () =>
        platform.emulator.injectFault({ fault: 'callLimit', match: { edge: 'messages', appId: id } });
      if (number === 1) inject();
      let sent = 0;
      return platform.emulator.on((event) => {
        if (event.type !== 'pageMessage' || event.appId !== id) return;
        sent += 1;
        if (sent + 1 === number) inject();
      });
    }

    /** Plays a flow, and tells what the customer and the thread saw of its last step. */
    async function play({ flow: { role, before: earlier = [], then }, endsAt = Infinity, refused }: Play) {
      const { emulator } = platform;
      emulator.reset();
      const path = folder.path(`${(files += 1)}.db`);
      const other =
        role === 'liveChat' ? undefined : await start(role === 'secondary' ? 'primary' : 'secondary', ':memory:');
      let ending: EndingStore | undefined;
      let bot = await start(role, path, (store) => (ending = endingStore(store, endsAt)).store);
      const settled = async (): Promise<void> => {
        for (let known = -1; known !== emulator.events().length;) {
          known = emulator.events().length;
          await emulator.settled();
          await bot.server.settled();
          await other?.server.settled();
        }
      };
      for (const step of earlier) {
        take(step);
        await settled();
      }
      const since = emulator.events().at(-1)?.id ?? 0;
      const stop = refused === undefined ? () => undefined : refuse(role, refused);
      const isRefused = () => emulator.events(since).some(({ type }) => type === 'faultUsed');
      ending?.arm();
      take(then);
      if ((await Promise.race([ending?.ended, settled()])) === 'ended') {
        for (let known = -1; known !== emulator.events().length;) {
          known = emulator.events().length;
          await emulator.settled();
          await other?.server.settled();
        }
        await bot.server.close();
        bot = await start(role, path);
        await settled();
      }
      const where = ending?.where();
      const [letter] = await bot.store.deadLetters.list();
      if (letter !== undefined) {
        await bot.store.deadLetters.replay(letter.id, where === 'before its effect' ? 'again' : 'assumeDone');
        await settled();
      }
      stop();
      const events = emulator.events(since);
      const saw = events.flatMap((event) => {
        if (event.type === 'pageMessage') return [`${event.appId}: ${event.text}`];
        return event.type === 'ownershipChanged' ? [`owner: ${event.to}`] : [];
      });
      const left = { letters: await bot.store.deadLetters.count(), open: await bot.store.oldestOpen() };
      await bot.server.close();
      await other?.server.close();
      return { saw, where, letter: letter?.sentence, left, isRefused: isRefused() };
    }

    const nothing = { letters: 0, open: undefined };
    for (const flow of crashing) {
      it(`see the same wherever the process ends: the ${flow.role} bot ${flow.name}`, async () => {
        const expected = await play({ flow });
        expect(expected.left).to.deep.equal(nothing);
        for (let endsAt = 1; ; endsAt += 1) {
          const { saw, where, letter, left } = await play({ flow, endsAt });
          const what = `point ${endsAt}, ${where}`;
          expect(saw, what).to.deep.equal(expected.saw);
          expect(left, what).to.deep.equal(nothing);
          // Whether a request arrived is told by nobody.
          if (letter !== undefined)
            expect(letter, what).to.match(/unknown|request_thread_control: it may have happened or not/);
          if (where === undefined) break;
        }
      });
    }

    for (const flow of refusing) {
      it(`send what was refused for a while: the ${flow.role} bot ${flow.name}`, async () => {
        const expected = await play({ flow });
        for (let refused = 1; ; refused += 1) {
          const { saw, left, letter, isRefused } = await play({ flow, refused });
          expect([saw, left, letter], `message ${refused}`).to.deep.equal([expected.saw, nothing, undefined]);
          if (!isRefused) break;
        }
      });
    }
  });
}
