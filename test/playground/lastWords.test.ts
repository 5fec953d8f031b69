import { expect } from 'chai';
import { lastWords } from '../../playground/lastWords.ts';

const log = (level: string, more: object): string => JSON.stringify({ level, time: 'now', ...more });

describe('The last words of a bot', () => {
  const rows: readonly (readonly [string, readonly string[], string | undefined])[] = [
    [
      'are the error that it threw, without where it stood',
      [
        log('info', { msg: 'the bot is listening' }),
        'file:///bots/primaryBot.ts:12',
        "    throw new TypeError('no text');",
        '          ^',
        '',
        'TypeError: no text',
        '    at PrimaryBot.run (file:///bots/primaryBot.ts:12:11)',
        '',
        'Node.js v24.21.0',
      ],
      'TypeError: no text',
    ],
    [
      'leave out the bracket that opens what else Node prints of an error',
      ['Error: listen EADDRINUSE: address already in use {', "  code: 'EADDRINUSE'", '}'],
      'Error: listen EADDRINUSE: address already in use',
    ],
    [
      'are the error that it logged last',
      [log('error', { err: { message: 'The disk is full.' }, msg: 'closing failed' }), log('info', { msg: 'closing' })],
      'closing failed: The disk is full.',
    ],
    [
      'are its sentence when that looks like no error',
      ['The settings are wrong:', '  Colour is missing.', ''],
      'Colour is missing.',
    ],
    ['are none when it only logged that all was well', [log('info', { msg: 'the bot is listening' })], undefined],
    ['are none when it wrote nothing', [], undefined],
  ];
  for (const [what, lines, words] of rows) it(what, () => expect(lastWords(lines)).to.equal(words));
});
