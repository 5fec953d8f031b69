import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messengerInboxEvent } from '../adapters/messenger/messengerTurn.ts';
import { readFacebookWebhook } from '../models/facebookWebhook.ts';
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts';

/**
 * How long a bot takes to be ready when events are open from its last run: `node commands/launch.js bench/startup.ts [events] [rounds]`.
 * From the start of the process to the first 200 of `/readyz`, beside the same with an empty store, in turn, with the processor time that
 * it took, which tells more on a machine that has other work; and how long until every open event was answered, with a Graph API on
 * this machine that answers at once.
 */
const [events = 10_000, rounds = 5] = process.argv.slice(2).map(Number);
const [pageId, appId, limitMs] = ['99', '1000', 300_000];

async function freePort(): Promise<number> {
  const server = createNetServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startGraph() {
  let answered = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      answered += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ recipient_id: '1', message_id: `m_bot_${answered}` }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered: () => answered,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function fill(path: string, count: number): Promise<void> {
  const store = await openSqliteStore(path);
  for (let first = 0; first < count; first += 1000) {
    const messaging = Array.from({ length: Math.min(1000, count - first) }, (_, n) => ({
      sender: { id: String(10_000 + ((first + n) % 2000)) },
      recipient: { id: pageId },
      timestamp: 1_700_000_000_000 + first + n,
      message: { mid: `m_${first + n}`, text: 'Good morning, is there anybody who can help me with my order?' },
    }));
    const body = { object: 'page', entry: [{ id: pageId, time: 1_700_000_000_000, messaging }] };
    await store.accept(readFacebookWebhook(body).map((item) => messengerInboxEvent(item, appId)));
  }
  await store.close();
}

async function measure(path: string, open: number): Promise<{ readyMs: number; cpuMs: number; doneMs: number }> {
  const [port, metricsPort, graph] = [await freePort(), await freePort(), await startGraph()];
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const bot = spawn(process.execPath, [resolve('commands/launch.js'), 'index.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...{ BotRole: 'primary', Port: String(port), Host: '127.0.0.1', StorePath: path, LogLevel: 'error' },
      MetricsPort: String(metricsPort),
      ...{ FacebookPageToken: 'not-a-real-token', FacebookAppId: appId, FacebookAppSecret: 'not-a-real-secret' },
      ...{ FacebookVerifyToken: 'not-a-real-verify-token', GraphApiBaseUrl: graph.url },
    },
  });
  const ended = once(bot, 'exit');
  try {
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady()) && elapsed() < limitMs) await delay(5);
    const readyMs = elapsed();
    const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`).then((response) => response.text());
    const cpuMs = Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]) * 1000;
    while (graph.answered() < open && elapsed() < limitMs) await delay(5);
    return { readyMs, cpuMs, doneMs: elapsed() };
  } finally {
    bot.kill('SIGTERM');
    await ended;
    await graph.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'startup-bench-'));
try {
  process.stdout.write(
    `round  empty store: ready  processor   ${events} open events: ready  processor  all answered\n`,
  );
  for (let round = 0; round <= rounds; round += 1) {
    const path = join(folder, `bot-${round}.db`);
    const empty = await measure(join(folder, `empty-${round}.db`), 0);
    await fill(path, events);
    const full = await measure(path, events);
    const cells = [empty.readyMs, empty.cpuMs, full.readyMs, full.cpuMs, full.doneMs].map((ms) =>
      `${ms.toFixed(0)} ms`.padStart(12),
    );
    // The first one compiles, which the later ones find done.
    process.stdout.write(`${round === 0 ? 'first' : String(round).padStart(5)}  ${cells.join('  ')}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
