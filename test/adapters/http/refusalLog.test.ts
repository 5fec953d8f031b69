import { expect } from 'chai';
import { createRefusalLog } from '../../../adapters/http/refusalLog.ts';
import { RequestRefusedError } from '../../../adapters/http/answer.ts';
import { createManualClock } from '../../support/manualClock.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

describe('the log of refused requests', () => {
  function stage(remoteAddresses = false) {
    const logger = createRecordingLogger();
    const clock = createManualClock();
    const log = createRefusalLog({ logger, remoteAddresses, after: clock.after });
    const refuse = (status: number, reason: string, remoteAddress = '192.0.2.1') =>
      log.refused({ socket: { remoteAddress } }, new RequestRefusedError(status, reason));
    const lines = () => logger.lines.map(({ level, fields }) => ({ level, ...fields }));
    return { clock, log, refuse, lines };
  }

  it('says the first of a kind at once, and the number of others when the minute is over', () => {
    const { clock, refuse, lines } = stage();
    for (let i = 0; i < 10_000; i += 1) refuse(401, 'No token.');
    refuse(403, 'Another.');
    expect(lines()).to.deep.equal([
      { level: 'warn', status: 401, reason: 'No token.' },
      { level: 'warn', status: 403, reason: 'Another.' },
    ]);
    clock.pass(60_000);
    expect(lines().slice(2)).to.deep.equal([{ level: 'warn', status: 401, reason: 'No token.', count: 9_999 }]);
  });

  it('writes two lines a minute at most for a kind, however many come for however long', () => {
    const { clock, refuse, lines } = stage();
    for (let second = 0; second < 3_600; second += 1) {
      for (let i = 0; i < 20; i += 1) refuse(401, 'No token.');
      clock.pass(1_000);
    }
    expect(lines()).to.have.length(61);
    const told = lines().reduce((sum, line) => sum + ((Reflect.get(line, 'count') as number | undefined) ?? 1), 0);
    expect(told).to.equal(72_000);
  });

  it('says the first at once again after a minute without any', () => {
    const { clock, refuse, lines } = stage();
    refuse(401, 'No token.');
    clock.pass(60_001);
    refuse(401, 'No token.');
    expect(lines()).to.have.length(2);
    expect(lines()[1]).to.not.have.property('count');
  });

  it('loses no count at the end', () => {
    const { log, refuse, lines } = stage();
    refuse(401, 'No token.');
    refuse(401, 'No token.');
    log.flush();
    log.flush();
    expect(lines().slice(1)).to.deep.equal([{ level: 'warn', status: 401, reason: 'No token.', count: 1 }]);
  });

  it('names addresses only when told to', () => {
    const { refuse, lines } = stage(true);
    refuse(401, 'No token.');
    expect(lines()).to.deep.equal([{ level: 'warn', status: 401, reason: 'No token.', remoteAddress: '192.0.2.1' }]);
  });

  it('holds a hundred kinds at most', () => {
    const { refuse, lines } = stage();
    for (let i = 0; i < 1_000; i += 1) refuse(400, `Reason ${i}`);
    expect(lines()).to.have.length(101);
  });
});
