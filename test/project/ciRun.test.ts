import { expect } from 'chai';
import { readFileSync } from 'node:fs';

describe('.ci/run', () => {
  it("calls the README's test command and nothing that a user does not call", () => {
    const script = readFileSync('.ci/run', 'utf8');
    expect(script).to.match(/\{ npm ci && npm test; \}/);
    expect(readFileSync('README.md', 'utf8')).to.contain('npm ci && npm test');
  });
});
