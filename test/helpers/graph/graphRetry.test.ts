import { expect } from 'chai';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import type { GraphErrorReason } from '../../../helpers/graph/classifyGraphError.ts';
import { longestDelayMs, retryDelay } from '../../../helpers/graph/graphRetry.ts';
import type { FailedAttempt } from '../../../helpers/graph/graphRetry.ts';

function refusal(reason: GraphErrorReason, code?: number): GraphApiError {
  return new GraphApiError({ status: 400, reason, ...(code === undefined ? {} : { code }) });
}

function delayAfter(failure: FailedAttempt['failure'], more: Partial<FailedAttempt> = {}): number | undefined {
  return retryDelay({ method: 'POST', attempts: 1, retries: 2, random: 0.5, failure, ...more });
}

describe('the retry rule', () => {
  it('repeats reads and writes after a rate limit and after a definite temporary refusal', () => {
    for (const method of ['GET', 'POST'] as const) {
      expect(delayAfter(refusal('rateLimited', 613), { method })).to.equal(250);
      expect(delayAfter(refusal('temporary', 2), { method })).to.equal(250);
      expect(delayAfter(refusal('temporary', 1200), { method })).to.equal(250);
    }
  });

  it('repeats only reads after an error that does not say whether anything happened', () => {
    const unsure = [
      refusal('temporary', 1),
      refusal('temporary'),
      new GraphTransportError('timeout'),
      new GraphTransportError('connection'),
      new GraphTransportError('unreadable', { status: 502 }),
    ];
    for (const failure of unsure) {
      expect(delayAfter(failure, { method: 'GET' }), failure.message).to.equal(250);
      expect(delayAfter(failure, { method: 'POST' }), failure.message).to.equal(undefined);
    }
  });

  it('repeats nothing after a definite refusal', () => {
    const reasons: GraphErrorReason[] = [
      'notThreadOwner',
      'alreadyThreadOwner',
      'notPrimaryReceiver',
      'noDefaultApp',
      'invalidTarget',
      'automatedFlow',
      'outsideWindow',
      'restricted',
      'invalidToken',
      'permission',
      'userUnavailable',
      'unknown',
    ];
    for (const reason of reasons) expect(delayAfter(refusal(reason), { method: 'GET' }), reason).to.equal(undefined);
  });

  it('repeats nothing after an answer that would be the same again', () => {
    for (const failure of ['redirect', 'tooLarge', 'unreadable'] as const) {
      const error = new GraphTransportError(failure, { status: 200 });
      expect(delayAfter(error, { method: 'GET' }), failure).to.equal(undefined);
    }
  });

  it('stops when the retries are used up', () => {
    expect(delayAfter(refusal('rateLimited'), { attempts: 2 })).to.equal(500);
    expect(delayAfter(refusal('rateLimited'), { attempts: 3 })).to.equal(undefined);
    expect(delayAfter(refusal('rateLimited'), { retries: 0 })).to.equal(undefined);
  });

  it('waits a random time below a bound that doubles up to the longest wait', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map((attempts) =>
      delayAfter(refusal('rateLimited'), { attempts, retries: 99, random: 1 }),
    );
    expect(waits).to.deep.equal([500, 1000, 2000, 4000, 8000, 8000, 8000]);
    expect(delayAfter(refusal('rateLimited'), { random: 0 })).to.equal(0);
  });

  it('waits at least as long as the answer asked for', () => {
    expect(delayAfter(refusal('rateLimited'), { retryAfterMs: 3000 })).to.equal(3000);
    expect(delayAfter(refusal('rateLimited'), { retryAfterMs: 100 })).to.equal(250);
  });

  it('gives up when the answer asked for more than the longest wait', () => {
    expect(delayAfter(refusal('rateLimited'), { retryAfterMs: longestDelayMs + 1 })).to.equal(undefined);
  });
});
