import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import type { BotParts } from '../../bots/botParts.ts';
import type { OwnSettingsSchema } from '../../helpers/settings/ownSettings.ts';
import { createBotServer } from '../../server.ts';
import { openDeadLetters } from '../../store/sqlite/deadLetterFile.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { pageId, psid, says } from '../support/facebookActivities.ts';
import { plantedSecrets } from '../support/plantedSecrets.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { routedGraph } from '../support/scriptedGraph.ts';
import { metaBytes, postSigned } from '../support/signedWebhook.ts';
import { testSettings } from '../support/testSettings.ts';
import { withoutRetries } from '../support/withoutRetries.ts';
import { plantedWebhookSettings } from './neighbours.ts';
import { filesOf } from './leftBehind.ts';

/** Its name does not say that it is a secret, so the schema alone does. */
const ownSettings = { MyPin: { secret: true, required: true } } satisfies OwnSettingsSchema;
const mark = 'vk4ownPin8x';
const pin = `planted"${mark}\\ß %=`;

/** Its platform repeats the secret in a refusal, which the journal keeps, and then it throws the secret, which the dead letter keeps. */
function createIndiscreetBot({ own }: BotParts) {
  return {
    run: async (context: TurnContext) => {
      await context.sendActivity('Hello.').catch(() => undefined);
      throw new Error(`no order with ${String(own['MyPin'])} or ${JSON.stringify(own)}`);
    },
  };
}

/** What such a bot leaves in its store when something was posted to it. */
async function leftBy(env: Readonly<Record<string, string>>, post: (url: string) => Promise<Response>) {
  const folder = await mkdtemp(join(tmpdir(), 'messenger-handover-own-secrets-'));
  const path = join(folder, 'bot.db');
  const logger = createRecordingLogger();
  try {
    const store = await openSqliteStore(path, { logger });
    const settings = testSettings({ MyPin: pin, ...env }, ownSettings);
    const server = await createBotServer(settings, {
      ...{ ...withoutRetries, logger, store },
      createBot: createIndiscreetBot,
    });
    expect((await post(server.url)).status).to.equal(200);
    await server.settled();
    const atWork = filesOf(path, 'at work');
    await server.close();
    const file = openDeadLetters(path);
    const letters = await file.letters.list();
    await file.close();
    return { files: { ...atWork, ...filesOf(path, 'afterwards') }, letters };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function expectRedacted({ files, letters }: Awaited<ReturnType<typeof leftBy>>): void {
  expect(JSON.stringify(letters)).to.contain('no order with [redacted]');
  const bytes = Object.values(files).join('\n');
  expect(bytes).to.contain('refused for [redacted]').and.to.contain('no order with [redacted]');
  for (const [name, text] of Object.entries(files)) expect(text.includes(mark), name).to.equal(false);
}

describe("A secret of the bot's own settings", () => {
  it("is in no dead letter and no journal behind Azure's channel", async () => {
    const connector = await startScriptedConnector();
    connector.answerWith((_request, response) => {
      response.statusCode = 403;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ error: { code: 'x', message: `refused for ${pin}` } }));
    });
    try {
      const activity = { ...says('hi'), id: 'a1', serviceUrl: connector.serviceUrl };
      const post = (url: string) =>
        fetch(`${url}/api/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(activity),
        });
      expectRedacted(await leftBy({}, post));
    } finally {
      await connector.close();
    }
  });

  it("is in no dead letter and no journal with Messenger's webhook", async () => {
    const graph = await routedGraph(() => ({
      status: 400,
      json: { error: { message: `refused for ${pin}`, code: 100 } },
    }));
    try {
      const messaging = [
        { sender: { id: psid }, recipient: { id: pageId }, timestamp: Date.now(), message: { mid: 'm_1', text: 'hi' } },
      ];
      const body = metaBytes({ object: 'page', entry: [{ id: pageId, time: Date.now(), messaging }] });
      const post = (url: string) => postSigned(`${url}/webhook`, body, plantedSecrets.appSecret);
      expectRedacted(await leftBy(plantedWebhookSettings(graph.url), post));
    } finally {
      await graph.close();
    }
  });
});
