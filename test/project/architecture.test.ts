import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { findViolations, type SourceFiles } from '../support/architecture.ts';
import { readSource } from '../support/sourceReader.ts';

const NOT_OURS = ['node_modules', '.git', 'coverage'];

/** All TypeScript and JavaScript of the project. */
function projectFiles(folder = ''): Map<string, string> {
  const root = join(import.meta.dirname, '..', '..');
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !NOT_OURS.includes(entry.name)) {
      for (const [inner, text] of projectFiles(path)) files.set(inner, text);
    } else if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name)) {
      files.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return files;
}

const violationsOf = (files: Record<string, string>): string[] =>
  findViolations(new Map(Object.entries(files)) satisfies SourceFiles);

describe('The directions of the project', () => {
  it('are kept by every file', () => {
    const files = projectFiles();
    expect([...files.keys()]).to.include.members([
      'helpers/settings/settings.ts',
      'models/facebookEvent.ts',
      'commands/launch.js',
    ]);
    expect(findViolations(files)).to.deep.equal([]);
  });

  it('have the settings as the one reader of the environment, really', () => {
    const text = projectFiles().get('helpers/settings/settings.ts')!;
    expect(readSource('helpers/settings/settings.ts', text).usesProcessEnv).to.equal(true);
  });
});

describe('The check of the directions', () => {
  const forbidden: readonly (readonly [string, string])[] = [
    ['models/a.ts', '../helpers/b.ts'],
    ['helpers/a.ts', '../store/b.ts'],
    ['helpers/a.ts', '../bots/b.ts'],
    ['store/a.ts', '../adapters/http/b.ts'],
    ['store/a.ts', '../turns/b.ts'],
    ['turns/a.ts', '../adapters/http/b.ts'],
    ['adapters/http/a.ts', '../azure/b.ts'],
    ['adapters/azure/a.ts', '../messenger/b.ts'],
    ['adapters/messenger/a.ts', '../azure/b.ts'],
    ['adapters/messenger/a.ts', '../../metrics/b.ts'],
    ['metrics/a.ts', '../adapters/azure/b.ts'],
    ['store/deep/a.ts', '../../bots/b.ts'],
    ['adapters/azure/a.ts', '../../bots/b.ts'],
    ['adapters/azure/a.ts', '../../server.ts'],
    ['bots/a.ts', '../adapters/azure/b.ts'],
    ['bots/a.ts', '../store/b.ts'],
    ['server.ts', './index.ts'],
    ['server.ts', './emulator/b.ts'],
    ['index.ts', './bots/b.ts'],
    ['commands/a.ts', '../emulator/b.ts'],
    ['emulator/a.ts', '../models/b.ts'],
    ['emulator/core/a.ts', '../../helpers/b.ts'],
    ['emulator/a.ts', '../playground/b.ts'],
    ['playground/a.ts', '../helpers/b.ts'],
    ['playground/a.ts', '../server.ts'],
    ['playground/a.ts', '../emulator/core/b.ts'],
    ['testing/a.ts', '../emulator/core/b.ts'],
    ['testing/a.ts', '../turns/b.ts'],
    ['testing/a.ts', '../store/b.ts'],
    ['testing/a.ts', '../playground/b.ts'],
    ['server.ts', './testing/b.ts'],
    ['bots/a.ts', '../testing/b.ts'],
    ['emulator/narration/a.js', '../core/b.ts'],
    ['bots/a.ts', '../test/support/b.ts'],
    ['bots/a.ts', './../store/b.ts'],
    ['dialogs/a.ts', '../store/b.ts'],
    ['dialogs/deep/a.ts', '../../adapters/azure/b.ts'],
    ['dialogs/a.ts', '../server.ts'],
    ['dialogs/a.ts', '../test/support/b.ts'],
    ['helpers/a.ts', '../dialogs/b.ts'],
    ['store/a.ts', '../dialogs/b.ts'],
    ['emulator/a.ts', '../dialogs/b.ts'],
  ];
  for (const [path, module] of forbidden) {
    it(`refuses ${module} in ${path}`, () => {
      expect(violationsOf({ [path]: `import { b } from '${module}';` })).to.have.length(1);
    });
  }

  const allowed: readonly (readonly [string, string])[] = [
    ['models/a.ts', './b.ts'],
    ['helpers/a.ts', '../models/b.ts'],
    ['store/a.ts', '../helpers/b.ts'],
    ['turns/journal/a.ts', '../../store/b.ts'],
    ['adapters/azure/a.ts', '../../turns/b.ts'],
    ['adapters/messenger/a.ts', '../http/b.ts'],
    ['metrics/a.ts', '../adapters/http/b.ts'],
    ['bots/a.ts', '../helpers/b.ts'],
    ['server.ts', './adapters/azure/b.ts'],
    ['index.ts', './server.ts'],
    ['commands/a.ts', '../store/b.ts'],
    ['emulator/deep/a.ts', '../b.ts'],
    ['playground/a.ts', '../emulator/startPlatform.ts'],
    ['playground/a.ts', '../emulator/narration/b.js'],
    ['testing/a.ts', '../emulator/startPlatform.ts'],
    ['testing/a.ts', '../emulator/narration/b.js'],
    ['testing/a.ts', '../server.ts'],
    ['testing/a.ts', '../helpers/settings/b.ts'],
    ['emulator/page/a.js', '../narration/b.js'],
    ['test/a.test.ts', '../emulator/core/b.ts'],
    ['models/a.ts', 'node:crypto'],
    ['bots/a.ts', 'botbuilder'],
    ['dialogs/a.ts', '../bots/b.ts'],
    ['dialogs/a.ts', '../helpers/b.ts'],
    ['dialogs/a.test.ts', '../testing/b.ts'],
    ['dialogs/deep/a.ts', '../../models/b.ts'],
    ['dialogs/a.ts', '../knowledge/b.ts'],
    ['dialogs/a.ts', 'botbuilder'],
    ['bots/a.ts', '../dialogs/b.ts'],
    ['server.ts', './dialogs/b.ts'],
  ];
  for (const [path, module] of allowed) {
    it(`accepts ${module} in ${path}`, () => {
      expect(violationsOf({ [path]: `import { b } from '${module}';` })).to.deep.equal([]);
    });
  }

  const kinds: Record<string, string> = {
    'a type-only import': `import type { B } from '../store/b.ts';`,
    'an inline type import': `import { type B } from '../store/b.ts';`,
    'an import for its effects': `import '../store/b.ts';`,
    'a dynamic import': `const b = await import('../store/b.ts');`,
    'a dynamic import of a template without holes': 'const b = import(`../store/b.ts`);',
    'an import type': `let b: import('../store/b.ts').B;`,
    'a typeof import': `let b: typeof import('../store/b.ts');`,
    'a re-export': `export { b } from '../store/b.ts';`,
    'a re-export of everything': `export * from '../store/b.ts';`,
    'a re-export of a type': `export type { B } from '../store/b.ts';`,
    'an import with require': `import b = require('../store/b.ts');`,
    'a call of require': `const b = require('../store/b.ts');`,
    'a resolved module': `const b = import.meta.resolve('../store/b.ts');`,
    'a reference': `/// <reference path="../store/b.ts" />`,
    'a computed name': 'const b = import(`../${place}/b.ts`);',
    'a name from the root of the machine': `import { b } from '/store/b.ts';`,
  };
  for (const [kind, text] of Object.entries(kinds)) {
    it(`sees ${kind}`, () => expect(violationsOf({ 'bots/a.ts': text })).to.have.length(1));
  }

  it('takes no comment and no text for an import', () => {
    const text = `// import { b } from '../store/b.ts';\n/* import('../store/b.ts') */ const s = "import '../store/b.ts'; console.log(process.env)";`;
    expect(violationsOf({ 'bots/a.ts': text })).to.deep.equal([]);
  });

  it('refuses files that import each other, types included, however long the circle is', () => {
    const inCircle = (...next: string[]) =>
      Object.fromEntries(next.map((name, i) => [`store/f${i}.ts`, `import type { A } from './${name}.ts';`]));
    expect(violationsOf(inCircle('f1', 'f0'))).to.deep.equal([
      'store/f0.ts imports store/f1.ts imports store/f0.ts, which is a circle',
    ]);
    expect(violationsOf(inCircle('f1', 'f2', 'f3', 'f1'))).to.have.length(1);
    expect(violationsOf(inCircle('f0'))).to.have.length(1);
    expect(violationsOf(inCircle('f1', 'f0', 'f3', 'f2'))).to.have.length(2);
    const sideBySide = {
      'store/a.ts': `import './b.ts'; import './c.ts';`,
      'store/b.ts': `import './c.ts';`,
      'store/c.ts': '',
    };
    expect(violationsOf(sideBySide)).to.deep.equal([]);
  });

  it('refuses a file at the top, and a room in a folder of ours, without a row', () => {
    expect(violationsOf({ 'other.ts': '', 'adapters/a.ts': '', 'adapters/new/a.ts': '' })).to.have.length(3);
  });

  it('sees the environment in every spelling, and accepts it in one place', () => {
    const spellings = [
      'const a = process.env.A;',
      `const a = process['env'];`,
      'const a = process[name];',
      'const { env } = process;',
      'const a = globalThis.process.env;',
      `import { env } from 'node:process';`,
      `import process from 'process';`,
      'const f = (env = process.env) => env;',
    ];
    for (const text of spellings) {
      expect(violationsOf({ 'bots/a.ts': text }), text).to.have.length(1);
      expect(violationsOf({ 'helpers/settings/settings.ts': text, 'commands/launch.js': text }), text).to.deep.equal(
        [],
      );
      expect(violationsOf({ 'commands/a.ts': text }), text).to.have.length(1);
      expect(violationsOf({ 'playground/a.ts': text, 'emulator/a.ts': text }), text).to.deep.equal([]);
      expect(violationsOf({ 'playground/a.ts': text, 'playground/b.ts': text }), text).to.have.length(1);
    }
    const others = 'const a = process.argv; const { env } = options; options.env = 1; process.on("exit", f);';
    expect(violationsOf({ 'bots/a.ts': others })).to.deep.equal([]);
  });

  it('sees the console in every spelling, and accepts it in one place', () => {
    const spellings = [
      'console.log(1);',
      `console['error'](1);`,
      'const { log } = console;',
      'f(console);',
      'globalThis.console.log(1);',
      `import c from 'node:console';`,
    ];
    for (const text of spellings) {
      expect(violationsOf({ 'bots/a.ts': text, 'helpers/b.ts': text }), text).to.have.length(1);
      expect(violationsOf({ 'bots/a.ts': text }), text).to.deep.equal([]);
    }
    const others = 'a.console.log(1); const b = { console: 1 };';
    expect(violationsOf({ 'bots/a.ts': others, 'helpers/b.ts': others })).to.deep.equal([]);
  });
});
