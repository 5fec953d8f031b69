import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { loadBotModule } from '../../bots/botModule.ts';
import type { BotParts } from '../../bots/botParts.ts';
import { readStartArguments } from '../../helpers/startArguments.ts';
import { spawnProgram } from '../support/programProcess.ts';
import { rejection } from '../contracts/storeContract.ts';

const shopBot = resolve('test/bots/fixtures/shopBot.ts');
const anyPlace = { Port: '0', StorePath: ':memory:', LogFormat: 'json' };

describe("A bot's module", () => {
  const folder = mkdtempSync(join(tmpdir(), 'bot-module-'));
  after(() => rmSync(folder, { recursive: true }));
  let count = 0;
  /** A module is loaded once, so each has a file of its own. */
  function write(text: string, extension = 'js'): string {
    const name = `bot${(count += 1)}.${extension}`;
    writeFileSync(join(folder, name), text);
    return `./${name}`;
  }
  const noParts = {} as BotParts;

  it('makes the bot, in TypeScript and JavaScript, also without being awaited for', async () => {
    const texts = [
      [`export const createBot = (parts: object) => ({ run: async () => {}, parts });`, 'ts'],
      [`export const createBot = async () => ({ run: async () => {} });`, 'js'],
      [`module.exports = { createBot: () => ({ run: async () => {} }) };`, 'cjs'],
    ] as const;
    for (const [text, extension] of texts) {
      const module = await loadBotModule(write(text, extension), folder);
      expect(await module.createBot(noParts)).to.have.property('run');
      expect(module.roles).to.include('primary');
    }
  });

  it('may have roles and own settings', async () => {
    const text = `export const roles = { desk: 1, shop: 2 }; export const ownSettings = { MyA: {} }; export function createBot() {}`;
    const { roles, ownSettings } = await loadBotModule(write(text), folder);
    expect({ roles, ownSettings }).to.deep.equal({ roles: ['desk', 'shop'], ownSettings: { MyA: {} } });
  });

  before(() => {
    writeFileSync(join(folder, 'words.js'), 'export const words = 1;');
    writeFileSync(join(folder, 'words.json'), '{}');
  });
  const broken: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ['has no createBot', 'export const createBots = 1;', /exports no function createBot, but createBots\. Write/],
    [
      'has a createBot that is no function',
      'export const createBot = { run() {} };',
      /exports createBot, which is no function, but of type object\. Write/,
    ],
    ['imports a type as a value', "import { BotParts } from './words.js';", /cannot be loaded\. .* write import type/],
    [
      'imports JSON as code',
      "import words from './words.json';",
      /cannot be loaded\. Import JSON as JSON: .* with \{ type: 'json' \}/,
    ],
    ['is empty', '', /exports no function createBot, but nothing\. Write/],
    ['does not parse', 'export function {', /cannot be loaded\. Correct this error[^]*SyntaxError/],
    ['throws', 'throw new Error("no shop")', /cannot be loaded\. Correct this error[^]*no shop[^]*bot\d+\.js/],
    ['imports what is not there', 'import "not-there-at-all"', /cannot be loaded\. .*npm install/],
    [
      'throws in createBot',
      'export function createBot() { throw new Error("no shop") }',
      /createBot of .* threw an error\.[^]*no shop/,
    ],
    ['throws what is no error', 'export function createBot() { throw "no shop" }', /threw an error\.[^]*no shop/],
    ['returns nothing', 'export function createBot() {}', /returned undefined, which is no bot\. Return one/],
    ['returns what cannot run', 'export function createBot() { return {} }', /returned an object without run/],
    ['returns a class', 'export function createBot() { return class {} }', /returned function, which is no bot/],
  ];
  for (const [what, text, says] of broken) {
    it(`that ${what} is refused in words`, async () => {
      const path = write(text);
      const load = async () => (await loadBotModule(path, folder)).createBot(noParts);
      const error = await rejection(load());
      expect(error).to.have.property('name', 'StartProblem');
      expect(error.message).to.match(says).and.to.contain(path);
    });
  }

  it('that is not there, is a folder, or cannot be run by its name is refused in words', async () => {
    mkdirSync(join(folder, 'folder.ts'));
    const absent = await rejection(loadBotModule('./absent.ts', folder));
    expect(absent.message).to.contain(`there is no file ${join(folder, 'absent.ts')}. Give --bot`);
    expect((await rejection(loadBotModule('folder.ts', folder))).message).to.contain('is no file, but a folder');
    expect((await rejection(loadBotModule(write('a', 'txt'), folder))).message).to.match(/has to end in \.ts or \.js/);
    expect((await rejection(loadBotModule(write('enum A { b }', 'ts'), folder))).message).to.match(/without enums/);
  });

  it('is watched while it is loaded, and while it makes the bot, and both may take long', async () => {
    const watched: string[] = [];
    const watch = (heldUp: string) => {
      const about = /^(?:createBot of|the bot) \S+ (?:has not returned|is not loaded)/.exec(heldUp)?.[0] ?? heldUp;
      watched.push(about);
      return () => void watched.push(`no longer: ${about}`);
    };
    const path = write(`
      let make;
      export const made = new Promise((resolve) => (make = resolve));
      export const createBot = (how) => (how === 'late' ? made.then(() => ({ run: async () => {} })) : Promise.reject(new Error('no shop')));
      globalThis.makeBot = make;
    `);
    const module = await loadBotModule(path, folder, watch);
    const [loading, making] = [`the bot ${path} is not loaded`, `createBot of ${path} has not returned`];
    expect(watched.splice(0)).to.deep.equal([loading, `no longer: ${loading}`]);
    const bot = module.createBot('late' as unknown as BotParts);
    expect(watched.splice(0)).to.deep.equal([making]);
    (globalThis as unknown as { makeBot: () => void }).makeBot();
    expect(await bot).to.have.property('run');
    expect((await rejection(module.createBot(noParts))).message).to.contain('no shop');
    expect(watched).to.deep.equal([`no longer: ${making}`, making, `no longer: ${making}`]);
  });

  it('ends the process when it waits at its top level for something that nothing will do', async () => {
    const path = join(folder, write('await new Promise(() => {}); export function createBot() {}'));
    const bot = spawnProgram('index.ts', ['--bot', path], anyPlace);
    expect(await bot.ended).to.deep.equal({ code: 1, signal: null });
    expect(bot.output()).to.match(/^The bot .*bot\d+\.js cannot be loaded: an await at the top level/);
  });

  it('ends the process with exit code 1 when it is wrong, whatever it has begun, and shows no secret', async () => {
    const path = join(folder, write('setInterval(() => {}, 1000); throw new Error(`with ${process.env.MyKey}`);'));
    const bot = spawnProgram('index.ts', ['--bot', path], { ...anyPlace, MyKey: 'fake-key-of-a-shop', Port: 'none' });
    expect(await bot.ended).to.deep.equal({ code: 1, signal: null });
    expect(bot.output()).to.contain('cannot be loaded').and.to.contain('with ');
    expect(bot.output()).to.contain('- Port in the environment is not a port.');
  });
});

describe('npm start', () => {
  const directory = mkdtempSync(join(tmpdir(), 'own-bot-'));
  before(() => writeFileSync(join(directory, '.env'), `SHOP_COLOUR=green\nMyApiKey=fake-key-of-a-shop\n`));
  after(() => rmSync(directory, { recursive: true }));

  const ofTheShop = 'the key is [redacted], the colour green';

  it('runs the bot that the setting Bot names, with its own settings, and what .env has in its environment', async () => {
    const bot = spawnProgram('index.ts', [], { ...anyPlace, Bot: shopBot }, directory);
    await bot.printed('the bot is listening');
    bot.kill('SIGTERM');
    expect(await bot.ended).to.deep.equal({ code: 0, signal: null });
    expect(bot.output()).to.contain(ofTheShop);
  });

  it('prints its options and runs no bot', async () => {
    const help = spawnProgram('index.ts', ['--help'], anyPlace);
    expect(await help.ended).to.deep.equal({ code: 0, signal: null });
    expect(help.output())
      .to.match(/^Usage: npm start/)
      .and.to.contain('--bot');
    const wrong = spawnProgram('index.ts', ['--bots'], anyPlace);
    expect(await wrong.ended).to.deep.equal({ code: 1, signal: null });
    expect(wrong.output()).to.contain('Use --help');
    for (const args of [['--bots'], ['hello'], ['--inspect=none'], ['--bot=']]) {
      expect(readStartArguments(args), args.join()).to.have.property('type', 'wrong');
    }
  });

  it('runs the bot that --bot names in the same way, and lets a debugger in, or says that it cannot', async () => {
    const bot = spawnProgram('index.ts', ['--bot', shopBot, '--inspect=0'], anyPlace, directory);
    await bot.printed('the bot is listening');
    expect(bot.output()).to.contain(ofTheShop);
    const [, port = ''] = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(bot.output()) ?? [];
    expect((await fetch(`http://127.0.0.1:${port}/json/version`)).status).to.equal(200);
    const second = spawnProgram('index.ts', [`--inspect=${port}`], anyPlace);
    expect(await second.ended).to.deep.equal({ code: 1, signal: null });
    expect(second.output()).to.contain(`No debugger can be let in at port ${port}. Choose another one`);
    bot.kill('SIGTERM');
    await bot.ended;
  });
});
