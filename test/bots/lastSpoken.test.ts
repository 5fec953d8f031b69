import { expect } from 'chai';
import { LastSpoken } from '../../bots/lastSpoken.ts';

describe('LastSpoken', () => {
  it('measures from the last note, whatever came after it late', () => {
    const last = new LastSpoken();
    last.note({ psid: '1', timestamp: 5000 });
    last.note({ psid: '1', timestamp: 3000 });
    expect(last.silence({ psid: '1', timestamp: 7000 })).to.equal(2000);
  });

  it('begins to count with the first moment it is asked about', () => {
    const last = new LastSpoken();
    expect(last.silence({ psid: '1', timestamp: 5000 })).to.equal(0);
    expect(last.silence({ psid: '1', timestamp: 9000 })).to.equal(4000);
    last.forget({ psid: '1' });
    expect(last.silence({ psid: '1', timestamp: 12_000 })).to.equal(0);
  });

  it('knows nothing of events without customer or time', () => {
    const last = new LastSpoken();
    last.note({ timestamp: 1 });
    last.note({ psid: '1' });
    last.forget({});
    expect(last.silence({ psid: '1' })).to.equal(0);
    expect(last.silence({ timestamp: 9 })).to.equal(0);
  });

  it('keeps ten thousand customers and forgets the one not heard of for longest', () => {
    const last = new LastSpoken();
    for (let psid = 0; psid <= 10_000; psid += 1) last.note({ psid: String(psid), timestamp: 1 });
    expect(last.silence({ psid: '1', timestamp: 11 })).to.equal(10);
    expect(last.silence({ psid: '0', timestamp: 11 })).to.equal(0);
  });
});
