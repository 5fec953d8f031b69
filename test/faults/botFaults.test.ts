import { expect } from 'chai';
import { PrimaryBot } from '../../bots/samples/primaryBot.ts';
import { FacebookThreadControlHelper } from '../../helpers/facebookThreadControlHelper.ts';
import { createBotServer, type BotServer } from '../../server.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import {
  conversationId,
  onStandby,
  pageId,
  pageInboxAppId,
  primaryAppId,
  psid,
} from '../support/facebookActivities.ts';
import { endsByTimeLimit, graphFaultScripts, impatientClient } from '../support/graphFaultScripts.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { routedGraph, type Script } from '../support/scriptedGraph.ts';
import { testSettings } from '../support/testSettings.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

const goes = 'Primary bot: The thread goes to the page inbox now, where a person can answer.';
const choices = 'Primary bot: Write something or choose what should happen next.';
const pageToken = 'a-fake-page-token-for-faults';

/** A Graph with one thread, whose calls may go wrong before or after they took effect. */
async function startGraph() {
  let owner: string = primaryAppId;
  const faults = new Map<string, { script: Script; when: 'before' | 'after' }>();
  const graph = await routedGraph(({ path, body }) => {
    const edge = path.split('/').at(-1)!;
    const fault = faults.get(edge);
    if (fault?.when === 'before') return fault.script;
    let answer: unknown = { success: true };
    if (edge === 'thread_owner') answer = { data: [{ thread_owner: { app_id: owner } }] };
    if (edge === 'secondary_receivers') answer = { data: [{ id: pageInboxAppId }, { id: '77', name: 'Second' }] };
    if (edge === 'pass_thread_control') owner = (JSON.parse(body) as { target_app_id: string }).target_app_id;
    if (edge === 'take_thread_control') owner = primaryAppId;
    return fault?.script ?? { json: answer };
  });
  return {
    ...graph,
    fail: (edge: string, script: Script, when: 'before' | 'after') => void faults.set(edge, { script, when }),
    isSlow: (path: string) => endsByTimeLimit(faults.get(path.split('/').at(-1)!)?.script ?? {}),
    heal: () => faults.clear(),
    owner: () => owner,
    own: (appId: string) => (owner = appId),
    countOf: (edge: string) => graph.calls.filter(({ path }) => path.endsWith(`/${edge}`)).length,
  };
}

describe('The bot while Graph fails', () => {
  let graph: Awaited<ReturnType<typeof startGraph>>;
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  let server: BotServer;
  let store: ReturnType<typeof createMemoryStore>;
  let logger: ReturnType<typeof createRecordingLogger>;
  let count = 0;

  beforeEach(async () => {
    graph = await startGraph();
    connector = await startScriptedConnector();
    logger = createRecordingLogger();
    store = createMemoryStore();
    const client = impatientClient(graph, { pageToken, sleep: () => Promise.resolve(), logger }, graph.isSlow);
    server = await createBotServer(testSettings({ FacebookAppId: primaryAppId }), {
      ...withoutRetries,
      logger,
      store,
      createBot: (parts) =>
        new PrimaryBot({ ...parts, threadControl: new FacebookThreadControlHelper(client, { appId: primaryAppId }) }),
    });
  });
  afterEach(async () => {
    await server.close();
    await connector.close();
    await graph.close();
  });

  async function post(activity: object): Promise<string[]> {
    count += 1;
    const before = connector.received.length;
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...activity, id: `activity-${count}`, serviceUrl: connector.serviceUrl }),
    });
    expect(response.status).to.equal(200);
    await server.settled();
    return connector.received.slice(before).map(({ body }) => String(body['text']));
  }
  const say = (text: string): Promise<string[]> =>
    post({
      type: 'message',
      channelId: 'facebook',
      from: { id: psid },
      recipient: { id: pageId },
      conversation: { id: conversationId },
      text,
      channelData: {
        sender: { id: psid },
        recipient: { id: pageId },
        timestamp: Date.now() + 60_000 + count,
        message: { mid: `m_${count}`, text },
      },
    });
  const hearOnStandby = (text: string): Promise<string[]> =>
    post(
      onStandby([
        {
          sender: { id: psid },
          recipient: { id: pageId },
          timestamp: Date.now() + count,
          message: { mid: `m_${count}`, text },
        },
      ]),
    );
  async function expectHealth(): Promise<void> {
    expect((await store.counts()).failed).to.equal(0);
    expect(logger.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
    graph.heal();
    expect(await say('hello')).to.deep.equal([choices]);
    expect(JSON.stringify(logger.lines)).not.to.contain(pageToken);
  }

  for (const { name, script, attempts, means } of graphFaultScripts) {
    it(`says that it could not pass, once, and why (${name})`, async () => {
      graph.fail('pass_thread_control', script, 'before');
      const [first, second, ...more] = await say('Pass to page inbox');
      expect(first).to.equal(goes);
      expect(second).to.match(/^Primary bot: Thread control could not be passed, (because|or it is not known)/);
      expect(more).to.deep.equal([]);
      expect(graph.countOf('pass_thread_control')).to.equal(attempts.post);
      await expectHealth();
    });

    it(`promises nothing when it does not learn the receivers (${name})`, async () => {
      graph.fail('secondary_receivers', script, 'before');
      const said = await say('Pass to secondary');
      expect(said).to.have.length(1);
      expect(said[0]).to.match(/^Primary bot: Thread control could not be passed/);
      expect(graph.countOf('secondary_receivers')).to.equal(attempts.get);
      expect(graph.countOf('pass_thread_control')).to.equal(0);
      await expectHealth();
    });

    it(`says nothing on standby, whatever becomes of its take (${name})`, async () => {
      graph.fail('take_thread_control', script, 'before');
      graph.fail('thread_owner', script, 'before');
      expect(await hearOnStandby('Have control taken')).to.deep.equal([]);
      expect(graph.countOf('take_thread_control')).to.equal(attempts.post);
      // A refusal that passes lets the turn run again, which this server does not.
      const runsAgain = 'reason' in means && ['rateLimited', 'temporary', 'invalidToken'].includes(means.reason);
      expect((await store.counts()).failed).to.equal(runsAgain ? 1 : 0);
      if (!runsAgain) await expectHealth();
    });

    if ('reason' in means) continue;
    it(`says nothing behind a pass that took effect (${name})`, async () => {
      graph.fail('pass_thread_control', script, 'after');
      expect(await say('Pass to page inbox')).to.deep.equal([goes]);
      expect(graph.countOf('pass_thread_control')).to.equal(1);
      expect(await say('hello')).to.deep.equal([]);
      graph.own(primaryAppId);
      await expectHealth();
    });

    it(`says nothing behind a pass of which nothing can be learned (${name})`, async () => {
      graph.fail('pass_thread_control', script, 'after');
      graph.fail('thread_owner', script, 'before');
      expect(await say('Pass to page inbox')).to.deep.equal([goes]);
      expect(graph.countOf('pass_thread_control')).to.equal(1);
      graph.own(primaryAppId);
      await expectHealth();
    });
  }
});
