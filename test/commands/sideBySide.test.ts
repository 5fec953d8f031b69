import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const program = join(import.meta.dirname, '../../commands/sideBySide.ts');

describe('Scripts side by side', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'side-by-side-'));
    const scripts = {
      good: 'node -e "console.log(1 + 1)"',
      other: `node -e "while (!fs.existsSync('begun')); console.log('behind')"`,
      last: `node -e "console.log('at once'); fs.writeFileSync('begun', '')"`,
      bad: 'node -e "console.log(3 + 4); process.exit(3)"',
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...scripts: string[]) =>
    spawnSync(process.execPath, [program, ...scripts], { cwd: folder, encoding: 'utf8' });

  it('end well when each does', () => {
    const { status, stdout } = run('good', 'good');
    expect(stdout).to.equal('2\n2\n');
    expect(status).to.equal(0);
  });

  it('show what the last one prints before what the others print', () => {
    const { status, stdout } = run('other', 'last');
    expect(stdout).to.equal('at once\nbehind\n');
    expect(status).to.equal(0);
  });

  it('fail when one does, name it and show what all printed', () => {
    const { status, stdout, stderr } = run('good', 'bad');
    expect(stdout.split('\n').sort()).to.deep.equal(['', '2', '7']);
    expect(stderr).to.contain('npm run bad failed.');
    expect(stderr).not.to.contain('good');
    expect(status).to.equal(1);
  });
});
