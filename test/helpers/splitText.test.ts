import { expect } from 'chai';
import { cutText, splitText } from '../../helpers/splitText.ts';

const family = '👨‍👩‍👧‍👦';

describe('splitText', () => {
  it('leaves a text that fits as it is', () => {
    expect(splitText('hello', 5)).to.deep.equal(['hello']);
    expect(splitText('', 5)).to.deep.equal([]);
  });

  it('loses nothing and stays below the limit', () => {
    const text = `${'word '.repeat(50)}${family.repeat(30)}\n${'x'.repeat(100)} ende\u0301`;
    for (const limit of [12, 13, 40, 100]) {
      const pieces = splitText(text, limit);
      expect(pieces.join('')).to.equal(text);
      for (const piece of pieces) expect(piece.length).to.be.within(1, limit);
    }
  });

  it('cuts after white space when there is any in the second half of a piece', () => {
    expect(splitText('one two three four', 10)).to.deep.equal(['one two ', 'three four']);
    expect(splitText('a bcdefghijklmnop', 10)).to.deep.equal(['a bcdefghi', 'jklmnop']);
  });

  it('never cuts what a reader takes for one character', () => {
    expect(splitText(`ab${family}`, 12)).to.deep.equal(['ab', family]);
    expect(splitText('xxe\u0301', 3)).to.deep.equal(['xx', 'e\u0301']);
    expect(splitText('🇩🇪🇫🇷', 4)).to.deep.equal(['🇩🇪', '🇫🇷']);
  });

  it('cuts between code points what is longer than a whole piece', () => {
    const endless = `a${'\u0301'.repeat(10)}`;
    expect(splitText(endless, 4).map(({ length }) => length)).to.deep.equal([4, 4, 3]);
    expect(splitText(family, 4).join('')).to.equal(family);
    for (const piece of splitText(family, 4)) expect(piece.isWellFormed()).to.equal(true);
  });
});

describe('cutText', () => {
  it('keeps as many whole characters as fit', () => {
    expect(cutText('hello', 5)).to.equal('hello');
    expect(cutText('hello!', 5)).to.equal('hello');
    expect(cutText(`abc${family}`, 8)).to.equal('abc');
  });
});

describe('splitText and cutText with less room than one character takes', () => {
  it('end, with the character whole', () => {
    expect(splitText('a👍b', 1)).to.deep.equal(['a', '👍', 'b']);
    expect(cutText('👍', 1)).to.equal('👍');
  });
});
