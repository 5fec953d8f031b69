import { expect } from 'chai';
import { sampleBots } from '../../playground/scenarios.ts';
import { readArguments, usage } from '../../playground/arguments.ts';
import { defaultPorts } from '../../playground/startPlayground.ts';

const problemOf = (...args: string[]): string | undefined => {
  const read = readArguments(args);
  return read.type === 'wrong' ? read.problem : undefined;
};

describe('The arguments of the playground', () => {
  it('mean an interactive playground in mode routing when there are none', () => {
    expect(readArguments([])).to.deep.equal({
      type: 'run',
      task: { type: 'interactive' },
      scenario: 'twoBots',
      endpoint: 'azure',
      mode: 'routing',
      ports: defaultPorts,
      setup: 'usual',
      own: { passed: [], restart: 'onCommand' },
    });
  });

  it('ask for a tour in a mode', () => {
    const read = readArguments(['--tour', '--mode', 'classic']);
    // Whatever bots/createBot.ts makes: the tour is written for the bots that come with the project.
    expect(read).to.have.nested.property('own.module', sampleBots);
    expect(readArguments(['--tour', '--takeover'])).to.deep.include({ task: { type: 'tour' }, setup: 'takeover' });
    expect(readArguments(['--tour', '--bot', sampleBots])).to.deep.include({ task: { type: 'tour' } });
    expect(read).to.deep.include({ type: 'run', task: { type: 'tour' }, mode: 'classic' });
  });

  it('ask for the endpoint without Azure and for the live-chat bot, each by itself and both together', () => {
    expect(readArguments(['--direct'])).to.deep.include({ scenario: 'twoBots', endpoint: 'direct' });
    expect(readArguments(['--live-chat'])).to.deep.include({ scenario: 'liveChat', endpoint: 'azure' });
    const both = readArguments(['--tour', '--live-chat', '--direct', '--mode', 'classic']);
    expect(both).to.deep.include({ task: { type: 'tour' }, scenario: 'liveChat', endpoint: 'direct', mode: 'classic' });
  });

  it('ask for one message', () => {
    expect(readArguments(['--say', 'hi there'])).to.deep.include({ task: { type: 'say', text: 'hi there' } });
  });

  it('choose ports one by one, any free one with 0', () => {
    expect(readArguments(['--primary-port', '0', '--azure-port', '65535'])).to.deep.include({
      ports: { ...defaultPorts, primary: 0, azure: 65_535 },
    });
  });

  it('ask for help, whatever else they ask for', () => {
    expect(readArguments(['--help', '--tour'])).to.deep.equal({ type: 'help' });
    expect(readArguments(['-h'])).to.deep.equal({ type: 'help' });
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown option', ['--turo'], /Unknown option '--turo'\.$/],
    ['a word that belongs to no option', ['tour'], /Unexpected argument 'tour'\.$/],
    ['a missing text', ['--say'], /--say/],
    ['an empty text', ['--say', ' '], /needs a text/],
    ['a mode that does not exist', ['--mode', 'exclusive'], /one of classic, routing/],
    ['a port that is no number', ['--primary-port', 'http'], /--primary-port is a number from 0 to 65535/],
    ['a port that is too great', ['--azure-port', '65536'], /--azure-port is a number/],
    ['a value for what has none', ['--direct=yes'], /'--direct' does not take an argument/],
    ['two tasks at once', ['--tour', '--say', 'hi'], /do not go together/],
  ];
  for (const [what, args, problem] of wrong) {
    it(`are refused in one sentence: ${what}`, () => {
      expect(problemOf(...args)).to.match(problem);
      expect(problemOf(...args)).not.to.include('\n');
    });
  }

  it('are all in the help', () => {
    const ports = ['primary-port', 'secondary-port', 'messenger-port', 'azure-port'];
    for (const option of ['tour', 'say', 'live-chat', 'direct', 'mode', 'bot', 'env', 'watch', ...ports]) {
      expect(usage(100)).to.include(`--${option} `);
    }
  });
});
