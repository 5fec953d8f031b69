import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { freePort } from './freePort.js';
import { proxyVariables } from './httpsProxy.js';

/** @import { ForeignBot } from './bots.js' */
/** @import { HttpsProxy } from './httpsProxy.js' */
/** @import { Outcome } from './playConversation.js' */

const inbox = '263902037430900';
// Runtimes start slowly on a busy machine.
const patienceMs = 120_000;

/**
 * A whole bot of others as a process: the customer writes, gets an answer, asks for a person, gets one, and after Done the bot answers again.
 *
 * @param {ForeignBot} bot
 * @param {{ folder: string, clones: string, mode: 'classic' | 'routing', proxy: HttpsProxy }} how
 * @returns {Promise<{ answered: Outcome, inbox: Outcome, back: Outcome, refusals: readonly string[] }>}
 */
export async function playBot(bot, { folder, clones, mode, proxy }) {
  const emulator = await startEmulator({
    ...{ mode, request: withoutTls },
    ...(bot.fields === undefined ? {} : { fields: bot.fields }),
  });
  proxy.leadTo(emulator.url);
  const [app] = emulator.apps;
  if (app === undefined) throw new Error('The emulator has an app.');
  const { id: appId, pageToken: token, appSecret, verifyToken } = app;
  const customer = emulator.customer();
  const port = await freePort();
  const access = { appId, pageId: emulator.pageId, token, appSecret, verifyToken };
  const place = { clones, folder, certificate: proxy.certificate, port, access, graph: emulator.url };
  const { command, cwd, env } = bot.start(place);
  const [program = '', ...rest] = command;
  const usesProxy = program !== process.execPath;
  const usual = { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', NO_COLOR: '1' };
  const child = spawn(program, rest, {
    cwd,
    env: { ...usual, ...(usesProxy ? proxyVariables(proxy) : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (/** @type {Buffer} */ chunk) => {
      printed = (printed + chunk.toString()).slice(-4000);
    });
  }

  const until = async (/** @type {() => boolean | Promise<boolean>} */ reached) => {
    const end = Date.now() + patienceMs;
    while (Date.now() < end) {
      if (await reached()) return true;
      await pause(50);
    }
    return false;
  };
  const thread = () => emulator.state().threads[customer.psid];
  const answers = () =>
    emulator.events().filter((event) => event.type === 'pageMessage' && event.appId === appId).length;
  const isAnswered = async (/** @type {() => unknown} */ act) => {
    const before = answers();
    act();
    return until(() => answers() > before);
  };
  const quiet = () => emulator.settled({ quietMs: 500 });
  const outcome = (/** @type {boolean} */ worked) => /** @type {Outcome} */ (worked ? 'yes' : 'no');
  try {
    if (!(await until(() => child.exitCode !== null || isListening(port))) || child.exitCode !== null) {
      return { answered: 'no', inbox: 'no', back: 'no', refusals: [`It did not start. ${printed}`] };
    }
    if (bot.setUp !== undefined) await fetch(`http://127.0.0.1:${port}${bot.setUp(verifyToken)}`);
    await quiet();
    // Who has set up its Page has a webhook.
    if (bot.registersItself !== true) {
      await emulator.registerWebhook(appId, { callbackUrl: `http://127.0.0.1:${port}${bot.path}`, verifyToken });
    }
    const answered = outcome(await isAnswered(() => customer.say(bot.hello)));
    await quiet();
    bot.askForPerson?.(customer);
    const passed = bot.askForPerson !== undefined && (await until(() => thread()?.owner === inbox));
    emulator.inbox().reply('A person here');
    const taken = passed ? 'yes' : thread()?.owner === inbox ? 'by a reply' : 'has no call';
    await quiet();
    emulator.inbox().markAsDone();
    await quiet();
    const back = outcome(await isAnswered(() => customer.say(bot.hello)));
    await quiet();
    const refusals = emulator
      .events()
      .flatMap((event) =>
        event.type === 'refused' && event.by === appId
          ? [`${event.command}: ${event.because}`]
          : event.type === 'notModelled'
            ? [`${event.method} ${event.path}: ${event.what}`]
            : [],
      );
    if ([answered, back].includes('no')) refusals.push(printed);
    return { answered, inbox: bot.askForPerson === undefined || passed ? taken : 'no', back, refusals };
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await emulator.close();
  }
}

/** Bots say of themselves that they are behind https, which ends before them. @type {typeof fetch} */
const withoutTls = (input, init) =>
  fetch(String(input instanceof Request ? input.url : input).replace(/^https:\/\/localhost/, 'http://127.0.0.1'), init);

/** @param {number} port */
async function isListening(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
