import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingDefinitions, type SettingDefinition } from '../../../helpers/settings/schema.ts';
import { codeBlocksOf, findCompileErrors } from '../../support/compileBlocks.ts';
import { findDocumentProblems, type Project } from '../../support/documentProblems.ts';
import { readMarkdown } from '../../support/markdown.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const NOT_OURS = ['node_modules', '.git', 'coverage'];

/** The project's files by their paths from the root, with slashes. */
function filesIn(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const files = filesIn();
const documents = new Map(files.filter((path) => path.endsWith('.md')).map((path) => [path, textOf(path)]));
const definitions: readonly SettingDefinition[] = settingDefinitions;

const project: Project = {
  documents,
  exists: (path) => existsSync(join(root, path)),
  scripts: Object.keys((JSON.parse(textOf('package.json')) as { scripts: object }).scripts),
  settings: definitions.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias.name])),
  code: files
    .filter((path) => path.endsWith('.ts') && /^(?!test\/(?!support\/))/.test(path))
    .map(textOf)
    .join('\n'),
  ignored: ['appsettings.json', '.env'],
};

describe("The project's documents", () => {
  it('name links, anchors, scripts, settings and places that exist', () => {
    expect([...documents.keys()]).to.include.members(['CONTRIBUTING.md', 'CHANGELOG.md', 'docs/handover.md']);
    expect(findDocumentProblems(project)).to.deep.equal([]);
  });

  it('have a row in CONTRIBUTING.md for every folder at the top', () => {
    const rows = readMarkdown(documents.get('CONTRIBUTING.md') ?? '').rows.map(([first = '']) => first);
    const folders = new Set(files.flatMap((path) => /^\w[^/]*(?=\/)/.exec(path) ?? []));
    folders.delete('data'); // what a bot that was started here has kept
    expect([...folders].filter((folder) => !rows.some((row) => row.includes(`\`${folder}/`)))).to.deep.equal([]);
  });

  it('have code that compiles against the project', () => {
    const inProject = codeBlocksOf(new Map([...documents].filter(([path]) => /^(README\.md$|docs\/)/.test(path))));
    expect(inProject).not.to.be.empty;
    expect(findCompileErrors(root, inProject)).to.deep.equal([]);
  });
});

describe('The check of the documents', () => {
  const problemsOf = (text: string, path = 'docs/a.md'): string[] =>
    findDocumentProblems({
      ...project,
      documents: new Map([
        [path, text],
        ['docs/b.md', '# One, two: `three` & "four"\n\n## Same\n\n## Same\n'],
      ]),
      exists: (wanted) => ['docs/a.md', 'docs/b.md', 'README.md', 'helpers/', 'index.ts'].includes(wanted),
      code: 'class FacebookThing {}',
    });

  const wrong: Record<string, string> = {
    'a link to a file that is not there': '[x](c.md)',
    'an image that is not there': '![x](c.png)',
    'a link that leaves the project': '[x](../../b.md)',
    'a definition of a link that leads nowhere': '[x][y]\n\n[y]: c.md',
    'a label without a definition': '[x][y]',
    'an anchor that is not in the other document': '[x](b.md#two)',
    'an anchor that is not in this document': '[x](#two)\n\n# One',
    'a script that does not exist': 'Type `npm run nonsense` now.',
    'a script in a block': '```sh\nnpm run -s nonsense -- --tour\n```',
    'a setting that does not exist': 'Set `FacebookPageTokn`.',
    'a setting that does not exist, in a table': '| name |\n| --- |\n| `MicrosoftAppKind` |',
    'a setting that does not exist, as a variable': '```sh\nBotRoll=primary npm start\n```',
    'a file that does not exist': 'See `helpers/nowhere.ts`.',
    'a setting that does not exist, in a file': '```json\n{\n  "GraphApiVerson": ""\n}\n```',
  };
  for (const [what, text] of Object.entries(wrong)) {
    it(`finds ${what}`, () => expect(problemsOf(text)).to.have.length(1));
  }

  it('accepts what is there', () => {
    const text = [
      '# Top',
      '[a](b.md) [b](b.md#one-two-three--four) [c](b.md#same-1) [d](#top) [e](../index.ts) [f](https://example.org/x) [g][h]',
      '`[x](c.md)` and `FacebookPageToken`, `FacebookThing`, `Facebook`, `PAGE_ACCESS_TOKEN`; npm test, npm run check:types; `elsewhere/a.ts`.',
      '```\n[x](c.md)\n```',
      '[h]: ../README.md',
    ].join('\n\n');
    expect(problemsOf(text)).to.deep.equal([]);
  });

  it('finds a place that does not exist in the maps of README and CONTRIBUTING, and only there', () => {
    const text =
      '| place | holds |\n| --- | --- |\n| `helpers/`, `lib/` | `nowhere/` |\n| `index.ts` | |\n| `.env` | |';
    expect(problemsOf(text, 'README.md')).to.deep.equal(['README.md: the place lib/ does not exist']);
    expect(problemsOf(text, 'CONTRIBUTING.md')).to.have.length(1);
    expect(problemsOf(text)).to.deep.equal([]);
  });

  it('takes a longer fence around a shorter one for one block', () => {
    const { blocks } = readMarkdown('````md\n```ts\n1\n```\n````\n\n```ts\n2\n```');
    expect(blocks).to.deep.equal([
      { info: 'md', text: '```ts\n1\n```', line: 2 },
      { info: 'ts', text: '2', line: 8 },
    ]);
  });

  it('finds code that does not compile, and leaves blocks with other marks alone', () => {
    const text = [
      "```ts\nimport { PAGE_INBOX_APP_ID } from './models/facebookEvent.ts';\nexport const id: number = PAGE_INBOX_APP_ID;\n```",
      "```ts\n// bots/mine.ts\nimport { PAGE_INBOX_APP_ID } from '../models/facebookEvent.ts';\nexport const id: string = PAGE_INBOX_APP_ID;\n```",
      "```ts\nimport { nothing } from './models/nowhere.ts';\n```",
      '```ts\nconst id = ;\n```',
      '```typescript\nconst id: number = "";\n```',
    ].join('\n\n');
    const errors = findCompileErrors(root, codeBlocksOf(new Map([['README.md', text]])));
    expect(errors.map((error) => error.split(': ', 1)[0])).to.deep.equal([
      'README.md:2',
      'README.md:13',
      'README.md:17',
    ]);
  });

  it('lets a block import another one by the name in its first line', () => {
    const text = [
      '```ts\n// bots/mine.ts\nexport const mine: number = 1;\n```',
      "```ts\n// test/mine.test.ts\nimport { mine } from '../bots/mine.ts';\nexport const other: string = mine;\n```",
    ].join('\n\n');
    const errors = findCompileErrors(root, codeBlocksOf(new Map([['README.md', text]])));
    expect(errors).to.deep.equal(["README.md:7: Type 'number' is not assignable to type 'string'."]);
  });
});
