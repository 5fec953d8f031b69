import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { controlRoutes } from '../../../emulator/control/controlRoutes.ts';
import { coverage } from '../../../emulator/graph/graphCoverage.ts';

describe('docs/emulator.md', () => {
  const text = readFileSync(new URL('../../../docs/emulator.md', import.meta.url), 'utf8').replace(/ +/g, ' ');

  it('has a row for every route that controls the emulator', () => {
    const missing = controlRoutes.filter(({ method, path }) => !text.includes(`| \`${method} ${path}\` |`));
    expect(missing.map(({ path }) => path)).to.deep.equal([]);
  });

  it('says what is covered in the words of the code', () => {
    const words = { supported: 'supported', partial: 'partial', notSupported: 'not supported' };
    const missing = coverage.filter(
      ({ name, state, difference }) =>
        !text.includes(`| \`${name}\` | ${words[state]} | ${difference} |`.replace('|  |', '| |')),
    );
    expect(missing.map(({ name }) => name)).to.deep.equal([]);
  });
});
