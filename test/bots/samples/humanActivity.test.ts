import { expect } from 'chai';
import { HumanActivity } from '../../../bots/samples/humanActivity.ts';
import { createRecentStorage } from '../../../helpers/recentStorage.ts';

describe('LastSpoken', () => {
  const lastSpoken = (storage = createRecentStorage(), appId = '1000') => new HumanActivity({ storage, appId });

  it('measures from the last note, whatever came after it late', async () => {
    const last = lastSpoken();
    await last.note({ pageId: '108', psid: '1', timestamp: 5000 });
    await last.note({ pageId: '108', psid: '1', timestamp: 3000 });
    expect(await last.silence({ pageId: '108', psid: '1', timestamp: 7000 })).to.equal(2000);
  });

  it('begins to count with the first moment it is asked about', async () => {
    const last = lastSpoken();
    expect(await last.silence({ psid: '1', timestamp: 5000 })).to.equal(0);
    expect(await last.silence({ psid: '1', timestamp: 9000 })).to.equal(4000);
    await last.forget({ psid: '1' });
    expect(await last.silence({ psid: '1', timestamp: 12_000 })).to.equal(0);
  });

  it('knows nothing of events without customer or time', async () => {
    const last = lastSpoken();
    await last.note({ timestamp: 1 });
    await last.note({ psid: '1' });
    await last.forget({});
    expect(await last.silence({ psid: '1' })).to.equal(0);
    expect(await last.silence({ timestamp: 9 })).to.equal(0);
  });

  it('knows of others what another one noted in the same storage, for the same app and Page alone', async () => {
    const storage = createRecentStorage();
    const moment = { pageId: '108', psid: '1', timestamp: 5000 };
    await lastSpoken(storage).note(moment);
    const later = { ...moment, timestamp: 7000 };
    expect(await lastSpoken(storage).silence(later)).to.equal(2000);
    expect(await lastSpoken(storage).silence({ ...later, pageId: '109' })).to.equal(0);
    expect(await lastSpoken(storage, '2000').silence(later)).to.equal(0);
  });
});

describe('a storage for bots that were given no other', () => {
  it('forgets what was written first', async () => {
    const storage = createRecentStorage(2);
    await storage.write({ a: { n: 1 }, b: { n: 2 } });
    await storage.write({ a: { n: 3 } });
    await storage.write({ c: { n: 4 } });
    expect(await storage.read(['a', 'b', 'c', 'd'])).to.deep.equal({ a: { n: 3 }, c: { n: 4 } });
    await storage.delete(['a']);
    expect(await storage.read(['a'])).to.deep.equal({});
  });

  it('gives copies', async () => {
    const storage = createRecentStorage();
    const item = { n: 1 };
    await storage.write({ a: item });
    item.n = 2;
    expect(await storage.read(['a'])).to.deep.equal({ a: { n: 1 } });
  });
});
