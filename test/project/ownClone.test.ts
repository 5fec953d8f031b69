import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const tests = join(import.meta.dirname, '..');

/** A path upwards to what the owner of a clone may delete or replace, as docs/upgrading.md says. */
const toOwners =
  /['"`](?:\.\.\/)+(?:docs\/|\.github\/|\.ci\/|README|CHANGELOG|CONTRIBUTING|SECURITY|Dockerfile|compose\.yaml|appsettings\.example)/;

describe("A clone of somebody's own", () => {
  it('has all tests of the code, since only those in test/project read our documents, container and workflows', () => {
    const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:test|program)\.ts$/.test(name) && !name.startsWith('project'))
      .filter((name) => toOwners.test(readFileSync(join(tests, name), 'utf8')));
    expect(files).to.deep.equal([]);
  });

  it('would miss one that does', () =>
    expect("readFileSync(new URL('../../../docs/takeover.md', import.meta.url))").to.match(toOwners));
});
