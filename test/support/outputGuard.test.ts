import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { leaveOutColours } from './outputGuard.ts';

const colourful = `console.log(util.styleText('red', 'text', { stream: process.stdout }))`;

describe('The output of the tests', () => {
  for (const name of ['FORCE_COLOR', 'CLICOLOR_FORCE', 'MOCHA_COLORS']) {
    it(`and of the programs that they start has no colours where ${name} asks for them`, () => {
      const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], [name]: '1' };
      leaveOutColours(env);
      expect(execFileSync(process.execPath, ['-e', colourful], { env, encoding: 'utf8' })).to.equal('text\n');
      expect(Object.keys(env)).to.deep.equal(['PATH', 'NO_COLOR']);
    });
  }

  it('is without them in this process too', () => {
    expect(process.env).to.include({ NO_COLOR: '1' }).and.not.to.have.any.keys('FORCE_COLOR', 'MOCHA_COLORS');
  });
});
