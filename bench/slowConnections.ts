/**
 * 500 clients that send a byte a second, half of them in the headers and half in the body, against one bot in a process of its
 * own, with honest requests beside them.
 *
 * Run: node commands/launch.js bench/slowConnections.ts [count]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const count = Number(process.argv[2] ?? 500);
const seconds = 15;
const root = join(import.meta.dirname, '..');

const sink = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{"id":"sent"}');
  });
});
sink.listen(0, '127.0.0.1');
await once(sink, 'listening');
const serviceUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;

const bot = spawn(process.execPath, [join(root, 'index.ts')], {
  cwd: import.meta.dirname,
  env: { Port: '0', BotRole: 'primary', LogLevel: 'info', StorePath: ':memory:' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const endpoint = await new Promise<URL>((resolve, reject) => {
  bot.once('exit', () => reject(new Error('The bot did not start.')));
  createInterface({ input: bot.stdout }).on('line', (line) => {
    const address = /"messages":"([^"]+)"/.exec(line)?.[1];
    if (address !== undefined) resolve(new URL(address));
  });
});

let sent = 0;
async function honest(forSeconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = Date.now() + forSeconds * 1000;
  while (Date.now() < end) {
    sent += 1;
    const body = {
      type: 'message',
      id: `${sent}`,
      channelId: 'emulator',
      serviceUrl,
      conversation: { id: 'c' },
      text: 'x',
    };
    const begun = performance.now();
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, from: { id: 'u' }, recipient: { id: 'b' } }),
    });
    await response.text();
    if (response.status !== 200) throw new Error(`An honest request got ${response.status}.`);
    times.push(performance.now() - begun);
    await wait(20);
  }
  return times.sort((a, b) => a - b);
}

const at = (times: readonly number[], share: number): string =>
  `${(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(1)} ms`;
const report = (name: string, times: readonly number[]): void => {
  const cells = `p50 ${at(times, 0.5)}, p99 ${at(times, 0.99)}, slowest ${at(times, 1)}`;
  process.stdout.write(`honest requests ${name}: ${times.length}, ${cells}\n`);
};

/** Sends a byte a second until the server has had enough. The seconds that it took, and with what status. */
function slow(inBody: boolean): Promise<{ lasted: number; status: string }> {
  const socket = connect(Number(endpoint.port), endpoint.hostname);
  const begun = performance.now();
  const head = `POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  let answer = '';
  socket.write(inBody ? `${head}Content-Length: 1000\r\n\r\n{` : head);
  const drip = setInterval(() => socket.write(inBody ? ' ' : 'X'), 1_000);
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('close', () => {
      clearInterval(drip);
      resolve({ lasted: (performance.now() - begun) / 1000, status: answer.slice(9, 12) || 'none' });
    });
  });
}

try {
  await honest(1); // warm
  report('alone', await honest(3));
  const crowd = Promise.all(Array.from({ length: count }, (_, n) => slow(n % 2 === 0)));
  report(`beside ${count} slow clients`, await honest(seconds));
  const ended = await Promise.race([crowd, wait(1_000).then(() => undefined)]);
  if (ended === undefined) {
    process.stdout.write('some slow clients are still connected\n');
    process.exitCode = 1;
  } else {
    const lasted = ended.map((one) => one.lasted).sort((a, b) => a - b);
    const statuses = [...new Set(ended.map(({ status }) => status))].join(', ');
    const range = `after ${lasted[0]?.toFixed(1) ?? ''} to ${lasted.at(-1)?.toFixed(1) ?? ''} s`;
    process.stdout.write(`slow clients: ${ended.length} of ${count} cut ${range}, with status ${statuses}\n`);
    if ((lasted.at(-1) ?? Infinity) > 12) process.exitCode = 1;
  }
} finally {
  bot.kill('SIGTERM');
  sink.close();
  sink.closeAllConnections();
}
