import { expect } from 'chai';
import { runDeploys } from './deployRun.ts';

describe('a bot that is replaced by another process under load', function () {
  this.timeout(120_000);

  // Every way of following another process is in the long form, `npm run test:deploy`.
  it('refuses nobody and loses and doubles nothing on a socket that is inherited', async () => {
    const result = await runDeploys({
      mode: 'inherited',
      deploys: 1,
      rate: 20,
      betweenMs: 500,
      graphMs: 200,
      seed: 4711,
    });
    expect(result.events).to.be.greaterThan(10);
    // Connections that break on a machine which is too busy to take them are counted by the long form, and delivered again here.
    expect(result).to.include({ refused: 0, lost: 0, doubled: 0, parked: 0, badExits: 0 });
  });
});
