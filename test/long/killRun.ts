import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';

export interface KillRunOptions {
  messages: number;
  kills: number;
  conversations: number;
  seed: number;
  /** How many of a hundred calls fail; half of those leave open what happened. */
  faultPercent: number;
}

export interface KillRunResult {
  accepted: number;
  kills: number;
  lost: number;
  doubled: number;
  reordered: number;
  parked: number;
  passes: number;
  faults: number;
}

const pageId = '99';

/** Bot Connector and Graph in one, with faults. What a customer sees is written down per conversation. */
async function startPlatform(random: () => number, faultPercent: number) {
  const seen = new Map<string, { mid: string; text: string; at: string }[]>();
  const owners = new Map<string, string>();
  const passes: string[] = [];
  let calls = 0;
  let faults = 0;
  let beforeAnswer: (calls: number) => void = () => undefined;

  function take(path: string, body: Record<string, unknown>): unknown {
    const conversation = /^\/v3\/conversations\/([^/]+)\/activities/.exec(path)?.[1];
    if (conversation !== undefined) {
      const psid = decodeURIComponent(conversation).split('-')[0] ?? '';
      const mid = `m_bot_${calls}`;
      seen.set(psid, [...(seen.get(psid) ?? []), { mid, text: String(body['text']), at: new Date().toISOString() }]);
      return { id: mid };
    }
    if (path.endsWith('/pass_thread_control')) {
      const { id } = body['recipient'] as { id: string };
      passes.push(`${id} ${String(body['metadata'])}`);
      owners.set(id, String(body['target_app_id']));
      return { success: true };
    }
    return undefined;
  }

  function answer(path: string, query: URLSearchParams): unknown {
    if (path.endsWith('/conversations')) {
      const all = [...(seen.get(query.get('user_id') ?? '') ?? [])].reverse().slice(0, 100);
      const data = all.map(({ mid, text, at }) => ({ id: mid, message: text, from: { id: pageId }, created_time: at }));
      return { data: [{ messages: { data } }] };
    }
    return {
      data: owners.has(query.get('recipient') ?? '') ? [{ thread_owner: {} }] : [{ thread_owner: { app_id: '1000' } }],
    };
  }

  function respond(response: ServerResponse, status: number, body: unknown): void {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  }

  const server = createServer((request: IncomingMessage, response) => {
    void readAll(request).then((text) => {
      calls += 1;
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const isRead = request.method === 'GET';
      const dice = random() * 100;
      if (dice < faultPercent) {
        faults += 1;
        if (dice < faultPercent / 2) {
          respond(response, 500, { error: { message: 'Service temporarily unavailable', code: 2 } });
        } else {
          if (!isRead && random() < 0.5) take(pathname, JSON.parse(text || '{}') as Record<string, unknown>);
          response.socket?.destroy();
        }
        beforeAnswer(calls);
        return;
      }
      const result = isRead
        ? answer(pathname, searchParams)
        : take(pathname, JSON.parse(text || '{}') as Record<string, unknown>);
      beforeAnswer(calls);
      respond(response, 200, result ?? {});
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    passes,
    faults: () => faults,
    onCall: (listener: (calls: number) => void) => (beforeAnswer = listener),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Bot {
  process: ChildProcess;
  url: string;
  lines: AsyncIterator<string>;
}

async function startBot(path: string, graphUrl: string): Promise<Bot> {
  const program = join(import.meta.dirname, 'killBot.ts');
  const child = spawn(process.execPath, [program, path, graphUrl], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error('The bot did not start.');
  return { process: child, url: first.value, lines };
}

/** A generator of numbers from 0 up to 1 that gives the same ones for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Kills a bot again and again in the middle of its calls, redelivers what it did not acknowledge, and counts what the customers
 * got in the end.
 */
export async function runKills(options: KillRunOptions): Promise<KillRunResult> {
  const { messages, kills, conversations, seed, faultPercent } = options;
  const random = randomFrom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'kill-test-'));
  const path = join(folder, 'bot.db');
  const platform = await startPlatform(random, faultPercent);
  let bot = await startBot(path, platform.url);
  let restarting: Promise<void> | undefined;
  let killed = 0;
  const callsPerKill = Math.max(4, Math.floor((messages * 2) / (kills + 1)));
  let nextKill = Math.ceil(random() * callsPerKill);

  platform.onCall((calls) => {
    if (killed >= kills || calls < nextKill || restarting !== undefined) return;
    killed += 1;
    bot.process.kill('SIGKILL');
    restarting = startBot(path, platform.url).then((next) => {
      bot = next;
      restarting = undefined;
      nextKill = calls + Math.ceil(random() * callsPerKill);
    });
  });

  async function deliver(psid: string, n: number): Promise<void> {
    const words = `${n}${n % 10 === 0 ? ' pass' : ''}`;
    const body = JSON.stringify({
      ...{ type: 'message', id: `activity-${psid}-${n}`, channelId: 'facebook', serviceUrl: `${platform.url}/` },
      ...{ from: { id: psid }, recipient: { id: pageId }, conversation: { id: `${psid}-${pageId}` }, text: words },
      channelData: {
        ...{ sender: { id: psid }, recipient: { id: pageId }, timestamp: 1_700_000_000_000 + n },
        message: { mid: `m_${psid}_${n}`, text: words },
      },
    });
    const post = () =>
      fetch(`${bot.url}/api/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.ok;
        },
        () => false,
      );
    while (!(await post())) await (restarting ?? new Promise((resolve) => setImmediate(resolve)));
    // Some are delivered once more although they were acknowledged.
    if (random() < 0.2) await post();
  }

  const perConversation = Math.ceil(messages / conversations);
  await Promise.all(
    Array.from({ length: conversations }, async (_, c) => {
      for (let n = 1; n <= perConversation; n += 1) await deliver(String(1000 + c), n);
    }),
  );
  for (let isDrained = false; !isDrained;) {
    await restarting;
    bot.process.stdin?.on('error', () => undefined).write('drain\n');
    const line = await bot.lines.next();
    isDrained = line.value === 'drained' && restarting === undefined;
  }
  bot.process.stdin?.write('end\n');
  if (bot.process.exitCode === null) await once(bot.process, 'exit');

  const store = await openSqliteStore(path);
  const letters = await store.deadLetters.list(100_000);
  await store.close();
  const parked = new Set(letters.map(({ delivery }) => delivery.turn.match(/"mid":"(m_[^"]+)"/)?.[1]));
  const result = { accepted: perConversation * conversations, kills: killed, lost: 0, doubled: 0, reordered: 0 };
  for (let c = 0; c < conversations; c += 1) {
    const psid = String(1000 + c);
    const texts = (platform.seen.get(psid) ?? []).map(({ text }) => text);
    result.doubled += texts.length - new Set(texts).size;
    const places = [...new Set(texts)].map((text) => Number.parseInt(text, 10) * 2 + (text.endsWith('second') ? 1 : 0));
    result.reordered += places.filter((place, index) => place < (places[index - 1] ?? 0)).length;
    for (let n = 1; n <= perConversation; n += 1) {
      const words = `${n}${n % 10 === 0 ? ' pass' : ''}`;
      const isWhole = texts.includes(`${words} first`) && texts.includes(`${words} second`);
      if (!isWhole && !parked.has(`m_${psid}_${n}`)) result.lost += 1;
    }
  }
  result.doubled += platform.passes.length - new Set(platform.passes).size;
  const faults = platform.faults();
  await platform.close();
  rmSync(folder, { recursive: true });
  return { ...result, parked: letters.length, passes: platform.passes.length, faults };
}
