import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { verifySignature } from '../../adapters/messenger/signature.ts';
import { cast } from './cast.ts';
import { createBarePost } from './barePost.ts';
import { createBareTokenCheck } from './bareTokenCheck.ts';
import { serveMeasurements } from './measuredProcess.ts';

/**
 * What the bot is compared with: a server of Node that checks the signature (or the token), parses the body, answers 200 and makes one POST for the
 * event, at most 64 at once as the bot does. It keeps nothing, knows no duplicates and no order, and a crash loses what is under way.
 *
 * Arguments: the platform's address, `axios` or `raw`, the public key of Azure's tokens as JSON.
 */
const [platformUrl = '', client = '', publicJwk = '{}'] = process.argv.slice(2);
const post = createBarePost(client === 'raw' ? 'raw' : 'axios');
const isAllowed = await createBareTokenCheck(JSON.parse(publicJwk) as object);

/** What is read of either body, without a check: the benchmark sends nothing else. */
interface Body {
  entry: [{ messaging: [{ sender: { id: string } }] }];
  serviceUrl: string;
  conversation: { id: string };
}

const choices = ['Pass to page inbox', 'Pass to secondary', 'Receive request', 'Receive nice request'];
const text = 'Primary bot: Choose what to do with the thread.';

async function answer(request: IncomingMessage): Promise<200 | 401> {
  const bytes = await buffer(request);
  if (request.url === '/webhook') {
    const header = request.headers['x-hub-signature-256'];
    if (verifySignature(bytes, String(header), cast.appSecret) !== 'valid') return 401;
    const { entry } = JSON.parse(bytes.toString()) as Body;
    void reply(`${platformUrl}/v26.0/me/messages`, cast.pageToken, {
      recipient: { id: entry[0].messaging[0].sender.id },
      messaging_type: 'RESPONSE',
      message: { text, quick_replies: choices.map((title) => ({ content_type: 'text', title, payload: title })) },
    });
    return 200;
  }
  if (!(await isAllowed(request.headers.authorization ?? ''))) return 401;
  const { serviceUrl, conversation } = JSON.parse(bytes.toString()) as Body;
  const actions = choices.map((title) => ({ type: 'imBack', title, value: title }));
  const path = `v3/conversations/${conversation.id}/activities`;
  void reply(`${serviceUrl}${path}`, 'made-up-outbound-token', {
    type: 'message',
    text,
    suggestedActions: { actions },
  });
  return 200;
}

async function reply(url: string, token: string, body: object): Promise<void> {
  const { message_id: sent = '', id = sent } = await post(url, token, body);
  if (id === '') throw new Error('The platform did not take a message.');
}

const server = createServer((request, response) => {
  void answer(request).then((status) => {
    response.statusCode = status;
    response.end('EVENT_RECEIVED');
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const close = async (): Promise<void> => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
};
serveMeasurements({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
