/**
 * `npm run test:foreign`: clients of Messenger that this project did not write, and bots on Microsoft's SDKs, on the emulator. They are installed from the npm registry
 * into a folder that is removed afterwards. Ends with 1 if one of them cannot do what it can do on Meta.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { businessSdk } from './businessSdk.js';
import { playMicrosoftBot, microsoftBots } from './microsoftBots.js';
import { messagingApis } from './messagingApis.js';
import { messengerNode } from './messengerNode.js';
import { plainClients } from './plainClients.js';
import { playConversation } from './playConversation.js';
import { playEveryCall } from './playEveryCall.js';
import { versions } from './versions.js';

const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), 'foreign-clients-'));
const complete = [messagingApis, messengerNode, businessSdk];
const rows = [];

try {
  if (given === undefined) {
    const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', folder, ...quiet, ...packages], { stdio: 'inherit' });
  }
  for (const clients of [...complete, ...plainClients]) {
    for (const mode of /** @type {const} */ (['classic', 'routing'])) {
      const { refusals, ...outcomes } = await playConversation(clients, { folder, mode });
      const version = Object.entries(versions).find(([name]) => name === clients.name)?.[1] ?? '';
      rows.push({ client: clients.name, version, mode, ...outcomes });
      for (const refusal of refusals) process.stdout.write(`${clients.name}, ${mode}: ${refusal}\n`);
    }
  }
  for (const bot of microsoftBots) {
    for (const mode of /** @type {const} */ (['classic', 'routing'])) {
      for (const standbyAddress of /** @type {const} */ (['missing', 'present'])) {
        const { refusals, ...outcomes } = await playMicrosoftBot(bot, { folder, mode, standbyAddress });
        const version = Object.entries(versions).find(([name]) => name === bot.name)?.[1] ?? '';
        rows.push({ client: `${bot.name}, standbyAddress ${standbyAddress}`, version, mode, ...outcomes });
        for (const refusal of refusals) {
          process.stdout.write(`${bot.name}, ${mode}, standbyAddress ${standbyAddress}: ${refusal}\n`);
        }
      }
    }
  }
  for (const clients of complete) await playEveryCall(clients, folder);
} finally {
  if (given === undefined) rmSync(folder, { recursive: true });
}

const columns = /** @type {const} */ (['client', 'version', 'mode', 'answered', 'inbox', 'back']);
const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |\n`;
process.stdout.write(
  line(['client', 'version', 'mode', 'answered', 'to the inbox', 'back']) + line(columns.map(() => '---')),
);
for (const row of rows) process.stdout.write(line(columns.map((column) => row[column])));
if (rows.some(({ answered, inbox, back }) => [answered, inbox, back].includes('no'))) process.exitCode = 1;
