import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { anyPorts, spawnPlayground } from '../support/playgroundProcess.ts';
import { spawnProgram, type ProgramProcess } from '../support/programProcess.ts';

const never = 'new Promise(() => {})';
const bots: Readonly<Record<string, { code: string; says: string }>> = {
  'whose createBot never resolves': {
    code: `export const createBot = () => ${never};`,
    says: 'Still starting after 10 s: createBot of ./bot.js has not returned.',
  },
  'whose constructor never comes to an end': {
    code: `class Bot { constructor() { for (;;); } run() {} } export const createBot = () => new Bot();`,
    says: 'Still starting after 10 s: createBot of ./bot.js has not returned.',
  },
  'that waits at its top level for something that may come': {
    code: `setInterval(() => {}, 1000); await ${never}; export const createBot = () => ({ run() {} });`,
    says: 'Still starting after 10 s: the bot ./bot.js is not loaded.',
  },
  'whose file never comes to an end': {
    code: `for (;;); export const createBot = () => ({ run() {} });`,
    says: 'Still starting after 10 s: the bot ./bot.js is not loaded.',
  },
};

describe('A start that is held up', () => {
  const folders: string[] = [];
  const folderWith = (code: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'held-up-'));
    folders.push(folder);
    writeFileSync(join(folder, 'bot.js'), code);
    return folder;
  };
  const started: ProgramProcess[] = [];
  afterEach(() => started.splice(0).forEach((program) => program.kill('SIGKILL')));
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  for (const [what, { code, says }] of Object.entries(bots)) {
    it(`is told of a bot ${what}, by npm start and by the playground, and a signal ends both`, async () => {
      const directory = folderWith(code);
      const args = ['--bot', './bot.js'];
      const bot = spawnProgram('index.ts', args, { Port: '0', StorePath: ':memory:' }, directory);
      const playground = spawnPlayground([...args, ...anyPorts], {}, directory);
      started.push(bot, playground);
      const saysThere = says.replace('./bot.js', join(directory, 'bot.js'));
      await Promise.all([bot.printed(says), playground.printed(`The primary bot: ${saysThere}`)]);
      bot.kill('SIGTERM');
      playground.kill('SIGTERM');
      expect(await bot.ended).to.deep.equal({ code: null, signal: 'SIGTERM' });
      expect((await playground.ended).code).to.equal(143);
    });
  }

  it('goes on where createBot only takes long', async () => {
    const code = `export const createBot = () => new Promise((resolve) => setTimeout(resolve, 11_000, { run() {} }));`;
    const bot = spawnProgram('index.ts', ['--bot', './bot.js'], { Port: '0', StorePath: ':memory:' }, folderWith(code));
    started.push(bot);
    await bot.printed('the bot is listening');
    expect(bot.output()).to.match(/^Still starting after 10 s: createBot/m);
    bot.kill('SIGTERM');
    expect(await bot.ended).to.deep.equal({ code: 0, signal: null });
  });
});
