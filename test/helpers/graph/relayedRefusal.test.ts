import { expect } from 'chai';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { isRefusedAsNotThreadOwner } from '../../../helpers/graph/relayedRefusal.ts';
import { connectorRefusal } from '../../support/botStage.ts';

describe('isRefusedAsNotThreadOwner', () => {
  it('is true when Graph says that another receiver, or Messenger itself, leads the conversation', () => {
    expect(isRefusedAsNotThreadOwner(new GraphApiError({ status: 400, reason: 'notThreadOwner' }))).to.be.true;
    expect(isRefusedAsNotThreadOwner(new GraphApiError({ status: 400, reason: 'automatedFlow' }))).to.be.true;
  });

  it('is false for every other refusal of Graph, which also come as HTTP 400', () => {
    for (const reason of ['outsideWindow', 'restricted', 'invalidToken', 'userUnavailable', 'unknown'] as const) {
      expect(isRefusedAsNotThreadOwner(new GraphApiError({ status: 400, reason })), reason).to.be.false;
    }
  });

  it('is false for a refusal of Bot Connector that does not say why, whatever the status', () => {
    for (const status of [302, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503]) {
      expect(isRefusedAsNotThreadOwner(connectorRefusal(status)), String(status)).to.be.false;
    }
    expect(isRefusedAsNotThreadOwner(connectorRefusal(403, 'Authorization has been denied for this request.'))).to.be
      .false;
  });

  it('believes the error of Graph that Bot Connector relays, whatever the status', () => {
    const relayed = (status: number, error: object) =>
      connectorRefusal(status, `SendActivityToUserAsync FAILED: ${JSON.stringify({ error })}`);
    expect(isRefusedAsNotThreadOwner(relayed(400, { code: 10, error_subcode: 2018300 }))).to.be.true;
    expect(isRefusedAsNotThreadOwner(relayed(500, { code: 10, error_subcode: 2018300 }))).to.be.true;
    expect(isRefusedAsNotThreadOwner(relayed(400, { code: 10, error_subcode: 2018278 }))).to.be.false;
    expect(isRefusedAsNotThreadOwner(relayed(403, { code: 190 }))).to.be.false;
  });

  it('goes by the phrases of Graph when what Bot Connector relays is not to be understood', () => {
    for (const message of ['FAILED: {"error":{"code":190', 'FAILED: {}', 'FAILED: {"error":"code 190"}']) {
      for (const status of [400, 500]) {
        expect(isRefusedAsNotThreadOwner(connectorRefusal(status, message)), message).to.be.false;
      }
    }
    const cutShort =
      'FAILED: {"error":{"message":"(#10) Message Failed To Send: Another app is controlling this thread n';
    expect(isRefusedAsNotThreadOwner(connectorRefusal(400, cutShort))).to.be.true;
    expect(isRefusedAsNotThreadOwner(connectorRefusal(403, 'The bot is not the thread owner.'))).to.be.true;
  });

  it('is false when nobody answered, and for any other error', () => {
    expect(isRefusedAsNotThreadOwner(new GraphTransportError('timeout'))).to.be.false;
    expect(isRefusedAsNotThreadOwner(Object.assign(new Error('x'), { statusCode: 400 }))).to.be.false;
    expect(isRefusedAsNotThreadOwner(Object.assign(new Error('x'), { name: 'RestError', statusCode: '400' }))).to.be
      .false;
    expect(isRefusedAsNotThreadOwner({ name: 'RestError', statusCode: 400 })).to.be.false;
    expect(isRefusedAsNotThreadOwner(undefined)).to.be.false;
  });
});
