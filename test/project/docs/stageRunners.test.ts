import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { readMarkdown } from '../../support/markdown.ts';

const root = join(import.meta.dirname, '..', '..', '..');

interface Ended {
  code: number | string | null | undefined;
  printed: string;
}

/** Runs Node until it ends by itself. */
function run(args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd, timeout: 60_000 }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, printed: stdout + stderr }),
    );
  });
}

describe('Tests on a stage', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'stage-'))));
  after(() => rmSync(folder, { recursive: true }));

  const { blocks } = readMarkdown(readFileSync(join(root, 'docs/testing-your-bot.md'), 'utf8'));
  const first = blocks.find(({ text }) => text.startsWith('// test/firstTest.test.ts\n'))?.text ?? '';

  /** The first test of the document, as a file outside of the project. */
  function write(name: string, change: (text: string) => string): string {
    const path = join(folder, name);
    writeFileSync(path, change(first).replaceAll("from '../", `from '${pathToFileURL(root).href}/`));
    return path;
  }
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  const runners = {
    mocha: (name: string, change: (text: string) => string) =>
      run([mocha, '--no-config', '--timeout', '60000', write(name, change)], root),
    'node:test': (name: string, change: (text: string) => string) => {
      const path = write(name, (text) => `import { it } from 'node:test';\n${change(text)}`);
      return run(['--test', '--test-isolation=none', '--test-reporter=spec', path], folder);
    },
  };

  it('are short', () => expect(first.trim().split('\n')).to.have.length.within(5, 15));

  for (const [runner, runTest] of Object.entries(runners)) {
    it(`pass with ${runner}, and the process ends by itself`, async () => {
      const { code, printed } = await runTest(`${runner.replace(':', '')}.test.ts`, (text) => text);
      expect(code, printed).to.equal(0);
      expect(printed).to.match(/[✔] gives the conversation to a person/);
    });

    it(`fail with ${runner} so that one sees why`, async () => {
      const { code, printed } = await runTest(`${runner.replace(':', '')}-fails.test.ts`, (text) =>
        text.replace("'inbox'", "'nobody'"),
      );
      expect(code, printed).to.equal(1);
      expect(printed).to.contain('What happened on the stage:').and.contain('Carla Customer says "hi"');
    });
  }
});
