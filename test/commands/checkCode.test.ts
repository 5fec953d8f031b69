import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkCode, type CheckedCode } from '../../commands/checkedCode.ts';

const root = join(import.meta.dirname, '../..');
const config = `
import tseslint from 'typescript-eslint';
export default tseslint.config({
  files: ['**/*.ts'],
  extends: [tseslint.configs.base],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
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

  function check(source: string): Promise<CheckedCode> {
    writeFileSync(join(folder, 'source.ts'), source);
    return checkCode(folder, [join(folder, 'tsconfig.json')]);
  }

  const wrong = [
    ['a type that is wrong', 'export const n: number = "one";\n', /source\.ts\(1,14\): error TS2322/],
    ['a rule that knows types', 'Promise.resolve();\nexport {};\n', /1:1 +error .*no-floating-promises/],
  ] as const;
  for (const [what, source, expected] of wrong) {
    it(`fails because of ${what}, and says where`, async () => {
      const { report, isRight } = await check(source);
      expect(report).to.match(expected);
      expect(isRight).to.equal(false);
    });
  }

  it('says nothing when nothing is wrong', async () => {
    expect(await check('export const n: number = 1;\n')).to.deep.equal({ report: '', isRight: true });
  });

  it('is a program that prints what is wrong and ends with 1', () => {
    const [, [, source, expected]] = wrong;
    writeFileSync(join(folder, 'source.ts'), source);
    const args = [join(root, 'commands/checkCode.ts'), 'tsconfig.json'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).to.match(expected);
    expect(status).to.equal(1);
  });
});
