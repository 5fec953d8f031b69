import { expect } from 'chai';
import { forgeryKinds, troubleKinds } from '../support/webhookFuzz.ts';
import { fireBadBodies, fireForgedRequests } from '../support/webhookUnderFire.ts';

// `test/long/webhookUnderFire.long.ts` does the same with many more.
describe("Messenger's webhook under fire", () => {
  it('refuses 510 forged requests of every kind and stores nothing', async () => {
    const report = await fireForgedRequests(510, 1);
    expect(report).to.deep.include({ sent: 510, stored: 0, aliveAfterwards: true });
    expect(Object.keys(report.statuses).sort()).to.deep.equal(['400', '401', '403']);
    expect(Object.keys(report.kinds)).to.have.members(forgeryKinds);
  });

  it('answers 450 signed bodies that make no sense with 200 and handles what is sound in them', async () => {
    const report = await fireBadBodies(450, 2);
    expect(report.statuses).to.deep.equal({ 200: 450 });
    expect(report).to.deep.include({ failedTurns: 0, notHandledOnce: [], aliveAfterwards: true });
    expect(report.neighbours).to.be.above(600);
    expect(Object.keys(report.kinds)).to.have.members(troubleKinds).and.to.have.length.of.at.least(14);
  });
});
