import { expect } from 'chai';
import { runBacklog, runOutage } from './outageRun.ts';

describe('A bot whose platform is down for ten minutes', function () {
  this.timeout(60_000);

  it('loses nothing of what it acknowledged, doubles nothing, keeps the order, and asks seldom', async () => {
    const result = await runOutage({ events: 300, conversations: 50, step: 10 });
    expect(result).to.include({ events: 300, lost: 0, doubled: 0, reordered: 0, parked: 0 });
    expect(result.waitingAtTheEnd).to.be.greaterThan(240);
    expect(result.callsWhileDown).to.be.within(10, 60);
    const slowedDown = 'the platform keeps failing for the page, so it is slowed down';
    expect(result.alarms[slowedDown]).to.equal(1);
    expect(result.alarms['turn'], 'one line for each attempt').to.be.lessThan(60);
  });

  it('refuses what goes beyond its limit, and takes more by itself when that is worked off', async () => {
    const result = await runBacklog({ maxWaiting: 400, conversations: 50 });
    expect(result).to.include({ lost: 0, doubled: 0, reordered: 0, parked: 0 });
    expect(result.whenFull).to.deep.equal([503, 503]);
    expect(result.later).to.deep.equal([200, 200]);
  });
});
