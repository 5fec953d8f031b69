import { expect } from 'chai';
import { TurnContext } from 'botbuilder';
import { once } from '../../../helpers/once.ts';
import { createBotStorage } from '../../../turns/botStorage.ts';
import { createRecordOnce } from '../../../turns/journal/recordedValues.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { BotStage } from '../../support/botStage.ts';
import { says as activity } from '../../support/facebookActivities.ts';
import { says, startBothEndpoints } from '../../support/bothEndpoints.ts';
import { createTurnScopes, TurnScope } from '../../../turns/turnScope.ts';
import { claimOne, event } from '../../contracts/storeContract.ts';

for (const endpoint of ['webhook', 'azure'] as const) {
  describe(`a value that a bot makes once, on the endpoint of ${endpoint}`, () => {
    it('is the same when the turn runs again, and so are the words made of it', async () => {
      let [runs, made] = [0, 0];
      const bot = await startBothEndpoints({
        run: async (context) => {
          runs += 1;
          const answer = await once(context, 'answer', async () => `answer ${(made += 1)}`);
          const again = await once(context, 'answer', () => 'another one');
          await context.sendActivity(`${answer} ${again}`);
          if (runs === 1) throw new Error('the bot broke');
          await context.sendActivity(`then ${answer}`);
        },
      });
      await bot.post[endpoint](says('7004', 'm_1', 'hello'));
      await bot.server().settled();
      expect(bot.sent.map(({ text }) => text)).to.deep.equal(['answer 1 answer 1', 'then answer 1']);
      expect([runs, made]).to.deep.equal([2, 1]);
      await bot.close();
    });
  });
}

describe('values that are made once', () => {
  async function scene() {
    const store = createMemoryStore();
    const scopes = createTurnScopes();
    const record = createRecordOnce({ table: store.journal, scopes });
    await store.accept([event('1')]);
    const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
      const claim = await claimOne(store);
      const result = await scopes.run(new TurnScope(claim), work);
      await store.retry(claim.id, 0);
      return result;
    };
    return { store, scopes, record, inTurn };
  }

  it('are made once for calls side by side, and are what JSON keeps of them', async () => {
    const { record, inTurn } = await scene();
    let made = 0;
    const make = async () => ({ n: (made += 1), at: new Date(0), none: undefined });
    const both = () => Promise.all([record('a', make), record('a', make)]);
    const expected = { n: 1, at: '1970-01-01T00:00:00.000Z' };
    expect(await inTurn(both)).to.deep.equal([expected, expected]);
    expect(await inTurn(both)).to.deep.equal([expected, expected]);
  });

  it('may be undefined, null or false', async () => {
    for (const value of [undefined, null, false, 0, '']) {
      const { record, inTurn } = await scene();
      expect(await inTurn(() => record('a', () => value))).to.equal(value);
      expect(await inTurn(() => record('a', () => 'another'))).to.equal(value);
    }
  });

  it('are made anew after an error, in the same run and in the next', async () => {
    const { record, inTurn } = await scene();
    const fail = () =>
      record('a', () => Promise.reject(new Error('no model'))).catch((error: unknown) => String(error));
    expect(await inTurn(fail)).to.equal('Error: no model');
    expect(await inTurn(async () => [await fail(), await record('a', () => 'made')])).to.deep.equal([
      'Error: no model',
      'made',
    ]);
  });

  it('are kept apart by conversation and name, and are there without a journal too', async () => {
    const stage = new BotStage();
    const context = new TurnContext(stage.adapter, activity('hello'));
    expect(await once(context, 'a', () => 1)).to.equal(1);
    expect(await once(context, 'a', () => 2)).to.equal(1);
    expect(await once(context, 'b', () => 3)).to.equal(3);
    const other = activity('hello');
    other.conversation = { ...other.conversation, id: 'another' };
    expect(await once(new TurnContext(stage.adapter, other), 'a', () => 4)).to.equal(4);
  });
});

describe('notes that are true whatever becomes of the turn', () => {
  it('are among the changes that a dead letter commits, and the others are not', async () => {
    const store = createMemoryStore();
    const scopes = createTurnScopes();
    await store.accept([event('1')]);
    const scope = new TurnScope(await claimOne(store));
    await scopes.run(scope, async () => {
      await createBotStorage(store.state, scopes).write({ state: { n: 1 } });
      await createBotStorage(store.state, scopes, { committed: 'always' }).write({ note: { n: 1 } });
    });
    expect(scope.lastingChanges.map(({ key }) => key)).to.deep.equal(['note']);
  });
});
