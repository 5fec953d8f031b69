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
    const compilerOptions = { noEmit: true, strict: true, target: 'es2024', lib: ['es2024'], types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function check(source: string): Promise<CheckedCode> {
    writeFileSync(join(folder, 'source.ts'), source);
    return checkCode(folder, [join(folder, 'tsconfig.json')]);
  }

  it('says nothing when nothing is wrong', async () => {
    expect(await check('export const n: number = 1;\n')).to.deep.equal({ report: '', isRight: true });
  });

  it('fails because of a wrong type, and says where', async () => {
    const { report, isRight } = await check('export const n: number = "one";\n');
    expect(report).to.match(/source\.ts\(1,14\): error TS2322/);
    expect(isRight).to.equal(false);
  });

  it('is a program that prints which rule that knows types is broken, and ends with 1', () => {
    writeFileSync(join(folder, 'source.ts'), 'Promise.resolve();\nexport {};\n');
    const args = [join(root, 'commands/checkCode.ts'), 'tsconfig.json'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).to.match(/1:1 +error .*no-floating-promises/);
    expect(status).to.equal(1);
  });
});
