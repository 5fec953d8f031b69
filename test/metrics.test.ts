import { expect } from 'chai';
import { createBot } from '../bots/samples/createBot.ts';
import { startMetricsServer } from '../metrics/metricsServer.ts';
import { createBotServer, type BotServer } from '../server.ts';
import { createRetryPolicy } from '../turns/retryPolicy.ts';
import { createRecordingLogger } from './support/recordingLogger.ts';
import { samplesOf } from './support/prometheusText.ts';
import { scriptedGraph, type Script, type ScriptedGraph } from './support/scriptedGraph.ts';
import { webhookSettings } from './support/settingsReader.ts';
import { metaBytes, postSigned } from './support/signedWebhook.ts';
import { testSettings } from './support/testSettings.ts';

describe('a bot that is asked for metrics', () => {
  let server: BotServer | undefined;
  let graph: ScriptedGraph | undefined;
  const logger = createRecordingLogger();

  afterEach(async () => {
    await server?.close();
    await graph?.close();
    server = undefined;
    graph = undefined;
  });

  async function start(scripts: Script[] = [], env: Record<string, string> = {}): Promise<BotServer> {
    graph = await scriptedGraph(...scripts);
    server = await createBotServer(
      testSettings({ ...webhookSettings, FacebookPageId: '778899', GraphApiBaseUrl: graph.url, ...env }),
      {
        logger,
        createBot: () => ({ run: (context) => context.sendActivity('good morning').then(() => undefined) }),
        retries: createRetryPolicy({ baseMs: 0, maxAttempts: 1 }),
        turnWork: { echoWaitMs: 0 },
      },
    );
    return server;
  }
  const metricsText = async () => (await fetch(server!.metricsUrl!)).text();
  const event = (psid: string, more: object) => ({ sender: { id: psid }, recipient: { id: '778899' }, ...more });
  const message = (psid: string, mid: string) =>
    event(psid, { timestamp: 1_767_225_600_123, message: { mid, text: 'hello' } });
  const post = (...messaging: object[]) => {
    const body = metaBytes({ object: 'page', entry: [{ id: '778899', time: 1e12, messaging }] });
    return postSigned(`${server!.url}/webhook`, body, webhookSettings.FacebookAppSecret);
  };

  it('tells what became of what came in, without a name, an id or a token', async () => {
    const sent: Script = { json: { recipient_id: '1', message_id: 'm_9' } };
    const refused: Script = { status: 400, json: { error: { message: 'no', code: 10, error_subcode: 2018278 } } };
    await start([sent, refused], { MetricsPort: '0' });
    await post(message('5551001', 'm_1'));
    await server!.settled();
    await post(message('5551001', 'm_1'), message('5551002', 'm_2'));
    await server!.settled();
    await post(event('5551003', { message: { mid: 'x'.repeat(600), text: 'too long an id' }, timestamp: 1 }));
    await fetch(`${server!.url}/webhook`, { method: 'POST', body: '{}' });
    await server!.settled();
    const text = await metricsText();
    const found = samplesOf(text);
    const told = (name: string) => found.get(`messenger_handover_${name}`);
    expect(told('events_accepted_total{endpoint="webhook"}')).to.equal(3);
    expect(told('events_duplicate_total{endpoint="webhook"}')).to.equal(1);
    expect(told('events_quarantined_total')).to.equal(1);
    expect(told('requests_total{endpoint="webhook",outcome="accepted"}')).to.equal(3);
    expect(told('requests_total{endpoint="webhook",outcome="refused"}')).to.equal(1);
    expect(told('acknowledgement_duration_seconds_count{endpoint="webhook"}')).to.equal(3);
    expect(told('turns_total{outcome="done"}')).to.equal(1);
    expect(told('turns_total{outcome="failed"}')).to.equal(1);
    expect(told('dead_letters')).to.equal(1);
    expect(told('graph_calls_total{reason="ok"}')).to.equal(1);
    expect(told('graph_calls_total{reason="outsideWindow"}')).to.equal(1);
    expect(text).to.not.match(/555100\d|778899|m_\d/);
    for (const secret of [webhookSettings.FacebookPageToken, webhookSettings.FacebookAppSecret]) {
      expect(text).to.not.contain(secret);
    }
  });

  it('counts on the other endpoint too, inline turns included', async () => {
    graph = await scriptedGraph();
    server = await createBotServer(testSettings({ MetricsPort: '0' }), { createBot, logger });
    const activity = {
      ...{ type: 'invoke', name: 'ask', id: '1', channelId: 'emulator', serviceUrl: 'http://127.0.0.1:9/' },
      ...{ from: { id: 'u' }, recipient: { id: 'b' }, conversation: { id: 'c' } },
    };
    await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    }).then((response) => response.arrayBuffer());
    const found = samplesOf(await metricsText());
    const requests = ['accepted', 'refused', 'unavailable', 'failed'].map(
      (outcome) => found.get(`messenger_handover_requests_total{endpoint="messages",outcome="${outcome}"}`) ?? 0,
    );
    expect(requests.reduce((sum, count) => sum + count)).to.equal(1);
    const turns = ['done', 'failed'].map((outcome) =>
      found.get(`messenger_handover_turns_total{outcome="${outcome}"}`)!,
    );
    expect(turns.reduce((sum, count) => sum + count)).to.equal(1);
  });

  it('has no metrics, and no port for them, when nobody asks', async () => {
    await start();
    expect(server).to.not.have.property('metricsUrl');
    expect((await fetch(`${server!.url}/metrics`)).status).to.equal(404);
  });

  it('does not start without the port that it was told, and frees its own', async () => {
    await start([], { MetricsPort: '0' });
    const taken = new URL(server!.metricsUrl!).port;
    const error = await createBotServer(testSettings({ MetricsPort: taken }), { createBot, logger }).catch(
      (err: unknown) => err,
    );
    expect(error).to.include({ name: 'StartProblem' });
    expect((error as Error).message).to.match(/EADDRINUSE.* set MetricsPort to another one\.$/);
  });

  it('lets go of that port when its own is taken', async () => {
    await start([], { MetricsPort: '0' });
    const metrics = { contentType: 'text/plain', text: () => Promise.resolve('') };
    const probe = await startMetricsServer({ port: 0, metrics, logger });
    const port = Number(new URL(probe.url).port);
    await probe.close();
    const settings = testSettings({ MetricsPort: String(port), Port: new URL(server!.url).port });
    const error = await createBotServer(settings, { createBot, logger }).catch((err: unknown) => err);
    expect(error).to.include({ code: 'EADDRINUSE' });
    await (await startMetricsServer({ port, metrics, logger })).close();
  });
});
