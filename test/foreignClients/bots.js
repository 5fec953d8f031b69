import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { buildGo } from './otherLanguages.js';

/** @import { Source } from './sources.js' */
/** @import { CustomerControls } from '../../emulator/emulator.ts' */

/**
 * A whole bot of others: it gets webhooks, answers them and, where it can, passes the conversation to the Page Inbox.
 *
 * @typedef {object} ForeignBot
 * @property {string} name
 * @property {string} language
 * @property {Source} source
 * @property {string} path of its webhook
 * @property {string} hello what the customer writes to be answered
 * @property {(customer: CustomerControls) => void} [askForPerson] absent where it never passes the conversation on
 * @property {(place: BotPlace) => BotProcess} start
 * @property {readonly string[]} [fields] what it subscribes to, where it cannot take what bots usually do
 * @property {(verifyToken: string) => string} [setUp] a path of the bot that sets the Page up
 * @property {true} [registersItself] the set-up registers the webhook too
 *
 * @typedef {object} BotPlace
 * @property {string} clones where the repositories are laid out
 * @property {string} folder with the packages of npm, and for what is built
 * @property {string} certificate to be trusted
 * @property {number} port to listen on
 * @property {{ appId: string, pageId: string, token: string, appSecret: string, verifyToken: string }} access
 * @property {string} graph where the emulator is
 *
 * @typedef {{ command: readonly string[], cwd: string, env: Readonly<Record<string, string>> }} BotProcess
 */

const meta = 'fbsamples/messenger-platform-samples';
const node = (/** @type {string} */ graph, /** @type {readonly string[]} */ ...rest) => {
  const preload = new URL('../../emulator/redirect/preload.js', import.meta.url);
  preload.searchParams.set('graph', graph);
  return [process.execPath, '--import', preload.href, ...rest];
};
const bottenderStart =
  (/** @type {string} */ example) =>
  (
    /** @type {BotPlace} */ { clones, folder, port, graph, access: { appId, pageId, token, appSecret, verifyToken } },
  ) => ({
    command: node(graph, join(folder, 'node_modules/bottender/bin/cli.js'), 'start', '--port', String(port)),
    cwd: join(clones, 'Yoctol/bottender/examples', example),
    env: {
      ...{ MESSENGER_PAGE_ID: pageId, MESSENGER_APP_ID: appId, MESSENGER_ACCESS_TOKEN: token },
      ...{ MESSENGER_APP_SECRET: appSecret, MESSENGER_VERIFY_TOKEN: verifyToken },
    },
  });

/** @type {readonly ForeignBot[]} */
export const bots = [
  {
    name: "Meta's handover_protocol",
    language: 'JavaScript',
    source: { clone: meta },
    path: '/webhook',
    hello: 'hi',
    askForPerson: (customer) => void customer.tap('Pass to Inbox'),
    start({ clones, port, graph, access: { token, verifyToken } }) {
      const cwd = join(clones, meta, 'handover_protocol');
      writeFileSync(join(cwd, 'env.json'), JSON.stringify({ VERIFY_TOKEN: verifyToken, PAGE_ACCESS_TOKEN: token }));
      return { command: node(graph, 'index.js'), cwd, env: { PORT: String(port) } };
    },
  },
  {
    name: "Meta's quick-start",
    language: 'JavaScript',
    source: { clone: meta },
    path: '/webhook',
    hello: 'hi',
    start: ({ clones, port, graph, access: { token, verifyToken } }) => ({
      command: node(graph, 'app.js'),
      cwd: join(clones, meta, 'quick-start'),
      env: { PORT: String(port), PAGE_ACCESS_TOKEN: token, VERIFY_TOKEN: verifyToken },
    }),
  },
  {
    name: "Meta's node sample",
    language: 'JavaScript',
    source: { clone: meta },
    path: '/webhook',
    hello: 'hi',
    start: ({ clones, port, graph, access: { token, appSecret, verifyToken } }) => ({
      command: node(graph, 'app.js'),
      cwd: join(clones, meta, 'node'),
      env: {
        ...{ PORT: String(port), SERVER_URL: 'https://example.com', MESSENGER_APP_SECRET: appSecret },
        ...{ MESSENGER_PAGE_ACCESS_TOKEN: token, MESSENGER_VALIDATION_TOKEN: verifyToken },
      },
    }),
  },
  {
    name: "Meta's original-coast-clothing",
    language: 'JavaScript',
    source: { clone: 'fbsamples/original-coast-clothing' },
    path: '/webhook',
    hello: 'hi',
    setUp: (verifyToken) => `/profile?mode=all&verify_token=${verifyToken}`,
    registersItself: true,
    start: ({ clones, port, graph, access: { appId, pageId, token, appSecret, verifyToken } }) => ({
      command: node(graph, 'app.js'),
      cwd: join(clones, 'fbsamples/original-coast-clothing'),
      env: {
        ...{ PORT: String(port), PAGE_ID: pageId, APP_ID: appId, PAGE_ACCESS_TOKEN: token, APP_SECRET: appSecret },
        ...{ VERIFY_TOKEN: verifyToken, APP_URL: `https://localhost:${port}`, SHOP_URL: 'https://example.com' },
      },
    }),
  },
  {
    name: 'bottender, messenger-handover',
    language: 'JavaScript',
    source: { npm: 'bottender', libraries: ['Yoctol/bottender'] },
    path: '/webhooks/messenger',
    hello: 'hi',
    askForPerson: (customer) => void customer.say('/help'),
    start: bottenderStart('messenger-handover'),
  },
  {
    name: 'bottender, messenger-batch',
    language: 'JavaScript',
    source: { npm: 'bottender', libraries: ['Yoctol/bottender'] },
    path: '/webhooks/messenger',
    hello: 'hi',
    start: bottenderStart('messenger-batch'),
  },
  {
    name: 'botkit',
    language: 'JavaScript',
    source: { npm: 'botkit' },
    path: '/webhook',
    hello: 'hi',
    askForPerson: (customer) => void customer.say('person'),
    // At a webhook that has only standby, its adapter ends the process.
    fields: ['messages', 'messaging_postbacks', 'messaging_handovers'],
    start({ folder, port, graph, access: { token, appSecret, verifyToken } }) {
      return {
        command: node(graph, join(import.meta.dirname, 'drivers/botkit.js')),
        cwd: folder,
        env: {
          PORT: String(port),
          PAGE_TOKEN: token,
          APP_SECRET: appSecret,
          VERIFY_TOKEN: verifyToken,
        },
      };
    },
  },
  {
    name: 'BotMan',
    language: 'PHP',
    source: {
      clone: 'botman/driver-facebook',
      libraries: ['botman/botman', 'mpociot/pipeline', 'spatie/macroable'],
      debian: ['php-cli', 'php-curl', 'php-illuminate-support', 'php-symfony-http-foundation', 'php-psr-container'],
    },
    path: '/',
    hello: 'hi',
    askForPerson: (customer) => void customer.say('person'),
    start({ clones, certificate, port, access: { token, appSecret, verifyToken } }) {
      const trusting = ['-d', `curl.cainfo=${certificate}`];
      const bot = join(import.meta.dirname, 'drivers/botman.php');
      return {
        command: ['php', ...trusting, '-S', `127.0.0.1:${port}`, bot],
        cwd: clones,
        env: { CLONES: clones, PAGE_TOKEN: token, APP_SECRET: appSecret, VERIFY_TOKEN: verifyToken },
      };
    },
  },
  {
    name: 'facebook-messenger',
    language: 'Ruby',
    source: { clone: 'jgorset/facebook-messenger', debian: ['ruby', 'ruby-httparty', 'ruby-rack', 'ruby-webrick'] },
    path: '/',
    hello: 'hello',
    start({ clones, port, access: { token, appSecret, verifyToken } }) {
      const cwd = join(clones, 'jgorset/facebook-messenger');
      return {
        command: ['ruby', '-I', 'lib', join(import.meta.dirname, 'drivers/rack.rb')],
        cwd,
        env: {
          ...{ PORT: String(port), BOT: join(cwd, 'examples/bot.rb') },
          ...{ ACCESS_TOKEN: token, APP_SECRET: appSecret, VERIFY_TOKEN: verifyToken },
        },
      };
    },
  },
  {
    name: 'pymessenger, echo_bot',
    language: 'Python',
    source: {
      clone: 'davidchua/pymessenger',
      debian: ['python3', 'python3-flask', 'python3-requests', 'python3-requests-toolbelt'],
    },
    path: '/',
    hello: 'hi',
    start({ clones, port, access: { token, verifyToken } }) {
      const cwd = join(clones, 'davidchua/pymessenger');
      return {
        command: ['/usr/bin/python3', join(import.meta.dirname, 'drivers/echoBot.py')],
        cwd,
        env: {
          ...{ PORT: String(port), PAGE_TOKEN: token, VERIFY_TOKEN: verifyToken },
          PYTHONPATH: `${cwd}:${join(cwd, 'examples')}`,
        },
      };
    },
  },
  {
    name: 'fbmessenger, example',
    language: 'Python',
    source: {
      clone: 'rehabstudio/fbmessenger',
      debian: ['python3', 'python3-flask', 'python3-requests', 'python3-six'],
    },
    path: '/webhook',
    hello: 'text',
    setUp: (verifyToken) => `/webhook?init=true&hub.verify_token=${verifyToken}`,
    start({ clones, port, access: { token, verifyToken } }) {
      const cwd = join(clones, 'rehabstudio/fbmessenger');
      return {
        command: ['/usr/bin/python3', '-m', 'flask', '--app', 'main', 'run', '--port', String(port)],
        cwd: join(cwd, 'example'),
        env: { PYTHONPATH: cwd, FB_PAGE_TOKEN: token, FB_VERIFY_TOKEN: verifyToken },
      };
    },
  },
  {
    name: 'paked/messenger, basic',
    language: 'Go',
    source: { clone: 'paked/messenger', debian: ['golang-go', 'golang-golang-x-xerrors-dev'] },
    path: '/',
    hello: 'hi',
    start({ clones, folder, port, access: { token, appSecret, verifyToken } }) {
      const program = buildGo({
        folder: join(folder, 'paked'),
        main: join(clones, 'paked/messenger/examples/basic/main.go'),
        packages: { 'github.com/paked/messenger': join(clones, 'paked/messenger') },
      });
      const options = ['-page-token', token, '-app-secret', appSecret, '-verify-token', verifyToken, '-should-verify'];
      return { command: [program, ...options, '-port', String(port)], cwd: folder, env: {} };
    },
  },
];
