import { expect } from 'chai';
import { commandHelp, readTypedCommand, type TypedCommand } from '../../playground/typedCommand.ts';

describe('What is typed at the prompt', () => {
  const rows: readonly (readonly [string, TypedCommand])[] = [
    ['hello there ', { type: 'say', text: 'hello there' }],
    ['2', { type: 'tap', number: 2 }],
    ['2 pizzas', { type: 'say', text: '2 pizzas' }],
    ['/say 2', { type: 'say', text: '2' }],
    ['/say /done', { type: 'say', text: '/done' }],
    ['/inbox How can I help?', { type: 'reply', text: 'How can I help?' }],
    ['/done', { type: 'markAsDone' }],
    ['/main', { type: 'moveToMain' }],
    ['/MAIN', { type: 'moveToMain' }],
    ['/ai', { type: 'ai' }],
    ['/ai We open at nine.', { type: 'ai', text: 'We open at nine.' }],
    ['/ai-back', { type: 'aiBack', event: 'pass' }],
    ['/ai-back wants to buy', { type: 'aiBack', event: 'pass', note: 'wants to buy' }],
    ['/ai-leave', { type: 'aiBack', event: 'none' }],
    ['/owner', { type: 'owner' }],
    ['/mode classic', { type: 'mode', mode: 'classic' }],
    ['/mode', { type: 'mode' }],
    ['/clock', { type: 'clock' }],
    ['/restart', { type: 'restart' }],
    ['/log', { type: 'log' }],
    ['/clock 24h', { type: 'moveClock', ms: 86_400_000 }],
    ['/clock 90 s', { type: 'moveClock', ms: 90_000 }],
    ['/clock 30m', { type: 'moveClock', ms: 1_800_000 }],
    ['/clock +20m', { type: 'moveClock', ms: 1_200_000 }],
    ['/clock 5 min', { type: 'moveClock', ms: 300_000 }],
    ['/clock 18:30', { type: 'moveClockTo', timeOfDay: '18:30' }],
    ['/clock 7d', { type: 'moveClock', ms: 604_800_000 }],
    ['/help', { type: 'help' }],
    ['/quit', { type: 'quit' }],
    ['', { type: 'nothing' }],
    ['   ', { type: 'nothing' }],
  ];
  for (const [line, command] of rows) {
    it(`"${line}" means ${JSON.stringify(command)}`, () => expect(readTypedCommand(line)).to.deep.equal(command));
  }

  for (const line of [
    '/inbox',
    '/say',
    '/mode open',
    '/clock soon',
    '/clock -5m',
    '/clock 24:00',
    '/clock 9:60',
    '/clock 5 months',
    '/donee',
  ]) {
    it(`"${line}" gets a sentence about what is wrong`, () => {
      const read = readTypedCommand(line);
      expect(read.type === 'wrong' && read.problem).to.include(line.split(' ')[0]);
    });
  }

  it('has a line of help for every command', () => {
    for (const name of ['say', 'inbox', 'done', 'main', 'owner', 'mode', 'clock', 'restart', 'log', 'help', 'quit']) {
      expect(commandHelp(80)).to.include(`/${name}`);
      expect(readTypedCommand(`/${name}`)).not.to.deep.include({
        problem: `There is no command /${name}; /help shows all.`,
      });
    }
  });
});
