import { createInterface } from 'node:readline';
import type { TurnContext } from 'botbuilder';
import { createGraphClient } from '../../helpers/graphClient.ts';
import { createSentMessages } from '../../helpers/sentMessages.ts';
import { FacebookThreadControlHelper } from '../../helpers/facebookThreadControlHelper.ts';
import { createBotServer } from '../../server.ts';
import { journaledThreadControl } from '../../store/journaledThreadControl.ts';
import { createRetryPolicy } from '../../store/retryPolicy.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { createTurnScopes } from '../../store/turnScope.ts';
import { createTurnJournal } from '../../store/turnJournal.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

/** The process that the kill test kills: a bot that answers each message with two, and passes the thread when it is asked to. */
const [path = '', graphUrl = ''] = process.argv.slice(2);
const logger = createRecordingLogger();
const store = await openSqliteStore(path, { logger });
const graph = createGraphClient({ pageToken: 'not-a-real-token', baseUrl: graphUrl, retries: 0 });
const helper = new FacebookThreadControlHelper(graph, { appId: '1000' });
const scopes = createTurnScopes();
const journal = createTurnJournal({ table: store.journal, scopes, logger });
const threadControl = journaledThreadControl(helper, { journal, appId: '1000' });

async function run(context: TurnContext): Promise<void> {
  const { text, from } = context.activity;
  await context.sendActivity(`${text} first`);
  if (text.endsWith('pass')) await threadControl.passThreadControl(from.id, '2000', text).catch(() => undefined);
  await context.sendActivity(`${text} second`);
}

const server = await createBotServer(testSettings(), {
  logger,
  store,
  createBot: () => ({ run }),
  retries: createRetryPolicy({ maxAttempts: 50, baseMs: 20, capMs: 100, maxCrashes: 1000 }),
  turnWork: { echoWaitMs: 0, sentMessages: createSentMessages(graph), scopes },
});
process.stdout.write(`${server.url}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'drain') await server.settled().then(() => process.stdout.write('drained\n'));
  if (line === 'end') break;
}
await server.close();
process.stdin.destroy();
