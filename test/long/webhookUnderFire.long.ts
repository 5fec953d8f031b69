import { expect } from 'chai';
import { fireBadBodies, fireForgedRequests, type FireReport } from '../support/webhookUnderFire.ts';

const print = (title: string, report: FireReport): void => {
  process.stdout.write(`${title}\n${JSON.stringify(report, undefined, 2)}\n`);
};

describe("Messenger's webhook under fire, for long", () => {
  it('refuses 5,100 forged requests and stores nothing', async () => {
    const report = await fireForgedRequests(5_100, 3);
    print('Forged requests', report);
    expect(report).to.deep.include({ sent: 5_100, stored: 0, aliveAfterwards: true });
    expect(Object.keys(report.statuses).sort()).to.deep.equal(['400', '401', '403']);
  });

  it('answers 3,000 signed bodies that make no sense with 200 and handles what is sound in them', async () => {
    const report = await fireBadBodies(3_000, 4);
    print('Signed bodies that make no sense', report);
    expect(report.statuses).to.deep.equal({ 200: 3_000 });
    expect(report).to.deep.include({ failedTurns: 0, notHandledOnce: [], aliveAfterwards: true });
  });
});
