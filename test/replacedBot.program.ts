import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { createBot } from '../bots/samples/createBot.ts';
import { createBotServer, openStore, type BotServer, type BotServerOptions } from '../server.ts';
import { createMemoryStore } from '../store/memory/memoryStore.ts';
import type { Store } from '../store/store.ts';
import { useFolder } from './support/brokenDisk.ts';
import { deferred } from './support/deferred.ts';
import { createRecordingLogger } from './support/recordingLogger.ts';
import { startScriptedConnector } from './support/scriptedConnector.ts';
import { spawnProgram } from './support/programProcess.ts';
import { testSettings } from './support/testSettings.ts';

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

describe('a bot that follows another one', () => {
  const folder = useFolder();
  const servers: BotServer[] = [];
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  let logger: ReturnType<typeof createRecordingLogger>;
  let port = '';
  let count = 0;

  beforeEach(async () => {
    connector = await startScriptedConnector();
    logger = createRecordingLogger();
    port = await freePort();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
    await connector.close();
  });

  const settings = (more: Record<string, string> = {}) =>
    testSettings({ Port: port, StorePath: folder.path('bot.db'), ...more });

  async function start(options: Partial<BotServerOptions> = {}, more: Record<string, string> = {}): Promise<BotServer> {
    const store = () => openStore(settings(more), logger);
    const server = await createBotServer(settings(more), {
      ...{ createBot, logger, store, turnWork: { echoWaitMs: 0 } },
      ...options,
    });
    servers.push(server);
    return server;
  }

  const botOf = (run: (context: TurnContext) => Promise<void>) => ({ createBot: () => ({ run }) });
  const saying = (who: string) =>
    botOf(async (context) => {
      await context.sendActivity(`${who} answers ${context.activity.text}`);
    });

  function post(text: string, conversation = 'c1'): Promise<Response> {
    count += 1;
    const [from, recipient] = [{ id: 'user-1' }, { id: 'bot-1' }];
    const activity = { type: 'message', id: `a${count}`, channelId: 'emulator', from, recipient, text };
    return fetch(`http://127.0.0.1:${port}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...activity, serviceUrl: connector.serviceUrl, conversation: { id: conversation } }),
    });
  }
  const status = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, ((await response.json()) as { status: string }).status];
  };
  const listening = async () => {
    for (;;) {
      const alive = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
      if (alive !== undefined) return;
    }
  };
  const said = async (message: string) => {
    while (!logger.lines.some((line) => line.message === message)) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };

  it('listens before it has the store: what comes meanwhile waits, is stored and handled', async () => {
    const opened = deferred<Store>();
    const starting = start({ ...saying('it'), store: () => opened.promise });
    await listening();
    expect(await status('/healthz')).to.deep.equal([200, 'alive']);
    expect(await status('/readyz')).to.deep.equal([503, 'starting']);
    const waiting = post('hello');
    opened.resolve(createMemoryStore());
    await starting;
    expect((await waiting).status).to.equal(200);
    await servers[0]?.settled();
    expect(connector.texts()).to.deep.equal(['it answers hello']);
    expect(await status('/readyz')).to.deep.equal([200, 'ready']);
  });

  it('listens no more when the store cannot be opened', async () => {
    const error = await start({ store: () => Promise.reject(new Error('no store')) }).catch((err: unknown) => err);
    expect(error).to.have.property('message', 'no store');
    expect(await post('hello').catch((err: unknown) => err)).to.be.instanceOf(Error);
  });

  it('closes the store that it opened when something else fails', async () => {
    const metricsPort = createServer().listen(0, '127.0.0.1');
    await once(metricsPort, 'listening');
    const taken = String((metricsPort.address() as AddressInfo).port);
    const error = await start({}, { MetricsPort: taken }).catch((err: unknown) => err);
    metricsPort.close();
    expect(error).to.have.property('name', 'StartProblem');
    expect((await start(saying('it'))).url).to.contain(port);
  });

  it('waits for the port that the other one has until it ends', async () => {
    const first = await start(saying('first'));
    const following = start(saying('second'));
    await said('another process works on the store: waiting for it to end');
    expect((await post('one')).status).to.equal(200);
    await first.settled();
    await first.close();
    const second = await following;
    expect(second.url).to.equal(first.url);
    expect((await post('two')).status).to.equal(200);
    await second.settled();
    expect(connector.texts()).to.deep.equal(['first answers one', 'second answers two']);
  });

  it('gets what the other one stores while it is closing', async () => {
    const [gate, begun, seen] = [deferred(), deferred(), deferred()];
    const watched = async () => {
      const store = await openStore(settings(), logger);
      const successorWaits = () => {
        const waits = store.successorWaits();
        if (waits) seen.resolve();
        return waits;
      };
      return { ...store, successorWaits };
    };
    const first = await start({
      store: watched,
      ...botOf(async (context) => {
        begun.resolve();
        await gate.promise;
        await context.sendActivity(`first answers ${context.activity.text}`);
      }),
    });
    await post('one');
    await begun.promise;
    const closed = first.close();
    const during = await post('two', 'c2');
    expect([during.status, during.headers.get('connection')]).to.deep.equal([200, 'close']);
    expect(await status('/readyz')).to.deep.equal([503, 'closing']);
    const following = start(saying('second'));
    await said('another process works on the store: waiting for it to end');
    await post('three', 'c1');
    await seen.promise;
    await new Promise<void>((resolve) => setImmediate(resolve));
    // Nothing more begins here, since the successor waits.
    gate.resolve();
    await closed;
    await (await following).settled();
    expect(connector.texts()).to.have.members(['first answers one', 'first answers two', 'second answers three']);
    expect(logger.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  // Elsewhere the system shares no port, and a pending test would be a failure.
  const onLinux = process.platform === 'linux' ? it : () => undefined;
  onLinux('may have the same port as the other one where both share it', async () => {
    const shared = { ListenSocket: 'shared' };
    const first = await start(saying('first'), shared);
    const following = start(saying('second'), shared);
    await said('another process works on the store: waiting for it to end');
    const answers = Array.from({ length: 20 }, (_, n) => post(`event ${n}`, `c${n}`));
    await Promise.race(answers);
    await first.close();
    const second = await following;
    expect(new Set((await Promise.all(answers)).map((response) => response.status))).to.deep.equal(new Set([200]));
    await second.settled();
    expect(connector.texts()).to.have.length(20);
  });

  it('ends with a sentence when it is to inherit a socket and there is none', async () => {
    const env = { BotRole: 'primary', StorePath: ':memory:', ListenSocket: 'inherited' };
    const bot = spawnProgram('index.ts', [], env);
    expect(await bot.ended).to.deep.equal({ code: 1, signal: null });
    expect(bot.output()).to.match(/^File descriptor 3 is not a listening socket \(E\w+\): .*\n$/);
  });
});
