import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { anyPorts } from '../../support/playgroundProcess.ts';
import { spawnProgram } from '../../support/programProcess.ts';
import { hasCurl, runInShell } from '../../support/shell.ts';

const readme = readFileSync('README.md', 'utf8');
const parts = [
  'adapters',
  'bots',
  'commands',
  'emulator',
  'helpers',
  'metrics',
  'models',
  'playground',
  'store',
  'testing',
  'turns',
];

describe('what the README shows, in a copy of the project', () => {
  const copy = mkdtempSync(join(tmpdir(), 'readme-bot-'));
  before(() => {
    for (const part of [...parts, 'index.ts', 'server.ts', 'package.json', 'tsconfig.json'])
      cpSync(part, join(copy, part), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'), 'junction');
    const printed = [...readme.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)];
    expect(printed.map(([, path]) => path)).to.deep.equal(['bots/helpDeskBot.ts', 'test/helpDeskBot.test.ts']);
    mkdirSync(join(copy, 'test'));
    for (const [, path = '', block = ''] of printed) writeFileSync(join(copy, path), block);
  });
  after(() => rmSync(copy, { recursive: true }));

  /** Resolves to what a command printed. */
  const run = async (command: string): Promise<{ printed: string; problems: string; code: number | null }> => {
    const child = spawn(command, { cwd: copy, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    const [printed, problems] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { printed, problems, code: child.exitCode };
  };

  it('has a bot that runs as it is printed, by the command that is printed', async () => {
    const [, command = ''] = /^```sh\n(npm run playground .*)\n```$/m.exec(readme) ?? [];
    const { printed, problems } = await run(`${command} --say "a person please" ${anyPorts.join(' ')}`);
    expect(printed, problems).to.contain('A person will answer you here.');
    expect(printed).to.match(/pass_thread_control to Page Inbox .*ok/);
  });

  it('has a test of the bot that passes as it is printed', async () => {
    const mocha = 'node commands/launch.js node_modules/mocha/bin/mocha.js --no-config --timeout 60000';
    const { printed, problems, code } = await run(`${mocha} test/helpDeskBot.test.ts`);
    expect(printed, problems).to.contain('1 passing');
    expect(code).to.equal(0);
  });

  if (hasCurl) {
    it('has a curl command that shows the answer of npm start, again and again, and holds nobody back', async () => {
      const [, command = ''] = /^```sh\n(curl .*)\n```$/m.exec(readme) ?? [];
      const { start } = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }).scripts;
      expect(start).to.match(/ index\.ts$/);
      const bot = spawnProgram('index.ts', [], { Port: '0', LogFormat: 'json' }, copy);
      await bot.printed('"the bot is listening"');
      const [, origin = ''] = /"messages":"(http:\/\/[^/]+)\//.exec(bot.output()) ?? [];
      expect(command).to.contain('http://localhost:3978/');
      for (const time of ['first', 'second']) {
        const answer: unknown = JSON.parse(await runInShell(command.replace('http://localhost:3978', origin)));
        expect(answer, time).to.containSubset({
          activities: [{ text: 'Primary bot: Write something or choose what should happen next.' }],
        });
      }
      bot.kill('SIGTERM');
      expect((await bot.ended).code).to.equal(0);
      expect(bot.output()).not.to.match(/retried|"outcome":"failed"/);
    });
  }
});
