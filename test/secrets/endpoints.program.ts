import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBot } from '../../bots/samples/createBot.ts';
import { createLogger } from '../../helpers/logging/pinoLogger.ts';
import { createScrubber } from '../../helpers/logging/scrubLine.ts';
import { secretsOf } from '../../helpers/settings/settings.ts';
import { createBotServer } from '../../server.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { findSecrets, plantedSecrets } from '../support/plantedSecrets.ts';
import { testSettings } from '../support/testSettings.ts';
import { withoutRetries } from '../support/withoutRetries.ts';
import { printedByBot } from './botProcess.ts';
import { allCommands, filesOf, printedByCommands, type Command, type Found } from './leftBehind.ts';
import {
  addressesAskedFor,
  failInEveryWay,
  plantedSettings,
  plantedWebhookSettings,
  proof,
  startNeighbours,
  withoutProofs,
  type Neighbours,
  type Seen,
} from './neighbours.ts';
import { failWebhookInEveryWay, startFailingGraph } from './webhookFailures.ts';

const { appPassword, appSecret, pageToken } = plantedSecrets;

/** A bot in this process whose log is kept, and what is left in its store when it is closed. */
async function startBot(env: Readonly<Record<string, string>>) {
  const settings = testSettings({ ...env, MetricsPort: '0' });
  const log: string[] = [];
  const destination = { write: (line: string) => log.push(line) };
  const scrubber = createScrubber(secretsOf(settings));
  const logger = createLogger({ level: 'debug', scrubber, destination });
  const folder = await mkdtemp(join(tmpdir(), 'messenger-handover-secrets-'));
  const path = join(folder, 'bot.db');
  const store = await openSqliteStore(path, { logger });
  const server = await createBotServer(settings, { ...withoutRetries, createBot, logger, scrubber, store });
  /** Closes it, and gives its metrics, what commands print about it, and the store's files as they were before and are then. */
  const end = async (commands: readonly Command[]) => {
    const metrics = await (await fetch(server.metricsUrl ?? '')).text();
    const printed = await printedByCommands(path, env, commands);
    const atWork = filesOf(path, 'at work');
    await server.close();
    const files = { ...atWork, ...filesOf(path, 'afterwards') };
    await rm(folder, { recursive: true, force: true });
    return { printed: { metrics, ...printed }, files };
  };
  return { server, log, end };
}

const inboundId = 'zq7inboundToken9x';

const signInbound = ({ issuer, connector }: Neighbours): Promise<string> =>
  issuer.sign({ claims: { serviceurl: connector.serviceUrl, jti: inboundId } });

function expectNone(found: Found, more: readonly string[] = []): void {
  for (const [where, text] of Object.entries(found)) {
    expect(findSecrets(text, [...more, proof]), where).to.deep.equal([]);
  }
}

function expectNoSecrets(texts: readonly string[], more: readonly string[] = []): void {
  for (const text of texts) expect(findSecrets(text, [...more, proof]), text).to.deep.equal([]);
}

const withoutClaims = (files: Found): Found =>
  Object.fromEntries(Object.entries(files).map(([where, text]) => [where, text.replaceAll(inboundId, '')]));

/** The search has something to search. */
function expectFiles(files: Found): void {
  expect(Object.keys(files)).to.include.members(['bot.db at work', 'bot.db-wal at work', 'bot.db-shm at work']);
  expect(files['bot.db-wal at work']).to.contain('GraphApiError');
}

function expectFull(printed: Found, text: string): void {
  const shown = Object.entries(printed).map(([command, text]) => `${command.split(' ').slice(0, 2).join(' ')} ${text}`);
  expect(shown.find((one) => one.startsWith(text))?.length, text).to.be.above(30);
}

const failedTurns = (log: readonly string[]): number =>
  log.filter((line) => line.includes('"outcome":"failed"')).length;

describe('Six planted secrets, in a bot that fails in every way', () => {
  it("are in no log line, answer or address behind Azure's channel", async () => {
    const neighbours = await startNeighbours();
    const { server, log, end } = await startBot(plantedSettings(neighbours.issuer, neighbours.graph.url));
    try {
      const seen: Seen = { output: [], failures: 0 };
      const jwt = await signInbound(neighbours);
      await failInEveryWay(server.url, neighbours, jwt, seen);
      await server.settled();
      expect(seen.failures).to.be.above(30);
      expect(failedTurns(log)).to.be.above(15);
      const signature = jwt.split('.')[2]!;
      expectNoSecrets([...seen.output, ...log, ...addressesAskedFor(neighbours).map(withoutProofs)], [signature]);
      const { printed, files } = await end(allCommands);
      for (const text of ['deadLetters show', 'quarantine show', 'thread pass', 'doctor --user', 'metrics']) {
        expectFull(printed, text);
      }
      expectFiles(files);
      // What the token said is stored, the token is not.
      const pieces = jwt.split('.').slice(1);
      expectNone(withoutClaims(printed), pieces);
      expectNone(withoutClaims(files), pieces);
    } finally {
      await neighbours.close();
    }
  });

  for (const typed of ['secrets', 'words'] as const) {
    it(`are in no log line, answer or address with Messenger's webhook, where customers type ${typed}`, async () => {
      const graph = await startFailingGraph();
      const { server, log, end } = await startBot(plantedWebhookSettings(graph.url));
      try {
        const seen: Seen = { output: [], failures: 0 };
        await failWebhookInEveryWay(server.url, seen, typed);
        await server.settled();
        expect(seen.failures).to.be.above(10);
        expect(failedTurns(log)).to.be.above(50);
        expect(graph.calls.filter(({ path }) => path.endsWith('/messages'))).to.have.length.above(50);
        expectNoSecrets([...seen.output, ...log, ...graph.calls.map(({ url }) => withoutProofs(url))]);
        // What customers wrote is kept as they wrote it, and shown to nobody.
        const { printed, files } = await end(typed === 'secrets' ? ['deadLetters', 'quarantine'] : []);
        if (typed === 'secrets') for (const text of ['deadLetters show', 'quarantine show']) expectFull(printed, text);
        expectNone(printed);
        expectFiles(files);
        if (typed === 'words') expectNone(files);
      } finally {
        await graph.close();
      }
    });
  }

  it("are in nothing that its process prints behind Azure's channel", async () => {
    const neighbours = await startNeighbours();
    try {
      const settings = plantedSettings(neighbours.issuer, neighbours.graph.url);
      const seen: Seen = { output: [], failures: 0 };
      const jwt = await signInbound(neighbours);
      const { printed } = await printedByBot(settings, async (bot, url) => {
        await failInEveryWay(await url(), neighbours, jwt, seen);
        await bot.printed('"outcome":"failed"');
      });
      expectNoSecrets([...seen.output, ...printed.split('\n')], [jwt.split('.')[2]!]);
    } finally {
      await neighbours.close();
    }
  });

  it("are in nothing that its process prints with Messenger's webhook, in words for people", async () => {
    const graph = await startFailingGraph();
    try {
      const seen: Seen = { output: [], failures: 0 };
      const settings = { ...plantedWebhookSettings(graph.url), LogFormat: 'text' };
      const { printed } = await printedByBot(settings, async (bot, url) => {
        await failWebhookInEveryWay(await url(), seen);
        await bot.printed('turn retried');
        // Its turns would be tried again for as long as it may take to close.
        bot.kill('SIGKILL');
      });
      expect(printed).to.match(/warn +turn retried after \d+ ms: message on messaging/);
      expectNoSecrets([...seen.output, ...printed.split('\n')]);
    } finally {
      await graph.close();
    }
  });

  it('are in nothing that a misconfigured process prints', async () => {
    const wrong = { MicrosoftAppType: appPassword, FacebookPageTokn: pageToken, Port: appSecret };
    const settings = { ...plantedWebhookSettings('http://127.0.0.1:9'), ...wrong };
    const { printed, code } = await printedByBot(settings, async (bot) => {
      await bot.ended;
    });
    expect(code).to.equal(1);
    expect(printed).to.contain('FacebookPageTokn');
    expectNoSecrets(printed.split('\n'));
  });
});
