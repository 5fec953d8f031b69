import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { readMarkdown } from './markdown.ts';

export const root = join(import.meta.dirname, '..', '..');

/** The first test of docs/testing-your-bot.md. */
export function firstTest(): string {
  const { blocks } = readMarkdown(readFileSync(join(root, 'docs/testing-your-bot.md'), 'utf8'));
  return blocks.find(({ text }) => text.startsWith('// test/firstTest.test.ts\n'))?.text ?? '';
}

/** Below a test: it says where Node keeps what it has compiled. */
const saysWhereCompiledCodeIs =
  "import { getCompileCacheDir } from 'node:module';\nconsole.log('compiled:', getCompileCacheDir());\n";

export interface StageRunner {
  readonly name: string;
  /** What the document tells to add to a test for this runner. */
  readonly imports: string;
  /** Node's arguments for one test file in a folder, in which they run. */
  readonly argumentsFor: (path: string, folder: string) => readonly string[];
  /** Makes the folder ready. Default: nothing has to be done. */
  readonly prepare?: (folder: string) => void;
}

/** The first test of the document, in a file outside of the project, passes and fails with a test runner. */
export function describeStageRunner({ name, imports, argumentsFor, prepare = () => undefined }: StageRunner): void {
  describe(`Tests on a stage with ${name}`, () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'stage-'));
      prepare(folder);
    });
    after(() => rmSync(folder, { recursive: true }));

    /** Runs Node until it ends by itself. */
    function run(file: string, change: (text: string) => string): Promise<{ code: number | null; printed: string }> {
      const path = join(folder, file);
      const text = change(firstTest()).replaceAll("from '../", `from '${pathToFileURL(root).href}/`);
      writeFileSync(path, imports + text + saysWhereCompiledCodeIs);
      return new Promise((resolve) => {
        const { NODE_COMPILE_CACHE: _notHere, ...env } = process.env;
        const options = { cwd: folder, timeout: 60_000, env };
        const child = execFile(process.execPath, argumentsFor(path, folder), options, (_error, stdout, stderr) =>
          resolve({ code: child.exitCode, printed: stdout + stderr }),
        );
      });
    }

    it('pass, and the process ends by itself', async () => {
      const { code, printed } = await run('first.test.ts', (text) => text);
      expect(code, printed).to.equal(0);
      expect(printed).to.match(/[✔✓] (?:first\.test\.ts > )?gives the conversation to a person/);
      expect(printed, 'without the launcher').to.match(/compiled: .*node_modules\/\.cache\/compiled/);
    });

    it('fail so that one sees why', async () => {
      const { code, printed } = await run('fails.test.ts', (text) => text.replace("'inbox'", "'nobody'"));
      expect(code, printed).to.equal(1);
      expect(printed).to.contain('What happened on the stage:').and.contain('Carla Customer says "hi"');
    });
  });
}
