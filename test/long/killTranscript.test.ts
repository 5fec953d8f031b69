import { expect } from 'chai';
import { compareTranscript, type ExpectedTurn } from './killTranscript.ts';

const turn = (n: number, parked = false): ExpectedTurn => ({ texts: [`${n} first`, 'Anything else?'], parked });
const all = ['1 first', 'Anything else?', '2 first', 'Anything else?', '3 first', 'Anything else?'];
const compare = (seen: readonly string[], turns = [turn(1), turn(2), turn(3)]) => compareTranscript(turns, seen);
const nothing = { lost: 0, doubled: 0, reordered: 0 };

describe('the count of the kill test', () => {
  it('finds nothing where everything was said once and in order', () => {
    expect(compare(all)).to.deep.equal(nothing);
  });

  it('finds what is missing', () => {
    expect(compare(all.toSpliced(2, 1))).to.include({ lost: 2 });
    expect(compare(all.toSpliced(3, 1))).to.deep.equal({ ...nothing, lost: 1 });
    expect(compare([])).to.deep.equal({ ...nothing, lost: 6 });
  });

  it('finds what was said twice, words that come in every turn too', () => {
    expect(compare(all.toSpliced(2, 0, '1 first', 'Anything else?'))).to.include({ doubled: 2 });
    expect(compare(all.toSpliced(2, 0, 'Anything else?'))).to.deep.equal({ ...nothing, doubled: 1 });
  });

  it('finds what was said and never asked for', () => {
    expect(compare([...all, '4 first'])).to.deep.equal({ ...nothing, doubled: 1 });
  });

  it('finds what was said too late', () => {
    expect(compare(['2 first', 'Anything else?', '1 first', 'Anything else?', ...all.slice(4)])).to.deep.equal({
      ...nothing,
      reordered: 1,
    });
  });

  it('does not mind what is missing of a turn that was given up, but counts the rest of it', () => {
    const turns = [turn(1), turn(2, true), turn(3)];
    expect(compare(all.toSpliced(2, 2), turns)).to.deep.equal(nothing);
    expect(compare(all.toSpliced(3, 1), turns)).to.deep.equal(nothing);
    expect(compare(all.toSpliced(2, 0, '2 first'), turns)).to.include({ doubled: 1 });
  });
});
