import { expect } from 'chai';
import { usage } from '../../playground/arguments.ts';
import { paragraph, table } from '../../playground/paragraph.ts';
import { columnsOf, widthOf } from '../../playground/textWidth.ts';
import { commandHelp, shortHelp } from '../../playground/typedCommand.ts';

describe('Text for a terminal', () => {
  it('keeps the breaks that it has and adds those that it needs', () => {
    expect(paragraph('one two three\n\nfour', 8)).to.equal('one two\nthree\n\nfour');
  });

  const rows = [
    ['short', 'words that do not fit on one line beside it'],
    ['much longer', 'words'],
  ];
  it('has cells beside each other where there is room, the last one with a hanging indent', () => {
    expect(table(rows, [8], 36).split('\n')).to.deep.equal([
      '  short   words that do not fit on',
      '          one line beside it',
      '  much longer words',
    ]);
  });

  it('has cells below each other where there is little room', () => {
    expect(table(rows, [8], 30).split('\n')).to.deep.equal([
      '  short',
      '    words that do not fit on',
      '    one line beside it',
      '  much longer',
      '    words',
    ]);
  });

  it('takes 100 columns where nobody knows, and what the terminal has within reason', () => {
    expect([{}, { columns: 0 }, { columns: 200 }, { columns: 80 }, { columns: 3 }].map(columnsOf)).to.deep.equal([
      100, 100, 100, 80, 20,
    ]);
  });

  for (const width of [20, 40, 80, 100]) {
    it(`is never wider than ${width} columns in any help`, () => {
      for (const text of [usage(width), commandHelp(width), shortHelp(width)]) {
        for (const line of text.split('\n')) expect(widthOf(line), line).to.be.at.most(width);
      }
    });
  }
});
