import { expect } from 'chai';
import { spawnProgram } from '../support/programProcess.ts';

async function fuzz(...args: string[]) {
  const program = spawnProgram('test/long/parsers.ts', args);
  const { code } = await program.ended;
  return { code, output: program.output() };
}

describe('The fuzzer that is led by coverage', () => {
  it('finds a fault behind conditions that chance does not meet all at once, and makes its input small', async () => {
    const { code, output } = await fuzz('--target', 'planted', '--inputs', '1500', '--seed', '6');
    expect(code).to.equal(1);
    const [, fault, input = ''] = /WRONG {2}(.*?): (\{.*\})/.exec(output) ?? [];
    expect(fault).to.match(/^throws RangeError at plantedFault\.ts/);
    expect(JSON.parse(input)).to.deep.equal({ first: null, second: null, third: '' });
    const blind = await fuzz('--target', 'planted', '--inputs', '1500', '--seed', '6', '--guidance', 'blind');
    expect(blind.output).to.contain('1500 inputs, 0 kept').and.to.contain('0 wrong');
    expect(blind.code).to.equal(0);
  });

  it('finds what takes more work than its length allows', async () => {
    const { output } = await fuzz('--target', 'slow', '--inputs', '20');
    expect(output).to.contain('WRONG  more work than its length allows');
  });

  it('finds nothing in what reads the input of others', async () => {
    const { code, output } = await fuzz('--inputs', '80');
    expect(output).not.to.contain('WRONG');
    expect(output.match(/80 inputs, [1-9]\d* kept/g), output).to.have.length(6);
    expect(code).to.equal(0);
  });
});
