import { MessageFactory } from 'botbuilder';
import { expect } from 'chai';
import { createGraphClient } from '../../../helpers/graph/graphClient.ts';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { isRefusedAsNotThreadOwner } from '../../../helpers/graph/relayedRefusal.ts';
import { createSendApi } from '../../../adapters/messenger/sendApi.ts';
import { scriptedGraph, type Script, type ScriptedGraph } from '../../support/scriptedGraph.ts';

const sent = (id: string): Script => ({ json: { recipient_id: '76', message_id: id } });

describe('the Send API', () => {
  let graph: ScriptedGraph | undefined;
  afterEach(async () => {
    await graph?.close();
    graph = undefined;
  });

  async function start(...scripts: Script[]) {
    graph = await scriptedGraph(...scripts);
    const client = createGraphClient({ pageToken: 'fake-page-token', baseUrl: graph.url, retries: 0 });
    return createSendApi(client, { send: (_message, perform) => perform('own') });
  }
  const bodies = () => graph!.calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it('sends one message after the other and answers the id of the last', async () => {
    const api = await start(sent('m_1'), sent('m_2'));
    expect(await api.send(MessageFactory.text('x'.repeat(2001)), '76')).to.equal('m_2');
    expect(graph!.calls.map(({ path }) => path)).to.deep.equal(['/v27.0/me/messages', '/v27.0/me/messages']);
    expect(bodies()[1]).to.deep.equal({
      recipient: { id: '76' },
      messaging_type: 'RESPONSE',
      message: { text: 'x', metadata: 'own' },
    });
  });

  it('answers no id for what is no message', async () => {
    const api = await start({ json: { recipient_id: '76' } });
    expect(await api.send({ type: 'typing' }, '76')).to.equal(undefined);
    expect(bodies()).to.deep.equal([{ recipient: { id: '76' }, sender_action: 'typing_on' }]);
  });

  it('stops at the first message that is refused, with an error that tells why', async () => {
    const error = { message: '(#10) another app is controlling this thread now.', code: 10, error_subcode: 2018300 };
    const api = await start(sent('m_1'), { status: 400, json: { error } });
    const refusal = await api.send(MessageFactory.text('x'.repeat(6000)), '76').catch((err: unknown) => err);
    expect(refusal).to.be.instanceOf(GraphApiError).and.to.include({ reason: 'notThreadOwner' });
    expect(isRefusedAsNotThreadOwner(refusal)).to.equal(true);
    expect(graph!.calls).to.have.length(2);
  });

  for (const script of ['reset', { json: {} }, { text: 'ok' }] satisfies Script[]) {
    it(`does not send again when it is unknown whether it was sent: ${JSON.stringify(script)}`, async () => {
      const api = await start(script, sent('m_2'));
      const failure = await api.send(MessageFactory.text('hello'), '76').catch((err: unknown) => err);
      expect(failure).to.be.instanceOf(GraphTransportError);
      expect(graph!.calls).to.have.length(1);
    });
  }

  it('tells what it is about to send, word for word the same whenever the turn runs, and marks what is sent', async () => {
    graph = await scriptedGraph(sent('m_1'), sent('m_2'), { json: { recipient_id: '76' } });
    const told: unknown[] = [];
    const client = createGraphClient({ pageToken: 'fake-page-token', baseUrl: graph.url });
    const api = createSendApi(client, {
      send: async (message, perform) => {
        const result = await perform(`mark-${told.length}`);
        told.push([message, result]);
        return result;
      },
    });
    await api.send(MessageFactory.text('one'), '76');
    await api.send({ ...MessageFactory.text('two'), channelData: { message: { metadata: 'mine' } } }, '76');
    await api.send({ type: 'typing' }, '76');
    const call = { recipient: { id: '76' }, messaging_type: 'RESPONSE' };
    const typing = { recipient: { id: '76' }, sender_action: 'typing_on' };
    expect(told).to.deep.equal([
      [{ content: { ...call, message: { text: 'one' } }, text: 'one', duplicate: 'visible' }, { id: 'm_1' }],
      [
        { content: { ...call, message: { text: 'two', metadata: 'mine' } }, text: 'two', duplicate: 'visible' },
        { id: 'm_2' },
      ],
      [{ content: typing, text: '', duplicate: 'harmless' }, { id: '' }],
    ]);
    expect(bodies()).to.deep.equal([
      { ...call, message: { text: 'one', metadata: 'mark-0' } },
      { ...call, message: { text: 'two', metadata: 'mine' } },
      typing,
    ]);
  });

  it('gives each message an id of its own unless it is told one', async () => {
    graph = await scriptedGraph(sent('m_1'), sent('m_2'));
    const api = createSendApi(createGraphClient({ pageToken: 'fake-page-token', baseUrl: graph.url }));
    await api.send(MessageFactory.text('one'), '76');
    await api.send(MessageFactory.text('two'), '76');
    const metadata = bodies().map(({ message }) => (message as { metadata: string }).metadata);
    expect(new Set(metadata).size).to.equal(2);
    for (const own of metadata) expect(own.length).to.be.within(16, 1000);
  });
});
