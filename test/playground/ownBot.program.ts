import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { readArguments } from '../../playground/arguments.ts';
import { startPlayground } from '../../playground/startPlayground.ts';
import { anyPorts, spawnPlayground } from '../support/playgroundProcess.ts';

const shopBot = resolve('test/bots/fixtures/shopBot.ts');

describe("A playground with a user's own bot", () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-playground-'));
  before(() => {
    writeFileSync(join(folder, '.env'), 'MyApiKey=fake-key-of-a-shop\nFacebookPageToken=short\n');
    writeFileSync(join(folder, 'appsettings.json'), '{"My":{"Limit":3},"BotRole":"liveChat","Unknown":1}');
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const endpoint of [[], ['--direct']]) {
    it(`gives it its own settings and what --env lets through, and nothing else ${endpoint.join('')}`, async () => {
      const args = ['--bot', shopBot, '--env', 'SHOP_COLOUR', '--live-chat', '--say', 'hi', ...endpoint, ...anyPorts];
      const playground = spawnPlayground(args, { SHOP_COLOUR: 'red', BotRole: 'nonsense' }, folder);
      expect((await playground.ended).code, playground.output()).to.equal(0);
      expect(playground.output()).to.contain('At most 3 for red.');
      expect(playground.output()).not.to.match(/in a browser|its page/);
    });
  }

  it('tells in words what is wrong with it', async () => {
    const playground = spawnPlayground(['--bot', './absent.ts', '--live-chat', '--say', 'hi', ...anyPorts], {}, folder);
    expect((await playground.ended).code).to.equal(1);
    expect(playground.output()).to.contain(`there is no file ${join(folder, 'absent.ts')}`);
  });

  it('has options that make sense', () => {
    const own = (...args: string[]) => {
      const read = readArguments(args, (name) => name !== 'ABSENT');
      return read.type === 'run' ? read.own : read;
    };
    expect(own()).to.deep.equal({ passed: [], restart: 'onCommand' });
    expect(own('--bot', '/b.ts', '--env', 'A', '--env', 'B', '--watch', '--inspect')).to.deep.equal({
      ...{ module: '/b.ts', passed: ['A', 'B'], restart: 'onSave', inspect: '9229' },
    });
    expect(own('--tour', '--bot', 'b.ts'))
      .to.have.property('problem')
      .that.contains('does not go with --bot');
    expect(own('--inspect=x')).to.have.property('problem');
    expect(own('--env', 'A', '--env', 'ABSENT'))
      .to.have.property('problem')
      .that.equals('--env ABSENT: the shell has no variable of this name. Export it first.');
  });

  it('starts it again when it, or what it imports, is saved, and goes on after a broken save', async () => {
    const words = join(folder, 'words.js');
    const bot = join(folder, 'greetingBot.js');
    const greet = (text: string) => writeFileSync(words, `export const words = () => ${text};`);
    greet("'one'");
    writeFileSync(
      bot,
      `import { words } from './words.js';
       export const createBot = ({ storage }) => ({
         run: async (context) => {
           if (context.activity.type !== 'message') return;
           const { said = { count: 0 } } = await storage.read(['said']);
           await storage.write({ said: { ...said, count: said.count + 1 } });
           await context.sendActivity(words() + ', message ' + (said.count + 1));
         },
       });`,
    );
    let told = Promise.withResolvers<string>();
    const playground = await startPlayground({
      ...{ mode: 'routing', endpoint: 'direct', scenario: 'liveChat' },
      ports: { messenger: 0, azure: 0, primary: 0, secondary: 0 },
      notice: (sentence) => told.resolve(sentence),
      own: { module: bot, passed: [], restart: 'onSave' },
    });
    const { emulator } = playground.platform;
    const answerTo = async (text: string): Promise<string> => {
      const last = emulator.events().at(-1)?.id ?? 0;
      emulator.customer().say(text);
      await playground.untilIdle();
      return JSON.stringify(emulator.events(last).filter(({ type }) => type === 'pageMessage'));
    };
    const failureAt = (text: string): Promise<string> =>
      new Promise((resolve) => {
        emulator.on((event) => {
          if (event.type === 'botException') resolve(event.message);
        });
        emulator.customer().say(text);
      });
    const afterSaving = (text: string): Promise<string> => {
      told = Promise.withResolvers();
      greet(text);
      return told.promise;
    };
    try {
      expect(await answerTo('first')).to.contain('"one, message 1"');
      expect(await afterSaving('no.such.word')).to.contain('the bots started again');
      expect(await failureAt('second')).to.contain('ReferenceError');
      expect(await afterSaving('nonsense(')).to.contain('SyntaxError');
      expect(await answerTo('are you there?')).to.equal('[]');
      expect(await afterSaving("'two'")).to.contain('the bots started again');
      expect(await answerTo('third')).to.match(/"two, message 2".*"two, message \d"/);
    } finally {
      await playground.stop();
    }
  });
});
