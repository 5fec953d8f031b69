import { MessageFactory } from 'botbuilder';
import { expect } from 'chai';
import { createGraphClient } from '../../helpers/graphClient.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graphErrors.ts';
import { isRefusedAsNotThreadOwner } from '../../helpers/refusedSend.ts';
import { createSendApi } from '../../helpers/sendApi.ts';
import { scriptedGraph, type Script, type ScriptedGraph } from '../support/scriptedGraph.ts';

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
    return createSendApi(client, { nextMetadata: () => 'own' });
  }
  const bodies = () => graph!.calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it('sends one message after the other and answers the id of the last', async () => {
    const api = await start(sent('m_1'), sent('m_2'));
    expect(await api.send(MessageFactory.text('x'.repeat(2001)), '76')).to.equal('m_2');
    expect(graph!.calls.map(({ path }) => path)).to.deep.equal(['/v26.0/me/messages', '/v26.0/me/messages']);
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
