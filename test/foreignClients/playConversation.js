import { createServer } from 'node:http';
import { listenOnLoopback } from '../../emulator/http/listen.ts';
import { listAt, objectAt, parseJson, textAt } from '../../emulator/json.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { hostsOf, redirectHosts } from '../../emulator/redirect/redirectHosts.js';

/** @import { PlainClients } from './foreignClient.js' */

const inbox = '263902037430900';

/** @typedef {'yes' | 'no' | 'has no call' | 'by a reply'} Outcome `by a reply`: of a person, which takes the conversation */

/**
 * A bot that answers with a foreign client: the customer writes, asks for a person, gets one, and after Done the bot answers again.
 *
 * @param {PlainClients} clients
 * @param {{ folder: string, mode: 'classic' | 'routing' }} how
 * @returns {Promise<{ answered: Outcome, inbox: Outcome, back: Outcome, refusals: readonly string[] }>}
 */
export async function playConversation({ clientFor }, { folder, mode }) {
  const emulator = await startEmulator({ mode });
  const undo = redirectHosts(hostsOf({ graph: emulator.url, azure: emulator.url }));
  const [app] = emulator.apps;
  if (app === undefined) throw new Error('The emulator has an app.');
  const { psid } = emulator.customer();
  const client = clientFor({ folder, url: emulator.url, token: app.pageToken, appSecret: app.appSecret });
  /** @type {string[]} */
  const refusals = [];
  /** @type {Promise<void>[]} */
  const answers = [];

  /** @param {string} text */
  const answer = async (text) => {
    try {
      if (text === 'person') await client.pass?.(psid, inbox);
      else await client.sendText(psid, `You said: ${text}`);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : JSON.stringify(error));
    }
  };
  const bot = createServer((request, response) => {
    const chunks = /** @type {Buffer[]} */ ([]);
    request.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.end(new URL(request.url ?? '/', 'http://bot').searchParams.get('hub.challenge') ?? 'ok');
      if (request.method === 'GET') return;
      const body = parseJson(Buffer.concat(chunks).toString());
      for (const item of listAt(body, 'entry').flatMap((entry) => listAt(entry, 'messaging'))) {
        const text = textAt(objectAt(item, 'message'), 'text');
        if (text !== undefined) answers.push(answer(text));
      }
    });
  });
  const port = await listenOnLoopback(bot, 0);
  await emulator.registerWebhook(app.id, { callbackUrl: `http://127.0.0.1:${port}`, verifyToken: 'word' });

  /** @param {string} text */
  const isAnswered = async (text) => {
    await says(text);
    return emulator.state().threads[psid]?.messages.at(-1)?.text === `You said: ${text}`;
  };
  /** @param {string} text */
  const says = async (text) => {
    emulator.customer().say(text);
    await emulator.settled();
    await Promise.all(answers);
  };
  const outcome = (/** @type {boolean} */ worked) => /** @type {Outcome} */ (worked ? 'yes' : 'no');
  try {
    const answered = outcome(await isAnswered('hi'));
    if (client.pass === undefined) return { answered, inbox: 'has no call', back: 'has no call', refusals };
    await says('person');
    const toInbox = outcome(emulator.state().threads[psid]?.owner === inbox);
    emulator.inbox().reply('A person here');
    emulator.inbox().markAsDone();
    return { answered, inbox: toInbox, back: outcome(await isAnswered('again')), refusals };
  } finally {
    undo();
    bot.closeAllConnections();
    bot.close();
    await emulator.close();
  }
}
