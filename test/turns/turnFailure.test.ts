import { expect } from 'chai';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { outcomeOfFailedCall } from '../../turns/callOutcome.ts';
import { StateConflictError, StoreUnavailableError } from '../../store/storeErrors.ts';
import { classifyTurnFailure } from '../../turns/turnFailure.ts';
import { connectorRefusal } from '../support/botStage.ts';

/** As Azure's Facebook channel relays what Graph said to it. */
function relayed(status: number, error: object): Error {
  return connectorRefusal(status, `SendActivityToUserAsync FAILED: ${JSON.stringify({ error })}`);
}

const graphError = (reason: GraphApiError['reason'], code?: number) =>
  new GraphApiError({ status: 400, reason, ...(code === undefined ? {} : { code }) });
const systemError = (code: string) => Object.assign(new Error('socket'), { code });

describe('what a failed turn says about trying again', () => {
  it('is the reason that Graph gave', () => {
    expect(classifyTurnFailure(graphError('rateLimited'))).to.equal('rateLimited');
    expect(classifyTurnFailure(graphError('invalidToken'))).to.equal('invalidToken');
    expect(classifyTurnFailure(graphError('temporary'))).to.equal('temporary');
    expect(classifyTurnFailure(graphError('notThreadOwner'))).to.equal('hopeless');
    expect(classifyTurnFailure(graphError('unknown'))).to.equal('failed');
  });

  it('is the reason that Graph gave to Azure, whatever status Azure puts it in', () => {
    for (const status of [400, 500]) {
      expect(classifyTurnFailure(relayed(status, { code: 613 })), `${status}`).to.equal('rateLimited');
      expect(classifyTurnFailure(relayed(status, { code: 190 })), `${status}`).to.equal('invalidToken');
      expect(classifyTurnFailure(relayed(status, { code: 1200 })), `${status}`).to.equal('temporary');
      expect(classifyTurnFailure(relayed(status, { code: 10, error_subcode: 2018278 }))).to.equal('hopeless');
    }
  });

  it('is the reason that Graph gave to Azure, also when the answer was put into words or cut short', () => {
    const sentences = [
      ['(#613) Calls to this api have exceeded the rate limit.', 'rateLimited'],
      ['(#4) Application request limit reached', 'rateLimited'],
      ['Too many requests, you are rate-limited.', 'rateLimited'],
      ['{"error":{"message":"Calls to this', 'hopeless'],
      ['{"error":{"type":"OAuthException","code":613,"mess', 'rateLimited'],
      ['{"error":{"code":10,"error_subcode":2018278,"mess', 'hopeless'],
      ['Error code 190, subcode 463', 'invalidToken'],
      ['Error validating access token: Session has expired', 'invalidToken'],
      ['Malformed access token EAA', 'invalidToken'],
      ['(#190) This method must be called with a Page Access Token', 'invalidToken'],
      ['(#2) Service temporarily unavailable', 'temporary'],
      ['An unexpected error has occurred. Please retry your request later.', 'temporary'],
      ['The bot is not the thread owner.', 'hopeless'],
    ] as const;
    for (const [sentence, failure] of sentences) {
      const error = connectorRefusal(400, `SendActivityToUserAsync FAILED: ${sentence}`);
      expect(classifyTurnFailure(error), sentence).to.equal(failure);
    }
    expect(classifyTurnFailure(connectorRefusal(502, 'FAILED: (#613) Calls to this api'))).to.equal('rateLimited');
    expect(classifyTurnFailure(connectorRefusal(429, 'FAILED: too much'))).to.equal('rateLimited');
    expect(classifyTurnFailure(connectorRefusal(400, 'Http status code 613 was not expected'))).to.equal('hopeless');
  });

  it('is what the status of Bot Connector tells when it relays nothing', () => {
    expect(classifyTurnFailure(connectorRefusal(429))).to.equal('rateLimited');
    expect(classifyTurnFailure(connectorRefusal(401))).to.equal('invalidToken');
    expect(classifyTurnFailure(connectorRefusal(503))).to.equal('temporary');
    expect(classifyTurnFailure(connectorRefusal(404))).to.equal('hopeless');
    expect(classifyTurnFailure(connectorRefusal(400, '<!DOCTYPE html><html></html>'))).to.equal('failed');
  });

  it('is that it passes when the network or the store is in the way', () => {
    const passing = [new GraphTransportError('timeout'), new StoreUnavailableError('full'), systemError('ECONNRESET')];
    for (const error of passing) expect(classifyTurnFailure(error), error.message).to.equal('temporary');
  });

  it("is that another turn was faster, which is nobody else's trouble", () => {
    expect(classifyTurnFailure(new StateConflictError('key'))).to.equal('conflict');
  });

  it('is a mistake of the bot otherwise', () => {
    expect(classifyTurnFailure(new TypeError('x is undefined'))).to.equal('failed');
    expect(classifyTurnFailure(systemError('ERR_INVALID_ARG_TYPE'))).to.equal('failed');
    expect(classifyTurnFailure('a text')).to.equal('failed');
  });
});

describe('a failed call', () => {
  it('had no effect when Graph refused it, but for an error that is none', () => {
    expect(outcomeOfFailedCall(graphError('rateLimited', 613))).to.equal('refused');
    expect(outcomeOfFailedCall(graphError('temporary', 2))).to.equal('refused');
    expect(outcomeOfFailedCall(graphError('temporary', 1200))).to.equal('refused');
    expect(outcomeOfFailedCall(graphError('temporary', 1))).to.equal('unknown');
  });

  it('had no effect when Azure relays such a refusal, whatever status it puts it in', () => {
    for (const status of [400, 500]) {
      expect(outcomeOfFailedCall(relayed(status, { code: 613 })), `${status}`).to.equal('refused');
      expect(outcomeOfFailedCall(relayed(status, { code: 1200 })), `${status}`).to.equal('refused');
      expect(outcomeOfFailedCall(relayed(status, { code: 1 })), `${status}`).to.equal('unknown');
    }
  });

  it('had no effect when Azure puts such a refusal into words, and may have had one when they do not say which error it was', () => {
    const worded = (words: string) =>
      outcomeOfFailedCall(connectorRefusal(500, `SendActivityToUserAsync FAILED: ${words}`));
    expect(worded('(#613) Calls to this api have exceeded the rate limit.')).to.equal('refused');
    expect(worded('Error validating access token')).to.equal('refused');
    expect(worded('Please retry your request later.')).to.equal('unknown');
  });

  it('had no effect when no connection came about', () => {
    expect(outcomeOfFailedCall(systemError('ECONNREFUSED'))).to.equal('refused');
    expect(outcomeOfFailedCall(new GraphTransportError('connection', { systemCode: 'ENOTFOUND' }))).to.equal('refused');
  });

  it('may have had one when no answer came, or one from in between', () => {
    const open = [
      systemError('ECONNRESET'),
      new GraphTransportError('timeout'),
      new GraphTransportError('unreadable', { status: 200 }),
      connectorRefusal(500),
      connectorRefusal(408),
      new Error('anything'),
    ];
    for (const error of open) expect(outcomeOfFailedCall(error), error.message).to.equal('unknown');
    expect(outcomeOfFailedCall(connectorRefusal(400))).to.equal('refused');
  });
});
