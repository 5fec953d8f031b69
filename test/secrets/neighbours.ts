import { appsecretProof } from '../../helpers/graph/graphClient.ts';
import { conversationId, pageId, psid } from '../support/facebookActivities.ts';
import { plantedSecrets } from '../support/plantedSecrets.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { routedGraph, type Script } from '../support/scriptedGraph.ts';
import { sendJson, startScriptedIssuer, type ScriptedIssuer } from '../support/scriptedIssuer.ts';
import { wireAnswers, wireBreaks } from '../support/wireFaults.ts';

const { pageToken, appSecret, appPassword, verifyToken, accessToken } = plantedSecrets;
/** It is of no use without the token, but nobody's business either. */
export const proof = appsecretProof(pageToken, appSecret);

/** Graph repeating what it was told, as its sentence about a malformed token does. */
export const indiscreet: readonly Script[] = [
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
export interface Seen {
  output: string[];
  /** How many things went wrong on the way, so that the search is known to have had something to search. */
  failures: number;
}

/** A bot without Azure has four of them, each used. */
export const plantedWebhookSettings = (graphUrl: string): Record<string, string> => ({
  FacebookPageToken: pageToken,
  FacebookAppId: '1',
  FacebookAppSecret: appSecret,
  FacebookVerifyToken: verifyToken,
  GraphApiBaseUrl: graphUrl,
  LogLevel: 'debug',
});

/** A bot behind Azure's channel has all of them, each used. */
export const plantedSettings = (
  issuer: { settings: Readonly<Record<string, string>> },
  graphUrl: string,
): Record<string, string> => ({
  ...issuer.settings,
  MicrosoftAppPassword: appPassword,
  ...plantedWebhookSettings(graphUrl),
});

export interface Neighbours {
  issuer: ScriptedIssuer;
  connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  graph: Awaited<ReturnType<typeof routedGraph>>;
  /** What Graph does from now on. */
  graphDoes: (script: Script | undefined) => void;
  close: () => Promise<void>;
}

export async function startNeighbours(): Promise<Neighbours> {
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

/** Leads a bot behind Azure's channel, wherever it runs, through every way in which it can fail. The answers go into `seen`. */
export async function failInEveryWay(
  url: string,
  { issuer, connector, graphDoes }: Neighbours,
  jwt: string,
  seen: Seen,
) {
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

export function addressesAskedFor({ graph, connector }: Neighbours): string[] {
  return [...graph.calls.map(({ url }) => url), ...connector.received.map(({ path }) => path)];
}

/** The query of a question to Graph has the proof, which Meta wants there; it is useless without the token. */
export const withoutProofs = (text: string): string => text.replaceAll(`appsecret_proof=${proof}`, '');
