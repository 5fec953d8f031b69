import { pageId } from '../support/facebookActivities.ts';
import { graphError } from '../support/graphFaultScripts.ts';
import { plantedSecrets } from '../support/plantedSecrets.ts';
import { routedGraph, type RecordedCall, type Script, type ScriptedGraph } from '../support/scriptedGraph.ts';
import { metaBytes, postSigned, signatureOf } from '../support/signedWebhook.ts';
import { indiscreet, type Seen } from './neighbours.ts';

const { pageToken, appSecret, verifyToken } = plantedSecrets;

/** What Graph does to a message, without anything that a client waits for. */
const toMessages: readonly Script[] = [
  ...indiscreet,
  graphError(401, 190),
  graphError(400, 10, 2018300, { message: `Another app has it, not ${pageToken}` }),
  graphError(400, 100, 2018001),
  { status: 200, text: `<title>${pageToken}</title>` },
  { status: 200, text: `{"message_id":"${pageToken}` },
  'reset',
  'cut',
];

/** A customer of each kind of failure: whatever concerns one of them fails in its way, on every edge and at any time. */
const customers: readonly { readonly psid: string; readonly script: Script }[] = toMessages.map((script, index) => ({
  psid: String(8_800_000_000 + index),
  script,
}));

/** A Graph that fails every customer in a way of their own, and tells the secrets it knows to everybody else. */
export function startFailingGraph(): Promise<ScriptedGraph> {
  return routedGraph(({ url, body }: RecordedCall): Script => {
    const customer = customers.find(({ psid }) => url.includes(psid) || body.includes(psid));
    return customer?.script ?? graphError(400, 190, undefined, { message: `Malformed access token ${pageToken}` });
  });
}

/**
 * Leads a bot with Messenger's webhook, wherever it runs, through every way in which it can fail. The answers go into `seen`.
 *
 * @param typed what customers write: the store keeps that as they wrote it, so whoever searches the store lets them write words
 */
export async function failWebhookInEveryWay(
  url: string,
  seen: Seen,
  typed: 'secrets' | 'words' = 'secrets',
): Promise<void> {
  const note = async (asked: Promise<Response>): Promise<void> => {
    const response = await asked;
    if (response.status >= 400) seen.failures += 1;
    seen.output.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
  };
  const shake = (token: string, more = ''): Promise<void> =>
    note(fetch(`${url}/webhook?hub.mode=subscribe&hub.verify_token=${encodeURIComponent(token)}&${more}`));
  for (const token of [`${verifyToken}x`, pageToken, appSecret]) await shake(token, 'hub.challenge=1158201444');
  await shake(verifyToken);
  await shake(verifyToken, `hub.challenge=${encodeURIComponent(`<${verifyToken}>`)}`);
  await shake(verifyToken, 'hub.challenge=1158201444');

  const good = bodyOf(customers[0]!.psid, 'hello');
  const post = (headers: Record<string, string>, body: string): Promise<void> =>
    note(
      fetch(`${url}/webhook`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
    );
  await post({}, good);
  for (const signature of [
    appSecret,
    `sha256=${appSecret}`,
    signatureOf(good, `${appSecret}x`),
    `${signatureOf(good, appSecret)}0`,
  ]) {
    await post({ 'x-hub-signature-256': signature, authorization: `Bearer ${pageToken}` }, good);
  }
  await post({ 'x-hub-signature': `sha1=${appSecret}` }, `{"text":"${appSecret}`);

  const signed = (body: string): Promise<void> => note(postSigned(`${url}/webhook`, body, appSecret));
  const [said, name] = typed === 'secrets' ? [pageToken, verifyToken] : ['words', 'page'];
  for (const body of [
    `{"text":"${said}`,
    typed === 'secrets' ? `"${appSecret}"` : '"words"',
    `{"object":"${name}","entry":"${said}"}`,
  ]) {
    await signed(body);
  }
  for (const { psid } of customers) {
    await signed(bodyOf(psid, 'hello', 'Pass to page inbox', 'Pass to secondary', `my token is ${said}`));
  }
}

let count = 0;
function bodyOf(psid: string, ...texts: readonly string[]): string {
  const messaging = texts.map((text) => ({
    sender: { id: psid },
    recipient: { id: pageId },
    timestamp: Date.now(),
    message: { mid: `m_${(count += 1)}`, text },
  }));
  return metaBytes({ object: 'page', entry: [{ id: pageId, time: Date.now(), messaging }] });
}
