import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { spawnProgram } from '../support/programProcess.ts';

describe('A command that reads the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bot-of-command-'));
  after(() => rmSync(folder, { recursive: true }));

  /** What a command prints about a bot whose module is this, if there is one. */
  async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>, module = '') {
    const bot: Record<string, string> = module === '' ? {} : { Bot: './bot.ts' };
    writeFileSync(join(folder, 'bot.ts'), module);
    const started = spawnProgram(`commands/${command}.ts`, args, { LogFormat: 'json', ...bot, ...env }, folder);
    const { code } = await started.ended;
    return { code, printed: started.output() };
  }
  const storeCommands = [
    ['deadLetters', 'list'],
    ['quarantine', 'list'],
    ['store', 'check'],
  ] as const;
  const deskBot = `
    setInterval(() => undefined, 1000);
    export const roles = { desk: 1, shop: 2 };
    export const ownSettings = { MyLimit: { type: 'number', required: true } };
    export function createBot() { throw new Error('nobody asked for a bot'); }`;

  it('tells, as the doctor, of a role that the bot has not', async () => {
    const { code, printed } = await run('doctor', ['--json'], { BotRole: 'secundary' });
    expect(printed).to.contain('"id":"settings.BotRole"').and.to.contain('secondary');
    expect(code).to.equal(2);
  });

  it('tells, as the doctor, what is wrong with settings of the bot', async () => {
    const { code, printed } = await run('doctor', ['--json'], { MyLimit: 'many', BotRole: 'primary' }, deskBot);
    expect(printed).to.contain('"id":"settings.MyLimit"').and.to.contain('"id":"settings.BotRole"');
    expect(printed).to.contain('Write one of desk, shop');
    expect(code).to.equal(2);
  });

  it('tells, as the doctor, that the bot cannot be loaded, without a secret', async () => {
    const broken = 'throw new Error(`no shop for ${process.env.MyShopKey}`); export {};';
    const { code, printed } = await run('doctor', ['--json'], { MyShopKey: 'fake-key-of-a-shop' }, broken);
    expect(printed).to.contain('"id":"settings.Bot"').and.to.contain('cannot be loaded').and.to.contain('no shop for');
    expect(printed).not.to.contain('fake-key-of-a-shop');
    expect(code).to.equal(2);
  });

  for (const [command, argument] of storeCommands) {
    it(`finds with ${command} the store of the bot's first role, and ends whatever the module has begun`, async () => {
      const { printed } = await run(command, [argument], { MyLimit: '1' }, deskBot);
      expect(printed).to.contain(join('data', 'desk.db'));
    });
  }

  it('tells of a role that the bot of a store has not', async () => {
    const [command, argument] = storeCommands[0];
    const { printed, code } = await run(command, [argument], { MyLimit: '1', BotRole: 'desc' }, deskBot);
    expect(printed).to.contain('Write one of desk, shop');
    expect(code).to.equal(1);
  });

  it('takes the bot by --bot as npm start does, and that one before the setting', async () => {
    writeFileSync(join(folder, 'other.ts'), 'export const roles = { counter: 1 }; export function createBot() {}');
    const { printed } = await run('customers', ['show', '1', '--bot', 'other.ts'], {}, deskBot);
    expect(printed).to.contain(join('data', 'counter.db'));
    for (const [command, ...args] of [
      ['doctor', '--json'],
      ['thread', 'owner', '8800000001'],
    ]) {
      const wrong = await run(command ?? '', [...args, '--bot', 'other.ts'], { BotRole: 'desk' }, deskBot);
      expect(wrong.printed, command).to.contain('Write one of counter').and.not.to.contain('MyLimit');
    }
  });

  it('works although the bot cannot be loaded', async () => {
    const [command, argument] = storeCommands[0];
    const { printed } = await run(command, [argument], { BotRole: 'shop' }, 'throw new Error("no shop");');
    expect(printed).to.contain(join('data', 'shop.db')).and.not.to.contain('no shop');
    const thread = await run('thread', ['owner', '8800000001'], {}, 'throw new Error("no shop");');
    expect(thread).to.deep.equal({
      code: 2,
      printed: 'FacebookPageToken and FacebookAppId are not set. See docs/settings.md.\n',
    });
  });

  it('checks with thread the settings as the bot does', async () => {
    const { code, printed } = await run('thread', ['owner', '8800000001'], { BotRole: 'desk' }, deskBot);
    expect(printed).to.contain('MyLimit is missing');
    expect(code).to.equal(2);
  });
});
