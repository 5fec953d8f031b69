import { expect } from 'chai';
import type { BotParts } from '../../bots/botParts.ts';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { Takeover } from '../../bots/takeover/takeover.ts';
import { endpoints, type Stage, type StageEndpoint } from '../../testing/openStage.ts';
import { withStage } from '../../testing/withStage.ts';
import { useFolder } from './brokenDisk.ts';

const minute = 60_000;

/** What happens to the customer: a notice after 10 minutes, and the bot again 30 minutes after the person's last word. */
const steps: readonly ((stage: Stage) => Promise<void>)[] = [
  ({ customer }) => customer.says('hi'),
  ({ customer }) => customer.says('agent please'),
  ({ clock }) => clock.advance('9m'),
  ({ clock }) => clock.advance('1m'),
  ({ inbox }) => inbox.says('I am Ana.'),
  ({ customer }) => customer.says('My parcel is lost.'),
  ({ clock }) => clock.advance('20m'),
  ({ inbox }) => inbox.says('It will come.'),
  ({ clock }) => clock.advance('29m'),
  // A minute more: what had no answer is tried again.
  ({ clock }) => clock.advance('2m'),
  ({ customer }) => customer.says('thanks'),
];

/** What the customer reads and who owns the conversation, after each step. */
const undisturbed = [
  'bot: hi > primary',
  'I am passing you on to a person, who will answer you here. > inbox',
  '> inbox',
  'I am sorry that it takes so long. A person will answer you here. > inbox',
  ...['> inbox', '> inbox', '> inbox', '> inbox', '> inbox'],
  'Nobody from our team has written for a while. You are talking to the bot again. > primary',
  'bot: thanks > primary',
];

interface Disturbance {
  before?: (stage: Stage) => Promise<void> | void;
  /** Which call of a hook fails, counted over the whole play. */
  failingHook?: number;
}

/** At which of the steps, counted from 0, and at which calls of a hook it is interrupted, in one play each. */
export interface Interruptions {
  readonly restarts: readonly number[];
  readonly failingHooks: readonly number[];
  readonly lostCalls: Readonly<Record<'pass_thread_control' | 'take_thread_control' | 'messages', readonly number[]>>;
}

/** All that make a difference. */
export const allInterruptions: Interruptions = {
  restarts: [...steps.keys()],
  // Handed over, two words of a person, handed back.
  failingHooks: [0, 1, 2, 3],
  lostCalls: { pass_thread_control: [1, 3], take_thread_control: [3, 9], messages: [1, 3, 9] },
};

export function describeInterruptedTakeover(interruptions: Readonly<Record<StageEndpoint, Interruptions>>): void {
  describe('A takeover that is interrupted', () => {
    const folder = useFolder();
    let stores = 0;

    async function play(endpoint: StageEndpoint, at: number, { before, failingHook }: Disturbance): Promise<string[]> {
      let hooks = 0;
      const failOnce = (): Promise<void> => {
        hooks += 1;
        return hooks - 1 === failingHook ? Promise.reject(new Error('A hook fails.')) : Promise.resolve();
      };
      const bot = (parts: BotParts) =>
        new Takeover(parts, { noticeMs: 10 * minute, silenceMs: 30 * minute })
          .onHandedOver(failOnce)
          .onPersonSpoke(failOnce)
          .onHandedBack(failOnce)
          .before(
            new FacebookActivityHandler().onMessage(async (context, next) => {
              await context.sendActivity(`bot: ${context.activity.text}`);
              await next();
            }),
          );
      const told: string[] = [];
      const StorePath = folder.path(`takeover-${(stores += 1)}.db`);
      await withStage({ bot, endpoint, settings: { StorePath } }, async (stage) => {
        for (const [index, step] of steps.entries()) {
          if (index === at) await before?.(stage);
          await step(stage);
          told.push([...stage.texts(), `> ${stage.owner()}`].join(' '));
        }
        expect(await stage.deadLetters()).to.deep.equal([]);
      });
      return told;
    }

    for (const endpoint of endpoints) {
      const { restarts, failingHooks, lostCalls } = interruptions[endpoint];
      it(`goes on after a restart between two steps, through ${endpoint}`, async () => {
        for (const at of restarts) {
          expect(await play(endpoint, at, { before: (stage) => stage.restart() }), `step ${at}`).to.deep.equal(
            undisturbed,
          );
        }
      });

      it(`says and moves everything once when the turn fails and runs again, through ${endpoint}`, async () => {
        for (const failingHook of failingHooks) {
          expect(await play(endpoint, 0, { failingHook }), `hook ${failingHook}`).to.deep.equal(undisturbed);
        }
      });

      for (const call of ['pass_thread_control', 'take_thread_control', 'messages'] as const) {
        it(`goes on when the answer, or the request, of ${call} is lost, through ${endpoint}`, async () => {
          for (const at of lostCalls[call]) {
            for (const lost of ['losesAnswer', 'losesRequest'] as const) {
              const told = await play(endpoint, at, { before: (stage) => stage.graph[lost](call) });
              expect(told, `step ${at}, ${lost}`).to.deep.equal(undisturbed);
            }
          }
        });
      }
    }
  });
}
