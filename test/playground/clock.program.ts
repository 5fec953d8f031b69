import { resolve } from 'node:path';
import { expect } from 'chai';
import { startPlayground, type Playground } from '../../playground/startPlayground.ts';

const own = { module: resolve('test/playground/fixtures/reminderBot.ts'), passed: [], restart: 'onCommand' } as const;
const ports = { messenger: 0, azure: 0, primary: 0, secondary: 0 };
const minuteMs = 60_000;

for (const endpoint of ['direct', 'azure'] as const) {
  describe(`The clock of the bots of a playground (${endpoint})`, () => {
    let playground: Playground;
    before(async () => {
      const notice = (): void => undefined;
      playground = await startPlayground({ mode: 'routing', scenario: 'liveChat', endpoint, ports, notice, own });
    });
    after(() => playground.stop());

    const said = (): string[] => {
      const { emulator } = playground.platform;
      return emulator
        .state()
        .threads[emulator.customer().psid]!.messages.flatMap((message) =>
          message.from === 'page' ? [message.text] : [],
        );
    };
    /** Where a sentence says that the bot is on the emulator's clock, in milliseconds; what passes meanwhile is a few seconds. */
    const behind = (sentence: string): number =>
      playground.platform.emulator.clock() - Date.parse(/\S+Z/.exec(sentence)?.[0] ?? '');

    /** What the bot has told last of what it is going to do. */
    const plans = () =>
      playground.platform.emulator.events().findLast((event) => event.type === 'botPlans' || event.type === 'botState');
    const untilPlans = (fits: (event: ReturnType<typeof plans>) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const end = playground.platform.emulator.on(() => {
          if (!fits(plans())) return;
          end();
          resolve();
        });
        if (fits(plans())) resolve();
      });

    it('follows the emulator: what is due after 20 minutes is done as soon as the clock is moved', async () => {
      const { emulator } = playground.platform;
      emulator.customer().say('hi');
      await playground.untilIdle();
      emulator.advanceClock(19 * minuteMs);
      await playground.untilIdle();
      expect(said()).to.have.length(1);
      emulator.advanceClock(minuteMs);
      await emulator.settled();
      expect(said()[1]).to.match(/^Are you still there at /);
      expect(behind(said()[1]!)).to.be.within(0, minuteMs);
    });

    // A restart is the same on both endpoints, and costs a second.
    const restarts = endpoint === 'azure';

    it(`still answers when a day has passed${restarts ? ', also after a restart' : ''}`, async () => {
      const { emulator } = playground.platform;
      emulator.advanceClock(25 * 60 * minuteMs);
      await playground.untilIdle();
      emulator.customer().say('hi again');
      await playground.untilIdle();
      expect(behind(said().at(-1)!)).to.be.within(0, minuteMs);
      if (!restarts) return;
      await playground.restart();
      emulator.customer().say('and again');
      await playground.untilIdle();
      expect(said()).to.have.length(4);
      // The process that ended took its timer along; this one has set another.
      await untilPlans((event) => event?.type === 'botPlans');
      const told = plans();
      const [timer] = told?.type === 'botPlans' ? told.timers : [];
      expect(timer?.name).to.equal('reminder');
      expect(timer!.dueAt - emulator.clock()).to.be.within(18 * minuteMs, 20 * minuteMs);
      expect(behind(said().at(-1)!)).to.be.within(0, minuteMs);
    });
  });
}
