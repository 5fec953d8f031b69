import { expect } from 'chai';
import { defaultSeed } from '../../emulator/seed.ts';
import { startPlatform } from '../../emulator/startPlatform.ts';
import { FacebookThreadControlHelper } from '../../helpers/facebookThreadControlHelper.ts';
import { createGraphClient } from '../../helpers/graph/graphClient.ts';
import { readSettings } from '../../helpers/settings/settings.ts';
import { psid } from '../support/facebookActivities.ts';
import { endsByTimeLimit, graphFaultScripts, impatientClient } from '../support/graphFaultScripts.ts';
import { everythingOf, findSecrets, plantedSecrets } from '../support/plantedSecrets.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { routedGraph, type Script } from '../support/scriptedGraph.ts';
import { testSettings } from '../support/testSettings.ts';
import { indiscreet, plantedSettings, proof } from './neighbours.ts';

const { pageToken, appSecret, appPassword, verifyToken } = plantedSecrets;

describe('Six planted secrets', () => {
  it('are in no error that thread control throws, and in no line that it logs', async () => {
    let script: Script = {};
    const graph = await routedGraph(() => script);
    const logger = createRecordingLogger();
    const options = { pageToken, appSecret, sleep: () => Promise.resolve(), logger };
    const client = impatientClient(graph, options, () => endsByTimeLimit(script));
    const control = new FacebookThreadControlHelper(client, { appId: '1' });
    const errors: unknown[] = [];
    const keep = (error: unknown): void => void errors.push(error);
    try {
      for (script of [...indiscreet, ...graphFaultScripts.map((fault) => fault.script)]) {
        await control.passThreadControl(psid, '2').catch(keep);
        await control.getThreadOwner(psid).catch(keep);
        await control.getSecondaryReceivers().catch(keep);
      }
      await client.get(`me/${pageToken}`).catch(keep);
      await control.passThreadControl('', '2', pageToken).catch(keep);
      await control.passThreadControl(psid, '2', appSecret.repeat(100)).catch(keep);
    } finally {
      await graph.close();
    }
    // And with nobody there at all.
    await control.takeThreadControl(psid).catch(keep);
    try {
      createGraphClient({ pageToken: `${pageToken} \n`, appSecret });
    } catch (error) {
      errors.push(error);
    }
    expect(errors).to.have.length.above(150);
    for (const error of errors) expect(findSecrets(everythingOf(error), [proof])).to.deep.equal([]);
    expect(findSecrets(everythingOf(logger.lines), [proof])).to.deep.equal([]);
  });

  it('are in no settings object that is printed, and in no sentence about wrong settings', () => {
    const good = testSettings({
      MicrosoftAppType: 'MultiTenant',
      MicrosoftAppId: '00000000-0000-4000-8000-0000000000a1',
      MicrosoftAppPassword: appPassword,
      FacebookPageToken: pageToken,
      FacebookAppId: '1',
      FacebookAppSecret: appSecret,
      FacebookVerifyToken: verifyToken,
    });
    expect(findSecrets(everythingOf(good))).to.deep.equal([]);
    const wrong: Record<string, string>[] = Object.keys(plantedSettings({ settings: {} }, 'x')).map((name) => ({
      [name]: `${pageToken} \n${appPassword}`,
    }));
    const more = [
      { MicrosoftAppPasword: appPassword },
      { FacebookPageTokn: pageToken },
      { Port: pageToken, BotRole: appSecret },
    ];
    let thrown = 0;
    for (const env of [...wrong, ...more]) {
      try {
        readSettings({ env, readFile: () => `{"FacebookAppSecret": ${appSecret}` });
      } catch (error) {
        thrown += 1;
        expect(findSecrets(everythingOf(error))).to.deep.equal([]);
      }
    }
    expect(thrown).to.equal(wrong.length + more.length);
  });

  it('are in no trace, state or answer of the emulator and of its Azure', async () => {
    const apps = defaultSeed.apps.map((app, index) => ({
      ...app,
      pageToken: `${pageToken}${index}`,
      appSecret: `${appSecret}${index}`,
      verifyToken: `${verifyToken}${index}`,
    }));
    const platform = await startPlatform({ seed: { apps } });
    const { emulator } = platform;
    const customer = emulator.customers[0]!;
    const output: string[] = [];
    try {
      emulator.customer().say('hello');
      const call = async (path: string, token: string | undefined, body?: object): Promise<void> => {
        const response = await fetch(`${emulator.url}${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            'content-type': 'application/json',
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        output.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
      };
      const recipient = { recipient: { id: customer } };
      for (const token of [`${pageToken}0`, `${pageToken}1`, `${pageToken}wrong`, undefined]) {
        for (const edge of [
          'pass_thread_control',
          'take_thread_control',
          'request_thread_control',
          'messages',
          'nowhere',
        ]) {
          await call(`/v26.0/me/${edge}`, token, { ...recipient, target_app_id: '7', metadata: `${appSecret}0` });
          await call(`/v26.0/me/${edge}?access_token=${encodeURIComponent(`${pageToken}0`)}`, undefined, recipient);
          await call(`/v26.0/me/${edge}?appsecret_proof=${encodeURIComponent(`${appSecret}0`)}`, token, recipient);
        }
        await call(`/v26.0/me/thread_owner?recipient=${customer}`, token);
      }
      for (const [index, bot] of platform.bots.entries()) {
        emulator.hideSecret(`${appPassword}${index}`);
        const form = new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: bot.settings['MicrosoftAppId']!,
        });
        form.set('client_secret', `${appPassword}${index}`);
        const response = await fetch(`${bot.settings['ToChannelFromBotLoginUrl']}/oauth2/v2.0/token`, {
          method: 'POST',
          body: form,
        });
        output.push(`${response.status} ${await response.text()}`);
        await bot.connect('http://127.0.0.1:9');
      }
      emulator.customer().say('nobody is there');
      await emulator.settled();
      await call('/_emulator', undefined);
      await call('/_emulator/state', undefined);
      output.push(everythingOf(emulator.state()), JSON.stringify(emulator.events()));
    } finally {
      await platform.close();
    }
    expect(output).to.have.length.above(60);
    for (const text of output) expect(findSecrets(text), text.slice(0, 2_000)).to.deep.equal([]);
  });
});
