import { expect } from 'chai';
import { createBot } from '../../../bots/samples/createBot.ts';
import { withStage } from '../../../testing/withStage.ts';

const bots = { bot: createBot, otherBot: createBot, endpoint: 'azure' } as const;

describe('the shipped bots', () => {
  it('go on against a state that was exported elsewhere, with an empty memory', async () => {
    let exported: unknown;
    await withStage(bots, async ({ customer, emulator }) => {
      await customer.says('Hi');
      exported = emulator.exportState();
    });
    await withStage(bots, async (stage) => {
      const { customer, inbox, emulator } = stage;
      emulator.importState(exported);
      expect(stage.owner()).to.equal('primary');
      await customer.taps('Pass to page inbox');
      expect(stage.owner()).to.equal('inbox');
      await inbox.marksDone();
      stage.texts();
      await customer.says('Back again');
      expect(stage.owner()).to.equal('primary');
      expect(stage.texts()).not.to.deep.equal([]);
    });
  });
});
