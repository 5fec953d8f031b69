import { expect } from 'chai';
import { escapeUnprintable, printable } from '../../../helpers/logging/printableText.ts';

const hostile = {
  'a title and a cleared screen': '\u001b]0;PWNED\u0007\u001b[2J',
  'a title in the other way': '\u001b]0;PWNED\u001b\\',
  colours: '\u001b[31;1mred\u001b[0m',
  'a cursor that goes up': '\u001b[1Aover',
  'one byte in place of ESC and [': '\u009b2J',
  'a bell and a backspace': '\u0007\b\u007f',
  'letters turned around': 'abc\u202edcba\u202c\u2066x\u2069',
  'breaks of lines and paragraphs': 'a\u2028b\u2029c',
  'a carriage return over the line': 'good\rbad',
  'marks that nobody sees': '\u200b\u200e\u00ad\ufeff\u{e0041}',
  'half a letter': 'a\ud800b',
};
const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

describe('others’ text', () => {
  for (const [what, text] of Object.entries(hostile)) {
    it(`is on one line and obeyed by no terminal with ${what}`, () => {
      expect(printable(`name ${text}\nend`)).to.not.match(obeyed);
    });
    it(`is spelled out, with its lines, with ${what}`, () => {
      const escaped = escapeUnprintable(`name ${text}\nend`);
      expect(escaped.replaceAll('\n', '')).to.not.match(obeyed);
      expect(escaped).to.include('\nend');
    });
    it(`is the same JSON as before with ${what}`, () => {
      const json = JSON.stringify({ [text]: [text, '\\', `\\${text}`] });
      expect(JSON.parse(escapeUnprintable(json))).to.deep.equal(JSON.parse(json));
    });
  }

  it('keeps letters and signs of all languages, and signs made of several', () => {
    for (const text of ['grüße', 'สวัสดี', 'שלום', '👩‍👧', '界', '“quoted” – x…']) {
      expect(printable(text)).to.equal(text);
      expect(escapeUnprintable(text)).to.equal(text);
    }
  });
});
