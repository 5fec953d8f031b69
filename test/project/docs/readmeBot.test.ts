import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { anyPorts } from '../../support/playgroundProcess.ts';

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
  'turns',
];

describe("the README's bot, in a copy of the project", () => {
  const copy = mkdtempSync(join(tmpdir(), 'readme-bot-'));
  after(() => rmSync(copy, { recursive: true }));

  it('runs as it is printed, by the command that is printed', async () => {
    for (const part of [...parts, 'index.ts', 'server.ts', 'package.json'])
      cpSync(part, join(copy, part), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'), 'junction');
    const [, path = '', bot = ''] = /^```ts\n\/\/ (\S+)\n([^]*?)^```$/m.exec(readme) ?? [];
    const [, command = ''] = /^```sh\n(npm run playground .*)\n```$/m.exec(readme) ?? [];
    writeFileSync(join(copy, path), bot);
    const child = spawn(`${command} --say "a person please" ${anyPorts.join(' ')}`, {
      ...{ cwd: copy, shell: true, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const [printed, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect(printed, problems).to.contain('A person will answer you here.');
    expect(printed).to.match(/pass_thread_control to Page Inbox .*ok/);
  });
});
