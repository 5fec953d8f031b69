/**
 * `npm run test:foreign`: clients and bots of Messenger that this project did not write, and bots on Microsoft's SDKs, on the emulator. Packages of npm are installed into a
 * folder that is removed afterwards; those of Debian have to be installed; `--clones <folder>` has clones of the others, as
 * `<owner>/<name>`, of which the pinned commits are played. What is missing is said and left out. Ends with 1 if one of them cannot do what
 * it can do on Meta. `--only <name>` plays those whose name has this in it, `--packages <folder>` takes packages of npm that are installed.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bots } from './bots.js';
import { businessSdk } from './businessSdk.js';
import { proxyVariables, startHttpsProxy } from './httpsProxy.js';
import { messagingApis } from './messagingApis.js';
import { messengerNode } from './messengerNode.js';
import { microsoftBots, playMicrosoftBot } from './microsoftBots.js';
import { otherClients } from './otherLanguages.js';
import { plainClients } from './plainClients.js';
import { playBot } from './playBot.js';
import { playConversation } from './playConversation.js';
import { playEveryCall } from './playEveryCall.js';
import { layOut, missingFor, versionOf } from './sources.js';
import { versions } from './versions.js';

/** @import { PlainClients } from './foreignClient.js' */
/** @import { Outcome } from './playConversation.js' */

const { values: given } = parseArgs({
  options: { clones: { type: 'string' }, packages: { type: 'string' }, only: { type: 'string' } },
});
const modes = /** @type {const} */ (['classic', 'routing']);
const folder = mkdtempSync(join(tmpdir(), 'foreign-clients-'));
const clones = join(folder, 'clones');
const complete = [messagingApis, messengerNode, businessSdk];
const rows = /** @type {(readonly string[])[]} */ ([]);
let failures = 0;

/**
 * @param {{ name: string, language: string, version: string }} who
 * @param {'classic' | 'routing'} mode
 * @param {{ answered: Outcome, inbox: Outcome, back: Outcome, refusals: readonly string[] }} outcome
 */
function tell({ name, language, version }, mode, { answered, inbox, back, refusals }) {
  const cells = [answered, inbox, back];
  if (cells.includes('no')) failures += 1;
  rows.push([name, language, version, mode, ...cells]);
  for (const refusal of new Set(refusals)) process.stdout.write(`${name}, ${mode}: ${refusal}\n`);
  process.stdout.write(`${name}, ${mode}: ${cells.join(', ')}\n`);
}

const isWanted = (/** @type {string} */ name) => given.only === undefined || name.includes(given.only);

/** @param {{ name: string, source: import('./sources.js').Source }} other */
function isThere({ name, source }) {
  if (!isWanted(name)) return false;
  const missing = missingFor(source, given.clones);
  if (missing !== undefined) process.stdout.write(`${name} is left out: it ${missing}\n`);
  else if (given.clones !== undefined) layOut(source, given.clones, clones);
  return missing === undefined;
}

/** @param {readonly string[]} command @returns {PlainClients['clientFor']} */
const clientOf =
  ([program = '', ...rest]) =>
  ({ url, token, appSecret }) => {
    proxy.leadTo(url);
    const own = {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      LANG: 'C.UTF-8',
      PAGE_TOKEN: token,
      APP_SECRET: appSecret,
    };
    const options = { env: { ...own, ...proxyVariables(proxy) }, timeout: 60_000 };
    const call = (/** @type {readonly string[]} */ ...words) =>
      promisify(execFile)(program, [...rest, ...words], options);
    return {
      sendText: (psid, text) => call('send', psid, text),
      pass: (psid, appId) => call('pass', psid, appId),
    };
  };

mkdirSync(clones);
const proxy = await startHttpsProxy(folder);
try {
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  if (given.packages !== undefined) symlinkSync(join(given.packages, 'node_modules'), join(folder, 'node_modules'));
  else execFileSync('npm', ['install', '--prefix', folder, ...quiet, ...packages], { stdio: 'inherit' });
  for (const clients of [...complete, ...plainClients]) {
    if (!isWanted(clients.name)) continue;
    const who = { name: clients.name, language: 'JavaScript', version: versionOf({ npm: clients.name }, versions) };
    for (const mode of modes) tell(who, mode, await playConversation(clients, { folder, mode }));
  }
  for (const client of otherClients.filter(isThere)) {
    const clientFor = clientOf(client.build({ clones, folder, certificate: proxy.certificate }));
    const who = { ...client, version: versionOf(client.source, versions) };
    for (const mode of modes)
      tell(who, mode, await playConversation({ name: client.name, clientFor }, { folder, mode }));
  }
  for (const bot of bots.filter(isThere)) {
    const who = { ...bot, version: versionOf(bot.source, versions) };
    for (const mode of modes) tell(who, mode, await playBot(bot, { folder, clones, mode, proxy }));
  }
  for (const bot of microsoftBots) {
    if (!isWanted(bot.name)) continue;
    for (const standbyAddress of /** @type {const} */ (['missing', 'present'])) {
      const name = `${bot.name}, standbyAddress ${standbyAddress}`;
      const who = { name, language: 'JavaScript', version: versionOf({ npm: bot.name }, versions) };
      for (const mode of modes) tell(who, mode, await playMicrosoftBot(bot, { folder, mode, standbyAddress }));
    }
  }
  for (const clients of complete) if (isWanted(clients.name)) await playEveryCall(clients, folder);
} finally {
  proxy.close();
  rmSync(folder, { recursive: true });
}

const line = (/** @type {readonly string[]} */ cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const head = ['client or bot', 'language', 'version', 'mode', 'answered', 'to the inbox', 'back'];
line(head);
line(head.map(() => '---'));
for (const row of rows) line(row);
if (failures > 0) process.exitCode = 1;
