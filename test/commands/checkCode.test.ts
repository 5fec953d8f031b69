import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');
const config = `
import tseslint from 'typescript-eslint';
export default tseslint.config({
  files: ['**/*.ts'],
  extends: [tseslint.configs.base],
  languageOptions: { parserOptions: { projectService: true } },
  rules: { '@typescript-eslint/no-floating-promises': 'error' },
});
`;

describe('The check of the code', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'check-code-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'eslint.config.js'), config);
    const compilerOptions = { noEmit: true, strict: true, target: 'es2024', types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function check(source: string) {
    writeFileSync(join(folder, 'source.ts'), source);
    const args = [join(root, 'commands/checkCode.ts'), 'tsconfig.json'];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  }

  for (const [what, source, expected] of [
    ['a type that is wrong', 'export const n: number = "one";\n', /source\.ts\(1,14\): error TS2322/],
    ['a rule that knows types', 'Promise.resolve();\nexport {};\n', /1:1 +error .*no-floating-promises/],
  ] as const) {
    it(`fails because of ${what}, and says where`, () => {
      const { status, stdout } = check(source);
      expect(stdout).to.match(expected);
      expect(status).to.equal(1);
    });
  }

  it('says nothing when nothing is wrong', () => {
    const { status, stdout, stderr } = check('export const n: number = 1;\n');
    expect([status, stdout, stderr]).to.deep.equal([0, '', '']);
  });
});
