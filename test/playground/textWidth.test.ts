import { expect } from 'chai';
import { cut, widthOf, wrap } from '../../playground/textWidth.ts';

describe('Lines of a timeline', () => {
  it('break at spaces', () => {
    expect(wrap('one two three four', 9)).to.deep.equal(['one two', 'three', 'four']);
  });

  it('break inside a word only when the word alone is too long', () => {
    expect(wrap('a bcdefghij k', 4)).to.deep.equal(['a', 'bcde', 'fghi', 'j k']);
  });

  it('do not break at a no-break space, which is an ordinary one afterwards', () => {
    expect(wrap('1\u00a0first 2\u00a0second', 10)).to.deep.equal(['1 first', '2 second']);
  });

  it('are one empty line for an empty text', () => {
    expect(wrap('', 10)).to.deep.equal(['']);
  });

  it('count two columns for emoji and East Asian letters, one for an accented letter', () => {
    expect(widthOf('a😀')).to.equal(3);
    expect(widthOf('漢字')).to.equal(4);
    expect(widthOf('👨‍👩‍👧')).to.equal(2);
    expect(widthOf('e\u0301')).to.equal(1);
  });

  it('keep letters of several code points together', () => {
    expect(wrap('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 4)).to.deep.equal(['👨‍👩‍👧👨‍👩‍👧', '👨‍👩‍👧']);
    expect(cut('漢', 1)).to.equal('漢');
  });

  it('carry nothing that could move the cursor, change colours or turn the direction of writing', () => {
    expect(wrap('a\u001b[31mb\r\nc\td\u202ee\u0007', 40)).to.deep.equal(['a[31mb  c de']);
  });
});
