import { randomUUID } from 'node:crypto';
import { createBot } from '../../bots/samples/createBot.ts';
import { createBotServer, type BotServer } from '../../server.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { connectTo, readAnswer } from '../support/rawRequest.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { routedGraph } from '../support/scriptedGraph.ts';
import { startScriptedIssuer } from '../support/scriptedIssuer.ts';
import { seededRandom, type SeededRandom } from '../support/seededRandom.ts';
import { testSettings } from '../support/testSettings.ts';
import { badInputs } from './badInput.ts';
import type { GoodInput } from './badRequest.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

export type Access = 'open' | 'authenticated';

/** How often each kind of answer came for one class. */
export interface ClassCount {
  sent: number;
  accepted: number;
  refused: number;
  /** The connection was ended without an answer. */
  unanswered: number;
}

export interface FuzzOutcome {
  counts: Map<string, ClassCount>;
  /** Sentences about what must not have happened. */
  wrong: string[];
  /** Turns that ended with an error: what was accepted made no sense to the bot. */
  failedTurns: number;
}

export interface FuzzOptions {
  access: Access;
  /** How many requests of each class. */
  rounds: number;
  seed: number;
  /** A good message is sent, and has to be answered, behind every so many bad ones. */
  goodEvery: number;
  /** Hears of each request before and after it. */
  watch?: (moment: 'before' | 'after', name: string) => void;
}

/** Activities that a bot understands, of each kind that it is sent; ids are new each time. */
function goodActivity({ below, pick }: SeededRandom, serviceUrl: string, channelId: string): Record<string, unknown> {
  const psid = String(7_000_000_000 + below(1_000));
  const sender = { sender: { id: psid }, recipient: { id: '1900000000000001' }, timestamp: Date.now() + 60_000 };
  const common = {
    id: randomUUID(),
    channelId,
    serviceUrl,
    timestamp: '2026-11-22T09:30:00.123Z',
    from: { id: psid, name: 'Mia' },
    recipient: { id: '1900000000000001' },
    conversation: { id: `${psid}-1900000000000001` },
  };
  const message = { mid: `m_${randomUUID()}`, text: 'hello', quick_reply: { payload: 'p' } };
  return pick([
    { ...common, type: 'message', text: 'hello', channelData: { ...sender, message } },
    { ...common, type: 'message', text: 'Pass to secondary', channelData: { ...sender, message } },
    { ...common, type: 'event', name: 'standby', value: [{ ...sender, message }] },
    {
      ...common,
      type: 'event',
      value: { ...sender, request_thread_control: { requested_owner_app_id: 7, metadata: 'please' } },
    },
    {
      ...common,
      type: 'conversationUpdate',
      channelData: { ...sender, pass_thread_control: { new_owner_app_id: 1, metadata: null } },
    },
    { ...common, type: 'conversationUpdate', membersAdded: [{ id: psid }] },
  ]);
}

/** A real bot server with neighbours that do their work, and everything bad sent to it. */
export async function runFuzz({ access, rounds, seed, goodEvery, watch }: FuzzOptions): Promise<FuzzOutcome> {
  const random = seededRandom(seed);
  const connector = await startScriptedConnector();
  const issuer = await startScriptedIssuer();
  const graph = await routedGraph(({ method }) => ({ json: method === 'GET' ? { data: [] } : { success: true } }));
  const logger = createRecordingLogger();
  const store = createMemoryStore();
  const facebook = { FacebookAppId: '1', FacebookPageToken: 'a-fake-page-token', GraphApiBaseUrl: graph.url };
  const settings = testSettings({ ...facebook, ...(access === 'authenticated' ? issuer.settings : {}) });
  const server: BotServer = await createBotServer(settings, { ...withoutRetries, createBot, logger, store });
  const { host } = new URL(server.url);
  const authorization =
    access === 'open' ? undefined : `Bearer ${await issuer.sign({ claims: { serviceurl: connector.serviceUrl } })}`;
  const wrong: string[] = [];
  const counts = new Map<string, ClassCount>();
  const good = (): GoodInput => ({
    path: '/api/messages',
    host,
    authorization,
    activity: goodActivity(random, connector.serviceUrl, 'facebook'),
  });

  async function expectGoodAnswer(): Promise<void> {
    const psid = randomUUID();
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify({
        type: 'message',
        id: randomUUID(),
        channelId: 'facebook',
        serviceUrl: connector.serviceUrl,
        from: { id: psid },
        recipient: { id: '1' },
        conversation: { id: psid },
        text: 'hello',
      }),
    });
    await server.settled();
    const answered = connector.received.some(({ path }) => path.includes(psid));
    if (response.status !== 200 || !answered) wrong.push(`a good message got ${response.status} and no answer`);
    connector.received.length = 0;
    graph.calls.length = 0;
    for (const { level, message, fields } of logger.lines.splice(0)) {
      if (level === 'error' && message !== 'turn') wrong.push(`the log says: ${message} ${String(fields['err'])}`);
    }
  }

  try {
    let sent = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, make] of Object.entries(badInputs)) {
        const bytes = make(good(), random);
        const count = counts.get(name) ?? { sent: 0, accepted: 0, refused: 0, unanswered: 0 };
        counts.set(name, count);
        count.sent += 1;
        watch?.('before', name);
        const status = await send(server.url, bytes, endedByClient.has(name) ? 'byClient' : 'byServer');
        watch?.('after', name);
        if (status === undefined) count.unanswered += 1;
        else if (status < 400) count.accepted += 1;
        else count.refused += 1;
        if (status !== undefined && status >= 500) {
          wrong.push(`${name} (round ${round}) got ${status} for ${bytes.toString('latin1').slice(0, 600)}`);
        }
        sent += 1;
        if (sent % goodEvery === 0) await expectGoodAnswer();
      }
    }
    await expectGoodAnswer();
    if (Object.hasOwn(Object.prototype, 'polluted')) wrong.push('Object.prototype was changed');
    return { counts, wrong, failedTurns: (await store.counts()).failed };
  } finally {
    await server.close();
    await connector.close();
    await issuer.close();
    await graph.close();
  }
}

/** Classes whose requests may be incomplete, or ask for the connection to stay: the client ends it. */
const endedByClient = new Set([
  'no HTTP',
  'odd chunks',
  'a length that is a lie',
  'odd headers',
  'requests in one breath',
  'an odd method',
]);

/** The worst status of all answers on the connection; undefined when there was none. */
async function send(url: string, bytes: Buffer, end: 'byClient' | 'byServer'): Promise<number | undefined> {
  const socket = connectTo(url);
  if (end === 'byClient') socket.end(bytes);
  else socket.write(bytes);
  const { statuses } = await readAnswer(socket).catch(() => ({ statuses: [] }));
  const final = statuses.filter((status) => status >= 200);
  return final.length === 0 ? undefined : Math.max(...final);
}
