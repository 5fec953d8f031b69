import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { defaultSeed } from '../emulator/seed.ts';
import { startPlatform } from '../emulator/startPlatform.ts';
import { FacebookThreadControlHelper } from '../helpers/facebookThreadControlHelper.ts';
import { appsecretProof, createGraphClient } from '../helpers/graphClient.ts';
import { createLogger } from '../helpers/pinoLogger.ts';
import { readSettings, secretsOf } from '../helpers/settings.ts';
import { createBotServer, type BotServer } from '../server.ts';
import { conversationId, pageId, psid } from './support/facebookActivities.ts';
import { endsByTimeLimit, graphFaultScripts, impatientClient } from './support/graphFaultScripts.ts';
import { takeFoundSecrets, watch } from './support/outputGuard.ts';
import { everythingOf, findSecrets, plantedSecrets } from './support/plantedSecrets.ts';
import { createRecordingLogger } from './support/recordingLogger.ts';
import { startScriptedConnector } from './support/scriptedConnector.ts';
import { routedGraph, type Script } from './support/scriptedGraph.ts';
import { sendJson, startScriptedIssuer, type ScriptedIssuer } from './support/scriptedIssuer.ts';
import { testSettings } from './support/testSettings.ts';
import { wireAnswers, wireBreaks } from './support/wireFaults.ts';

const { pageToken, appSecret, appPassword, verifyToken, accessToken } = plantedSecrets;
const proof = appsecretProof(pageToken, appSecret);

/** Graph repeating what it was told, as its sentence about a malformed token does. */
const indiscreet: readonly Script[] = [
  pageToken,
  appSecret,
  proof,
  encodeURIComponent(pageToken),
  `Bearer ${pageToken}`,
  `${'x'.repeat(480)}${pageToken}`,
].flatMap((text): Script[] => [
  { status: 400, json: { error: { message: `Malformed access token ${text}`, code: 190, fbtrace_id: text } } },
  { status: 400, json: { error: { message: 'no', code: 100, error_user_msg: text, error_data: { text } } } },
  { status: 500, text: `<html>${text}</html>` },
  { status: 302, headers: { location: `http://127.0.0.1:9/?access_token=${encodeURIComponent(text)}` } },
]);

/** Everything that can be seen from outside of a bot: log, answers, addresses that it asked for. */
interface Seen {
  output: string[];
  /** How many things went wrong on the way, so that the search is known to have had something to search. */
  failures: number;
}

/** What the six secrets look like to their neighbours: a bot with all of them, each used. */
function plantedSettings(issuer: ScriptedIssuer, graphUrl: string): Record<string, string> {
  return {
    ...issuer.settings,
    MicrosoftAppPassword: appPassword,
    FacebookPageToken: pageToken,
    FacebookAppId: '1',
    FacebookAppSecret: appSecret,
    FacebookVerifyToken: verifyToken,
    GraphApiBaseUrl: graphUrl,
    LogLevel: 'debug',
  };
}

interface Neighbours {
  issuer: ScriptedIssuer;
  connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  graph: Awaited<ReturnType<typeof routedGraph>>;
  /** What Graph does from now on. */
  graphDoes: (script: Script | undefined) => void;
  close: () => Promise<void>;
}

async function startNeighbours(): Promise<Neighbours> {
  const issuer = await startScriptedIssuer();
  issuer.answerWith('token', (_request, response) =>
    sendJson(response, { token_type: 'Bearer', expires_in: 3600, access_token: accessToken }),
  );
  const connector = await startScriptedConnector();
  let script: Script | undefined;
  const graph = await routedGraph(
    ({ method }) => script ?? { json: method === 'GET' ? { data: [] } : { success: true } },
  );
  return {
    issuer,
    connector,
    graph,
    graphDoes: (next) => (script = next),
    close: async () => {
      await graph.close();
      await connector.close();
      await issuer.close();
    },
  };
}

let count = 0;
function activityOf(serviceUrl: string, fields: object = {}): Record<string, unknown> {
  count += 1;
  return {
    type: 'message',
    id: `activity-${count}`,
    channelId: 'facebook',
    serviceUrl,
    from: { id: psid },
    recipient: { id: pageId },
    conversation: { id: conversationId },
    text: 'Pass to page inbox',
    ...fields,
  };
}

/** Leads a bot, wherever it runs, through every way in which it can fail. The answers go into `seen`. */
async function failInEveryWay(url: string, { issuer, connector, graphDoes }: Neighbours, jwt: string, seen: Seen) {
  async function post(body: unknown, authorization: string | undefined = `Bearer ${jwt}`): Promise<void> {
    const response = await fetch(`${url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (response.status >= 400) seen.failures += 1;
    seen.output.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
  }
  const say = (fields: object = {}) => post(activityOf(connector.serviceUrl, fields));
  const elsewhere = () => ({ from: { id: `9${count}` }, conversation: { id: `9${count}-${pageId}` } });

  for (const script of indiscreet) {
    graphDoes(script);
    await say(elsewhere());
    await say({ ...elsewhere(), text: 'Pass to secondary' });
  }
  graphDoes(undefined);
  const wire = Object.values({ ...wireAnswers, ...wireBreaks });
  for (const fault of wire) {
    connector.answerWith(fault);
    await say({ ...elsewhere(), type: 'invoke', name: 'x' });
    await say({ ...elsewhere(), deliveryMode: 'expectReplies' });
    await say(elsewhere());
  }
  connector.answerWith((request, response) => {
    response.statusCode = 403;
    response.end(JSON.stringify({ error: { code: 'x', message: `${request.headers.authorization} ${appPassword}` } }));
  });
  await say(elsewhere());
  for (const authorization of ['', `Basic ${jwt}`, `Bearer ${jwt.slice(0, -9)}`, `Bearer ${jwt} ${pageToken}`, jwt]) {
    await post(activityOf(connector.serviceUrl), authorization);
  }
  await post(`{"text":"${jwt}`);
  await post({ type: 'message', channelId: jwt, serviceUrl: `http://evil.example/${pageToken}` });
  await post({ ...activityOf('http://evil.example/'), channelId: 'facebook' });
  issuer.answerWith('keys', (_request, response) => sendJson(response, { error: appPassword }, 500));
  await post(activityOf(connector.serviceUrl), `Bearer ${await issuer.sign({ header: { kid: 'unknown' } })}`);
  for (const path of ['/', `/x?access_token=${encodeURIComponent(pageToken)}`, '/healthz', '/readyz']) {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${jwt}` } });
    seen.output.push(`${response.status} ${await response.text()}`);
  }
}

function addressesAskedFor({ graph, connector }: Neighbours): string[] {
  return [...graph.calls.map(({ url }) => url), ...connector.received.map(({ path }) => path)];
}

/** The query of a question to Graph has the proof, which Meta wants there; it is useless without the token. */
const withoutProofs = (text: string): string => text.replaceAll(`appsecret_proof=${proof}`, '');

describe('Six planted secrets', () => {
  it('are found when they are there', () => {
    for (const secret of Object.values(plantedSecrets)) {
      for (const text of [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(JSON.stringify(secret)),
        secret.toUpperCase(),
      ]) {
        expect(findSecrets(`a ${text} b`), text).not.to.deep.equal([]);
      }
      for (const before of ['', 'a', 'ab']) {
        const text = Buffer.from(`${before}${secret}`).toString('base64');
        expect(findSecrets(text), text).not.to.deep.equal([]);
      }
    }
    const hidden = new Error('x', { cause: { deep: [{ config: { headers: { a: pageToken } } }] } });
    expect(findSecrets(everythingOf(hidden))).not.to.deep.equal([]);
  });

  it('are found in what the tests write, whatever test writes it', () => {
    const stream = { write: () => true };
    watch(stream);
    (stream.write as (text: unknown) => boolean)('a zq7pageToken9x b');
    (stream.write as (text: unknown) => boolean)(Buffer.from('a-fake-page-token'));
    expect(takeFoundSecrets()).to.deep.equal(['zq7pageToken9x', 'a-fake-page-token']);
  });

  it('are in no log line, answer or address of a bot that fails in every way', async () => {
    const neighbours = await startNeighbours();
    const seen: Seen = { output: [], failures: 0 };
    let server: BotServer | undefined;
    try {
      const settings = testSettings(plantedSettings(neighbours.issuer, neighbours.graph.url));
      const log: string[] = [];
      const logger = createLogger({
        level: 'debug',
        secrets: secretsOf(settings),
        destination: { write: (line: string) => log.push(line) },
      });
      server = await createBotServer(settings, { logger });
      const jwt = await neighbours.issuer.sign({
        claims: { serviceurl: neighbours.connector.serviceUrl, jti: 'zq7inboundToken9x' },
      });
      await failInEveryWay(server.url, neighbours, jwt, seen);
      await server.settled();
      const signature = jwt.split('.')[2]!;
      expect(seen.failures).to.be.above(30);
      expect(log.filter((line) => line.includes('"outcome":"failed"'))).to.have.length.above(15);
      for (const text of [...seen.output, ...log])
        expect(findSecrets(text, [signature, proof]), text).to.deep.equal([]);
      for (const url of addressesAskedFor(neighbours)) {
        expect(findSecrets(withoutProofs(url), [signature, proof]), url).to.deep.equal([]);
      }
    } finally {
      await server?.close();
      await neighbours.close();
    }
  }).timeout(60_000);

  it('are in no error that thread control throws, and in no line that it logs', async () => {
    let script: Script = {};
    const graph = await routedGraph(() => script);
    const logger = createRecordingLogger();
    const client = impatientClient(
      { pageToken, appSecret, baseUrl: graph.url, sleep: () => Promise.resolve(), logger },
      () => endsByTimeLimit(script),
    );
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
  }).timeout(60_000);

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
    const wrong: Record<string, string>[] = Object.keys(plantedSettings({ settings: {} } as ScriptedIssuer, 'x')).map(
      (name) => ({ [name]: `${pageToken} \n${appPassword}` }),
    );
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

  it('are in nothing that a bot in a process of its own prints', async () => {
    const neighbours = await startNeighbours();
    const directory = await mkdtemp(join(tmpdir(), 'messenger-handover-secrets-'));
    const program = fileURLToPath(new URL('../index.ts', import.meta.url));
    const run = (settings: Record<string, string>) => {
      const child = spawn(process.execPath, [program], {
        cwd: directory,
        env: { BotRole: 'primary', Host: '127.0.0.1', Port: '0', ...settings },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let printed = '';
      const listening = Promise.withResolvers<string>();
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
          const url = /"messages":"(http:\/\/[^"]+)\/api\/messages"/.exec(printed)?.[1];
          if (url !== undefined) listening.resolve(url);
        });
      }
      const ended = once(child, 'close');
      void ended.then(() => listening.reject(new Error('It ended before it listened.')));
      listening.promise.catch(() => undefined);
      return { child, ended, listening: listening.promise, printed: () => printed };
    };
    const settings = plantedSettings(neighbours.issuer, neighbours.graph.url);
    const seen: Seen = { output: [], failures: 0 };
    const jwt = await neighbours.issuer.sign({
      claims: { serviceurl: neighbours.connector.serviceUrl, jti: 'zq7inboundToken9x' },
    });
    try {
      const bot = run(settings);
      await failInEveryWay(await bot.listening, neighbours, jwt, seen);
      bot.child.kill('SIGTERM');
      await bot.ended;
      const misconfigured = run({
        ...settings,
        MicrosoftAppType: appPassword,
        FacebookPageTokn: pageToken,
        Port: appSecret,
      });
      await misconfigured.ended;
      expect(bot.printed()).to.contain('"outcome":"failed"');
      expect(misconfigured.printed()).to.contain('FacebookPageTokn');
      expect(misconfigured.child.exitCode).to.equal(1);
      const signature = jwt.split('.')[2]!;
      for (const text of [...seen.output, bot.printed(), misconfigured.printed()]) {
        for (const line of text.split('\n')) expect(findSecrets(line, [signature, proof]), line).to.deep.equal([]);
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
      await neighbours.close();
    }
  }).timeout(60_000);
});
