import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { spawnProgram, type ProgramProcess } from '../support/programProcess.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { signatureOf } from '../support/signedWebhook.ts';
import { startSlowGraph } from './sigtermPlatform.ts';

/**
 * How one process follows another. `after`: started when the other has ended, as most supervisors do. `beside`: started first, with a socket
 * of its own. `shared`: the same with a port that both may have. `inherited`: started when the other has ended, on a socket that the
 * supervisor keeps, as systemd does.
 */
export const deployModes = ['after', 'beside', 'shared', 'inherited'] as const;
export type DeployMode = (typeof deployModes)[number];

export interface DeployRunOptions {
  mode: DeployMode;
  deploys: number;
  /** Events a second, each on a connection of its own. */
  rate: number;
  /** The load between two deploys, in milliseconds. */
  betweenMs: number;
  /** How long Graph takes to answer a message, at most, in milliseconds. */
  graphMs: number;
  seed: number;
}

export interface DeployRunResult {
  events: number;
  /** Attempts to deliver that found nobody listening, and for how long at most. */
  refused: number;
  refusedForMs: number;
  /** Attempts whose connection broke before an answer came. */
  broken: number;
  /** Attempts that were answered with 503. */
  unavailable: number;
  /** The longest that an acknowledgement took. */
  slowestMs: number;
  lost: number;
  doubled: number;
  parked: number;
  badExits: number;
}

const [pageId, appId, appSecret] = ['99', '1000', 'not-a-real-secret'];
const conversations = 40;
const index = resolve(import.meta.dirname, '../../index.ts');

// An event of long ago would be quarantined.
const startedAt = Date.now();

function bodyOf(event: number): string {
  const message = { mid: `m_${event}`, text: 'Good morning' };
  const sender = { id: String(1000 + (event % conversations)) };
  const item = { sender, recipient: { id: pageId }, timestamp: startedAt + event, message };
  return JSON.stringify({ object: 'page', entry: [{ id: pageId, time: startedAt, messaging: [item] }] });
}

/** Posts on a connection of its own and answers the status, or the code of what went wrong. */
async function post(port: number, body: string): Promise<number | string> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body, appSecret) };
  const sent = request({ host: '127.0.0.1', port, path: '/webhook', method: 'POST', headers, agent: false });
  sent.end(body);
  try {
    const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    return response.statusCode;
  } catch (err) {
    return err instanceof Error && 'code' in err ? String(err.code) : String(err);
  }
}

async function listeningSocket(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Deploys a bot again and again under load, and counts what its senders and its customers see of it. */
export async function runDeploys(options: DeployRunOptions): Promise<DeployRunResult> {
  const { mode, deploys, rate, betweenMs, graphMs, seed } = options;
  const { next: random } = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'deploy-test-'));
  const graph = await startSlowGraph(() => (random() * graphMs) / 100, pageId, appId);
  const { server: socket, port } = await listeningSocket();
  const env = {
    ...{
      BotRole: 'primary',
      Port: String(port),
      Host: '127.0.0.1',
      StorePath: join(folder, 'bot.db'),
      LogLevel: 'info',
    },
    ...{ FacebookPageToken: 'not-a-real-token', FacebookAppId: appId, FacebookAppSecret: appSecret },
    ...{ FacebookVerifyToken: 'not-a-real-verify-token', GraphApiBaseUrl: graph.url },
    ListenSocket: mode === 'shared' || mode === 'inherited' ? mode : 'own',
  };
  const result: DeployRunResult = {
    ...{ events: 0, refused: 0, refusedForMs: 0, broken: 0, unavailable: 0, slowestMs: 0 },
    ...{ lost: 0, doubled: 0, parked: 0, badExits: 0 },
  };
  const bots: ProgramProcess[] = [];

  function start(): ProgramProcess {
    const bot = spawnProgram('index.ts', [], env, folder);
    bots.push(bot);
    return bot;
  }

  async function end(bot: ProgramProcess): Promise<void> {
    bot.kill('SIGTERM');
    const { code } = await bot.ended;
    if (code !== 0) result.badExits += 1;
  }

  const stopFile = join(folder, 'stop');
  /** A shell that keeps the socket and starts the bot again whenever it has ended. */
  function supervise() {
    const script = `while [ ! -e '${stopFile}' ]; do "$0" "$1"; done`;
    const fd = (socket as unknown as { _handle: { fd: number } })._handle.fd;
    const shell = spawn('sh', ['-c', script, process.execPath, index], {
      ...{ env: { PATH: process.env['PATH'], ...env }, cwd: folder },
      stdio: ['ignore', 'pipe', 'inherit', fd],
    });
    let output = '';
    let look = (): void => undefined;
    shell.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      look();
    });
    const started = () => [...output.matchAll(/"pid":(\d+).*"the bot is listening"/g)].map(([, pid]) => Number(pid));
    const untilStarted = (times: number) =>
      new Promise<void>((done) => {
        look = () => {
          if (started().length >= times) done();
        };
        look();
      });
    return { shell, untilStarted, endBot: () => process.kill(started().at(-1) ?? 0, 'SIGTERM') };
  }

  let firstRefusedAt: number | undefined;
  let [loading, stopped] = [0, false];
  const allAcknowledged: Promise<void>[] = [];

  function note(outcome: number | string, startedAt: number): void {
    const now = performance.now();
    if (outcome === 'ECONNREFUSED') {
      result.refused += 1;
      firstRefusedAt ??= startedAt;
      result.refusedForMs = Math.max(result.refusedForMs, Math.round(now - firstRefusedAt));
    } else if (outcome === 503) {
      result.unavailable += 1;
    } else if (outcome === 200) {
      firstRefusedAt = undefined;
      result.slowestMs = Math.max(result.slowestMs, Math.round(now - startedAt));
    } else {
      result.broken += 1;
    }
  }

  /** As Meta does: again until it is acknowledged. */
  async function deliver(event: number): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      const outcome = await post(port, bodyOf(event));
      note(outcome, startedAt);
      if (outcome === 200) return;
      await delay(500);
    }
  }

  async function load(): Promise<void> {
    const startedAt = performance.now();
    for (loading = 0; !stopped; loading += 1) {
      allAcknowledged.push(deliver(loading));
      await delay(Math.max(0, startedAt + ((loading + 1) * 1000) / rate - performance.now()));
    }
  }

  const supervisor = mode === 'inherited' ? supervise() : undefined;
  // The socket of this process would take connections itself, and is in the way of the others.
  socket.close();
  try {
    let current = supervisor === undefined ? start() : undefined;
    await (supervisor?.untilStarted(1) ?? current?.printed('"the bot is listening"'));
    const loaded = load();
    for (let deploy = 1; deploy <= deploys; deploy += 1) {
      await delay(betweenMs);
      if (supervisor !== undefined) {
        supervisor.endBot();
        await supervisor.untilStarted(deploy + 1);
      } else if (current !== undefined && mode === 'after') {
        await end(current);
        current = start();
        await current.printed('"the bot is listening"');
      } else if (current !== undefined) {
        const next = start();
        await next.printed('waiting for it to end');
        await end(current);
        await next.printed('"the bot is listening"');
        current = next;
      }
    }
    await delay(betweenMs);
    stopped = true;
    await loaded;
    await Promise.all(allAcknowledged);
    result.events = loading;
    await Promise.race([graph.reached(loading), delay(60_000, undefined, { ref: false })]);
    writeFileSync(stopFile, '');
    supervisor?.endBot();
    if (supervisor !== undefined) await once(supervisor.shell, 'close');
    if (current !== undefined) await end(current);
    const store = await openSqliteStore(join(folder, 'bot.db'));
    result.parked = await store.deadLetters.count();
    await store.close();
  } finally {
    stopped = true;
    writeFileSync(stopFile, '');
    for (const bot of bots) bot.kill('SIGKILL');
    await graph.close();
    rmSync(folder, { recursive: true, force: true });
  }
  for (let c = 0; c < conversations; c += 1) {
    const wanted = Math.floor((result.events - c - 1) / conversations) + 1;
    const got = graph.seen.get(String(1000 + c))?.length ?? 0;
    result.lost += Math.max(0, wanted - got);
    result.doubled += Math.max(0, got - wanted);
  }
  return result;
}
