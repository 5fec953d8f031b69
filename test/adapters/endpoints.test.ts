import { startAzureChannel } from '../../emulator/azureChannel/azureChannel.ts';
import { createBotServer } from '../../server.ts';
import { describeEndpoint, type SentBody, type StartEndpoint } from '../contracts/endpointContract.ts';
import { registrationWith } from '../emulator/azureChannel/channelUnderTest.ts';
import { startScriptedServer } from '../emulator/azureChannel/scriptedServer.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { webhookSettings } from '../support/settingsReader.ts';
import { metaBytes, postSigned } from '../support/signedWebhook.ts';
import { testSettings } from '../support/testSettings.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

const facebookAppId = '1200345678901234';

/** Graph as far as messages go. */
function startGraph() {
  let sent = 0;
  return startScriptedServer((call) => {
    sent += 1;
    return { json: { recipient_id: call.body.recipient?.id, message_id: `m_sent_${sent}` } };
  });
}

function accepted(response: Response): void {
  if (response.status !== 200) throw new Error(`The webhook was answered with ${response.status}.`);
}

const startDirect: StartEndpoint = async (bot) => {
  const graph = await startGraph();
  const settings = testSettings({
    ...webhookSettings,
    FacebookAppId: facebookAppId,
    GraphApiBaseUrl: graph.url,
  });
  const server = await createBotServer(settings, {
    ...withoutRetries,
    logger: createRecordingLogger(),
    createBot: () => bot,
  });
  return {
    deliver: async (payload) => {
      accepted(await postSigned(`${server.url}/webhook`, metaBytes(payload), webhookSettings.FacebookAppSecret));
      await server.settled();
    },
    sent: () => graph.calls.map(({ body }) => body as SentBody),
    close: async () => {
      await server.close();
      await graph.close();
    },
  };
};

const startAzure: StartEndpoint = async (bot) => {
  const graph = await startGraph();
  const registration = registrationWith({ facebookAppId, pageId: '104857600012345' });
  const channel = await startAzureChannel({
    registrations: [registration],
    // The channel is not known to forward these; for a bot to see them, it has to.
    translation: { receipts: 'forward' },
    hooks: {
      clock: Date.now,
      trace: () => undefined,
      addBusySource: () => () => undefined,
      hideSecret: () => undefined,
      graphBaseUrl: graph.url,
      registerWebhook: () => Promise.resolve(),
    },
  });
  const settings = testSettings({ ...channel.settingsFor(registration.botAppId), FacebookAppId: facebookAppId });
  const server = await createBotServer(settings, {
    ...withoutRetries,
    logger: createRecordingLogger(),
    createBot: () => bot,
  });
  channel.setBotEndpoint(registration.botAppId, `${server.url}/api/messages`);
  const { callbackUrl } = channel.webhookOf(registration.botAppId);
  return {
    deliver: async (payload) => {
      accepted(await postSigned(callbackUrl, metaBytes(payload), registration.appSecret));
      await channel.settled();
      await server.settled();
      await channel.settled();
    },
    sent: () => graph.calls.map(({ body }) => body as SentBody),
    close: async () => {
      await server.close();
      await channel.close();
      await graph.close();
    },
  };
};

describeEndpoint("Messenger's own webhook", startDirect);
describeEndpoint("Azure's Facebook channel", startAzure);
