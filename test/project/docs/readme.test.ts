import { expect } from 'chai';
import { readFileSync } from 'node:fs';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, mark, text]) => ({
  mark,
  text: text ?? '',
}));

describe('README.md', () => {
  it('has the two commands that run it and test it, each on a line of its own', () => {
    const commands = blocks.filter(({ mark }) => mark === 'bash').map(({ text }) => text.trim());
    expect(commands).to.deep.equal(['npm ci && npm run playground', 'npm ci && npm test']);
    expect(readme.indexOf('npm ci && npm test')).to.be.below(readme.indexOf('| command '));
  });

  it('shows the example bot as it is tested', () => {
    const shown = blocks.find(({ text }) => text.startsWith('// bots/helpDeskBot.ts\n'))?.text ?? '';
    const tested = readFileSync('test/project/docs/exampleBot.ts', 'utf8');
    const lines = tested
      .replaceAll(/'..\/..\/..\/(helpers|models)\//g, "'../$1/")
      .replaceAll('../../../bots/', './')
      .trim()
      .split('\n');
    expect(shown.trim().split('\n').slice(1)).to.deep.equal(lines);
    expect(lines.length, 'lines').to.be.at.most(22);
  });

  it('is short, and says what nobody has tried', () => {
    expect(readme.split('\n').length).to.be.below(150);
    expect(readme).to.contain('**Neither the bots nor the emulator have met the real Meta or the real Azure yet.**');
  });

  it('shows what the playground prints', () => {
    const [printed] = blocks.filter(({ mark }) => mark === 'text');
    expect(printed?.text).to.contain('A Facebook Page by the rules of mode routing');
    expect(printed?.text).to.match(/you > hi\n[\s\S]*offers[\s\S]*you > 1\n/);
  });
});
