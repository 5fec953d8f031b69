import { expect } from 'chai';
import { turnFieldsOf } from '../../turns/turnFields.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { endpointNames, says, startBothEndpoints } from '../support/bothEndpoints.ts';

describe('the log line of a turn', () => {
  for (const endpoint of endpointNames) {
    it(`names delivery, endpoint and message on ${endpoint}`, async () => {
      const bot = await startBothEndpoints({
        store: createMemoryStore(),
        run: (context) => context.sendActivity('hello').then(() => undefined),
      });
      await bot.post[endpoint](says('511', 'm_traced', 'hi'));
      await bot.server().settled();
      const line = bot.logger.lines.find(({ message }) => message === 'turn');
      expect(line?.fields).to.include({
        ...{ delivery: 1, endpoint: endpoint === 'azure' ? 'messages' : 'webhook', mid: 'm_traced' },
        ...{ conversation: 'facebook 10 511', outcome: 'done' },
      });
      await bot.close();
    });
  }

  it('does without what a turn does not have', () => {
    for (const turn of ['no JSON', '{}', '[]', '{"activity":{"channelData":7}}']) {
      expect(turnFieldsOf({ endpoint: 'azure', payload: turn })).to.deep.equal({ endpoint: 'messages' });
    }
  });
});
