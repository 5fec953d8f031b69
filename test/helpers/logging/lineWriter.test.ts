import { expect } from 'chai';
import { createLineWriter } from '../../../helpers/logging/lineWriter.ts';
import { createManualClock } from '../../support/manualClock.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('a writer of lines', () => {
  /** A reader with room for so many bytes, which the test gives. */
  function stage({ room = Infinity, maxWaiting = 100 } = {}) {
    const clock = createManualClock();
    const state = { room, written: '', fails: undefined as string | undefined, paused: 0, missing: [] as number[] };
    const writer = createLineWriter({
      maxWaiting,
      write: (bytes) => {
        if (state.fails !== undefined) throw failure(state.fails);
        const count = Math.min(bytes.length, state.room);
        if (count === 0) throw failure('EAGAIN');
        state.room -= count;
        state.written += Buffer.from(bytes.subarray(0, count)).toString();
        return count;
      },
      pause: (ms) => (state.paused += ms),
      after: clock.after,
      whenWorksAgain: (dropped) => {
        state.missing.push(dropped);
        writer.write(`${dropped} missing\n`);
      },
    });
    return { clock, state, writer };
  }

  it('writes at once while somebody reads', () => {
    const { state, writer } = stage();
    writer.write('one\n');
    expect(state.written).to.equal('one\n');
    expect(state.paused).to.equal(0);
  });

  it('waits for nobody for long, and never again before everything is read', () => {
    const { state, writer } = stage({ room: 2 });
    for (let i = 0; i < 1_000; i += 1) writer.write('line\n');
    expect(state.written).to.equal('li');
    expect(state.paused).to.equal(200);
  });

  it('goes on where it stopped, in order, and says how many lines are missing', () => {
    const { clock, state, writer } = stage({ room: 2, maxWaiting: 20 });
    for (let i = 0; i < 10; i += 1) writer.write(`line${i}\n`);
    state.room = 7;
    clock.pass(100);
    expect(state.written).to.equal('line0\nlin');
    state.room = Infinity;
    clock.pass(100);
    expect(state.written).to.equal('line0\nline1\nline2\n7 missing\n');
    writer.write('more\n');
    expect(state.written).to.equal('line0\nline1\nline2\n7 missing\nmore\n');
    expect(state.missing).to.deep.equal([7]);
  });

  it('gives a reader that is only behind the time to read', () => {
    let turns = 0;
    const writer = createLineWriter({
      write: (bytes) => {
        turns += 1;
        if (turns % 3 !== 0) throw failure('EAGAIN');
        return bytes.length;
      },
      pause: () => undefined,
      after: () => expect.fail('nothing has to be tried later'),
    });
    for (let i = 0; i < 90; i += 1) writer.write('x\n');
    expect(turns).to.equal(270);
  });

  for (const code of ['EPIPE', 'EBADF', 'EIO', 'ENOSPC']) {
    it(`goes on after ${code}, and says what is missing once it is over`, () => {
      const { state, writer } = stage();
      state.fails = code;
      for (let i = 0; i < 5_000; i += 1) writer.write('line\n');
      expect([state.written, state.paused, state.missing]).to.deep.equal(['', 0, []]);
      state.fails = undefined;
      writer.write('again\n');
      expect(state.written).to.equal('again\n5000 missing\n');
    });
  }

  it('drops what waits when the reader goes away', () => {
    const { clock, state, writer } = stage({ room: 0 });
    writer.write('one\n');
    state.fails = 'EPIPE';
    clock.pass(100);
    state.fails = undefined;
    state.room = Infinity;
    writer.write('two\n');
    expect(state.written).to.equal('two\n1 missing\n');
  });

  it('writes what waits at the end, and waits for that as long as it is told', () => {
    const { state, writer } = stage({ room: 0 });
    writer.write('one\n');
    writer.flush(50);
    expect(state.paused).to.equal(250);
    state.room = Infinity;
    writer.flush(50);
    expect([state.written, state.paused]).to.deep.equal(['one\n', 250]);
  });
});
