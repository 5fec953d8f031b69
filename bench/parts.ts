/**
 * What each part of an event's way through the direct endpoint costs, called in a loop without sockets: processor time in microseconds for an
 * event, so that one can see what a change brings although the machine has other work.
 *
 * Run: node commands/launch.js bench/parts.ts [events]
 */
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessengerAdapter } from '../adapters/messenger/messengerAdapter.ts';
import { MessengerEndpoint } from '../adapters/messenger/messengerEndpoint.ts';
import { PrimaryBot } from '../bots/samples/primaryBot.ts';
import { createLogger } from '../helpers/logging/pinoLogger.ts';
import { Secret } from '../helpers/secret.ts';
import { createSendApi } from '../adapters/messenger/sendApi.ts';
import { createMemoryStore } from '../store/memory/memoryStore.ts';
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts';
import type { Delivery, Store } from '../store/store.ts';
import { TurnRunner } from '../turns/turnRunner.ts';
import { createTurnServices } from '../turns/turnServices.ts';
import { cast } from './endToEnd/cast.ts';
import { webhookEvents } from './endToEnd/events.ts';

const events = Number(process.argv[2] ?? 8_000);
const atOnce = 32;
const nowhere = openSync(devNull, 'w');
const secrets = [cast.pageToken, cast.appSecret, cast.verifyToken].map((secret) => new Secret(secret));
const destination = { write: (line: string) => writeSync(nowhere, line) };
const logger = createLogger({ level: 'info', secrets, destination });
const bot = new PrimaryBot({ logger, appId: cast.facebookAppId });
const graph = { post: () => Promise.resolve({ recipient_id: '1', message_id: 'm_1' }) };

const nextEvent = webhookEvents('localhost');
const deliveries: Delivery[] = [];
const endpoint = new MessengerEndpoint({
  appSecret: new Secret(cast.appSecret),
  verifyToken: new Secret(cast.verifyToken),
  appId: cast.facebookAppId,
  logger,
  graph,
  logic: () => Promise.resolve(),
  runner: { wake: () => undefined, inline: (_delivery, run) => run() },
  store: {
    accept: (some) => {
      deliveries.push(...some);
      return Promise.resolve({ accepted: some.length, duplicates: 0 });
    },
  },
});

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await endpoint.routes.find(({ method }) => method === 'post')?.handle(request, response);
}

function nextRequest(): [IncomingMessage, ServerResponse] {
  const { bytes } = nextEvent();
  const bodyAt = bytes.indexOf('\r\n\r\n') + 4;
  const request = new IncomingMessage(new Socket());
  const signature = /x-hub-signature-256: (\S+)/.exec(bytes.toString('latin1', 0, bodyAt))?.[1] ?? '';
  request.headers = { 'x-hub-signature-256': signature };
  request.push(bytes.subarray(bodyAt));
  request.push(null);
  return [request, new ServerResponse(request)];
}

async function time(name: string, rounds: number, work: (round: number) => unknown, perRound = 1): Promise<void> {
  for (let round = 0; round < rounds / 4; round += 1) await work(round);
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) await work(round);
  const { user, system } = process.cpuUsage(before);
  const [inUser, inSystem] = [user, system].map((all) => (all / rounds / perRound).toFixed(1).padStart(7));
  process.stdout.write(`${name.padEnd(52)} user ${inUser ?? ''}  system ${inSystem ?? ''}\n`);
}

function adapterWith(send?: ReturnType<typeof createTurnServices>['send']): MessengerAdapter {
  const sendApi = createSendApi(graph, send === undefined ? {} : { send });
  return new MessengerAdapter({ sendApi, logic: (context) => bot.run(context), ownAppId: cast.facebookAppId });
}

const deliveryAt = (n: number): Delivery => {
  const found = deliveries[n % deliveries.length];
  if (found === undefined) throw new Error('There are no deliveries yet.');
  return found;
};

let accepted = 0;
async function timeStore(name: string, store: Store): Promise<void> {
  const work = createTurnServices({ store, logger });
  const adapter = adapterWith(work.send);
  const run = ({ turn }: Delivery) => adapter.runStoredTurn(turn);
  const runner = new TurnRunner({ store, logger, run, scopes: work.scopes, retries: work.retries });
  const acceptOne = async (): Promise<void> => {
    accepted += 1;
    const conversation = `facebook ${cast.pageId} ${accepted % 10_000}`;
    await store.accept([{ ...deliveryAt(accepted), key: `parts ${accepted}`, conversation }]);
    runner.wake();
  };
  const round = async () => {
    await Promise.all(Array.from({ length: atOnce }, acceptOne));
    await runner.settled();
  };
  await time(name, Math.ceil(events / atOnce), round, atOnce);
}

const folder = mkdtempSync(join(tmpdir(), 'parts-'));
try {
  await time('making a request, which is not the bot', events, nextRequest);
  await time('the same and the webhook: signature to delivery', events, () => receive(...nextRequest()));
  const alone = adapterWith();
  await time('a turn of the bot, without journal and Graph', events, (n) => alone.runStoredTurn(deliveryAt(n).turn));
  const fields = { conversation: deliveryAt(0).conversation, kind: 'message', via: 'messaging', outcome: 'done' };
  await time('a line of log', events, () => logger.info({ ...fields, durationMs: 12 }, 'turn'));
  await timeStore('runner, journal, turn and log; store in memory', createMemoryStore());
  const store = await openSqliteStore(join(folder, 'parts.db'), { logger });
  await timeStore('the same; store on the disk', store);
  await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
