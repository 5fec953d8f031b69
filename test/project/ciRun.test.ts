import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';

describe('.ci/run', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'ci-run-'))));
  after(() => rmSync(folder, { recursive: true }));

  it("calls the README's test command and nothing that a user does not call", () => {
    const script = readFileSync('.ci/run', 'utf8');
    expect(script)
      .to.match(/\{ npm ci && npm test; \}/)
      .and.contain('npm run test:programs')
      .and.contain('npm run check');
    expect(readFileSync('README.md', 'utf8'))
      .to.contain('npm ci && npm test')
      .and.contain('npm run test:programs')
      .and.contain('npm run check');
  });

  function write(program: string, script: string): void {
    const path = join(folder, program);
    writeFileSync(path, `#!/usr/bin/env bash\n${script}`);
    chmodSync(path, 0o755);
  }

  /** Runs it with an npm that ends as told; the last line and the exit code. */
  function run(ends: {
    readonly ci?: number;
    readonly test?: number;
    readonly programs?: number;
    readonly check?: number;
  }) {
    // It would install one that is missing.
    write('chromium', '');
    write(
      'npm',
      `case "$*" in
      ci) exit ${ends.ci ?? 0} ;;
      test) printf '\\e[92m \\e[0m\\e[32m 12 passing\\e[0m (3s)\\n'; [ ${ends.test ?? 0} = 0 ] || printf '  2 failing\\n'; exit ${ends.test ?? 0} ;;
      'run test:programs') echo '  3 passing (1s)'; [ ${ends.programs ?? 0} = 0 ] || echo '  1 failing'; exit ${ends.programs ?? 0} ;;
      'run check') echo checked; exit ${ends.check ?? 0} ;;
      esac`,
    );
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` };
    const { status, stdout } = spawnSync('bash', ['.ci/run'], { env, encoding: 'utf8' });
    return [status, stdout.trimEnd().split('\n').at(-1)];
  }

  it('ends with what the tests say, and with 1 when they or the check of the code fail', () => {
    expect(run({})).to.deep.equal([0, '15 passed, 0 failed']);
    expect(run({ test: 2 })).to.deep.equal([1, '15 passed, 2 failed']);
    expect(run({ programs: 1 })).to.deep.equal([1, '15 passed, 1 failed']);
    expect(run({ test: 2, programs: 1 })).to.deep.equal([1, '15 passed, 3 failed']);
    expect(run({ check: 1 })).to.deep.equal([1, '15 passed, 0 failed']);
    expect(run({ ci: 1 })).to.deep.equal([1, 'no test ran']);
  });
});
