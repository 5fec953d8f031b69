import { expect } from 'chai';
import { GraphApiError, GraphTransportError, type TransportFailure } from '../../../helpers/graph/graphErrors.ts';
import { isRefusedAsNotThreadOwner } from '../../../helpers/graph/relayedRefusal.ts';
import { outcomeOfFailedCall } from '../../../turns/callOutcome.ts';
import { recallError, recordError } from '../../../turns/journal/recordedErrors.ts';
import { classifyTurnFailure } from '../../../turns/turnFailure.ts';
import { connectorRefusal } from '../../support/botStage.ts';

const again = (error: unknown): Error => recallError(recordError(error));

describe('an error that is written down', () => {
  it('comes back as the refusal of Graph that it was', () => {
    const all = { status: 400, code: 10, subcode: 2018300, fbtraceId: 'Abc', reason: 'notThreadOwner' } as const;
    const error = again(new GraphApiError(all));
    expect(error).to.be.instanceOf(GraphApiError).and.include(all);
    expect(error.message).to.equal(new GraphApiError(all).message);
    expect(isRefusedAsNotThreadOwner(error)).to.equal(true);
  });

  it('comes back without the numbers that Graph did not give', () => {
    const error = again(new GraphApiError({ status: 503, reason: 'temporary' }));
    expect(error).to.include({ status: 503, reason: 'temporary' });
    expect(error).to.include({ code: undefined, subcode: undefined, fbtraceId: undefined });
  });

  it('comes back with every reason', () => {
    const reasons: readonly GraphApiError['reason'][] = [
      ...(['notThreadOwner', 'alreadyThreadOwner', 'notPrimaryReceiver', 'noDefaultApp', 'invalidTarget'] as const),
      ...(['automatedFlow', 'outsideWindow', 'restricted', 'invalidToken', 'permission', 'rateLimited'] as const),
      ...(['temporary', 'userUnavailable', 'unknown'] as const),
    ];
    for (const reason of reasons) expect(again(new GraphApiError({ status: 400, reason }))).to.include({ reason });
  });

  it('comes back as the call without an answer that it was', () => {
    const failures: readonly TransportFailure[] = ['connection', 'timeout', 'redirect', 'tooLarge', 'unreadable'];
    for (const failure of failures) {
      expect(again(new GraphTransportError(failure)))
        .to.be.instanceOf(GraphTransportError)
        .and.include({ failure });
    }
    const details = { status: 502, systemCode: 'ECONNRESET' };
    expect(again(new GraphTransportError('unreadable', details))).to.include(details);
  });

  it('comes back as the refusal of Bot Connector that it was', () => {
    const refusal = connectorRefusal(403, 'FAILED: {"error":{"code":10,"error_subcode":2018300}}');
    const error = again(refusal);
    expect(error).to.include({ name: 'RestError', statusCode: 403, message: refusal.message });
    expect(isRefusedAsNotThreadOwner(error)).to.equal(true);
  });

  it('says the same about trying again as before', () => {
    const errors = [
      new GraphApiError({ status: 400, code: 613, reason: 'rateLimited' }),
      new GraphTransportError('connection', { systemCode: 'ECONNREFUSED' }),
      connectorRefusal(503),
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
      new TypeError('x is undefined'),
    ];
    for (const error of errors) {
      expect(classifyTurnFailure(again(error)), error.message).to.equal(classifyTurnFailure(error));
      expect(outcomeOfFailedCall(again(error)), error.message).to.equal(outcomeOfFailedCall(error));
    }
  });

  it('keeps its name, sentence and system code, and nothing else', () => {
    const error = Object.assign(new RangeError('too much'), {
      code: 'ERANGE',
      config: { headers: 'not-a-real-token' },
    });
    expect(recordError(error)).to.not.contain('not-a-real-token');
    expect(again(error)).to.include({ name: 'RangeError', message: 'too much', code: 'ERANGE' });
    expect(again(error)).to.not.have.property('config');
    expect(again('a text')).to.include({ name: 'Error', message: 'a text' });
  });

  it('is an error also when what was written makes no sense', () => {
    expect(recallError('{"as":"GraphApiError","reason":"strange"}')).to.include({ status: 0, reason: 'unknown' });
    expect(recallError('{"as":"GraphTransportError"}')).to.include({ failure: 'unreadable' });
    expect(recallError('{}')).to.include({ name: 'Error', message: '' });
  });
});
