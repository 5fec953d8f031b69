import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pageInboxAppId, startPlatform } from '../../emulator/startPlatform.ts';
import { freePort } from './freePort.js';

/** @typedef {Readonly<Record<string, string>>} Settings */

/** @typedef {{ name: string, file: string, settingsOf: (settings: Settings) => Settings }} MicrosoftBot */

const four = ['MicrosoftAppType', 'MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppTenantId'];
const connection = 'connections__serviceConnection__settings__';

/**
 * Bots on Microsoft's own SDKs, with their authentication on and the settings that the emulator prints.
 *
 * @type {readonly MicrosoftBot[]}
 */
export const microsoftBots = [
  {
    name: 'botbuilder',
    file: 'botBuilderEcho.js',
    settingsOf: (settings) => Object.fromEntries(four.map((name) => [name, settings[name] ?? ''])),
  },
  {
    name: '@microsoft/agents-hosting',
    file: 'agentsEcho.js',
    settingsOf: (settings) => ({
      [`${connection}clientId`]: settings['MicrosoftAppId'] ?? '',
      [`${connection}clientSecret`]: settings['MicrosoftAppPassword'] ?? '',
      [`${connection}tenantId`]: settings['MicrosoftAppTenantId'] ?? '',
      connectionsMap__0__connection: 'serviceConnection',
      connectionsMap__0__serviceUrl: '*',
    }),
  },
];

/**
 * A customer is answered once; a person takes the conversation in the Page Inbox, and the bot is silent; after Done it answers again. The
 * apps have all webhooks, so a bot that answered its own echoes would go on for ever.
 *
 * @param {MicrosoftBot} bot
 * @param {{ folder: string, mode: 'classic' | 'routing', standbyAddress: 'missing' | 'present' }} how
 * @returns {Promise<{ answered: 'yes' | 'no', inbox: 'yes' | 'no', back: 'yes' | 'no', refusals: readonly string[] }>}
 *   `refusals`: the activities that the bot did not take, with its status
 */
export async function playMicrosoftBot({ file, settingsOf }, { folder, mode, standbyAddress }) {
  const platform = await startPlatform({ mode, fields: 'all', azureTranslation: { standbyAddress } });
  const { emulator, azure } = platform;
  const [primary] = platform.bots;
  if (primary === undefined) throw new Error('The emulator has an app.');
  const port = await freePort();
  const preload = new URL('../../emulator/redirect/preload.js', import.meta.url);
  preload.search = String(new URLSearchParams({ graph: emulator.url, azure: azure.url }));
  const script = new URL(`bots/${file}`, import.meta.url).pathname;
  const bot = spawn(process.execPath, ['--import', preload.href, script], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port), ...settingsOf(primary.settings) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(bot, 'exit');
  try {
    await listening(port, bot);
    await primary.connect(`http://127.0.0.1:${port}`);
    const { psid } = emulator.customer();
    const answers = () =>
      emulator.state().threads[psid]?.messages.filter(({ appId }) => appId === primary.app.id) ?? [];
    /** @param {string} text */
    const says = async (text) => {
      const before = answers().length;
      emulator.customer().say(text);
      await emulator.settled({ quietMs: 300 });
      return answers()
        .slice(before)
        .map((answer) => answer.text);
    };
    const outcome = (/** @type {boolean} */ worked) => /** @type {'yes' | 'no'} */ (worked ? 'yes' : 'no');
    const isOnly = (/** @type {string[]} */ said, /** @type {string} */ text) => said.length === 1 && said[0] === text;

    const answered = outcome(isOnly(await says('hi'), 'You said: hi'));
    const token = primary.app.pageToken;
    await fetch(`${emulator.url}/me/pass_thread_control?access_token=${token}`, {
      method: 'POST',
      body: new URLSearchParams({ recipient: JSON.stringify({ id: psid }), target_app_id: pageInboxAppId }),
    });
    const silent = (await says('anyone?')).length === 0;
    const inbox = outcome(silent && emulator.state().threads[psid]?.owner === pageInboxAppId);
    emulator.inbox().reply('A person here');
    emulator.inbox().markAsDone();
    const back = outcome(isOnly(await says('again'), 'You said: again'));
    const refusals = emulator.events().flatMap((event) => {
      if (event.type !== 'azureChannel.activitySent' || event['appId'] !== primary.app.id) return [];
      const { activityType, activityName = '', status, outcome: how } = event;
      return status === 200 ? [] : [`${String(activityType)} ${String(activityName)}: ${String(status ?? how)}`];
    });
    return { answered, inbox, back, refusals: [...new Set(refusals)] };
  } finally {
    bot.kill();
    await ended;
    await platform.close();
  }
}

/**
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} bot
 */
async function listening(port, bot) {
  for (let tries = 0; tries < 150; tries += 1) {
    if (bot.exitCode !== null) throw new Error(`The bot ended with ${bot.exitCode}.`);
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The bot was not ready within 30 s.');
}
