import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..', '..');

describe('The tests that a clone of somebody’s own leaves out', () => {
  const config = readFileSync(join(root, '.mocharc.cjs'), 'utf8');
  const list = /testsOfOurBots = \[([^\]]*)\]/.exec(config)?.[1] ?? '';
  const paths = [...list.matchAll(/'([^']+)'/g)].map(([, path]) => path ?? '');

  it('are files that exist, so that none is played there after it has moved', () => {
    expect(paths).not.to.deep.equal([]);
    expect(paths.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
  });
});
