import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * `npm run test:template`: makes the project somebody's own in a copy, as docs/upgrading.md says, and runs `npm test`,
 * `npm run test:programs` and `npm run check` there. The copy has none of our documents, container and workflows; it has a README, a bot, a folder and a test of its own. The exit code
 * is that of what failed.
 */
const root = join(import.meta.dirname, '..', '..');

/** What an owner may delete, as docs/upgrading.md says. */
const deleted =
  /^(?:README|CHANGELOG|CONTRIBUTING|SECURITY|LICENSE)|^(?:docs|\.github|\.ci)\/|^(?:Dockerfile|compose\.yaml|\.dockerignore|appsettings\.example\.json)$/;

const added: Readonly<Record<string, string>> = {
  'README.md':
    '# My bot\n\nIt greets. See [the docs](https://docs.example.org/my-bot), `npm run party`, `FacebookFriend`.\n',
  LICENSE: 'All rights reserved.\n',
  'dialogs/greetings.ts': `import type { TurnContext } from 'botbuilder';
import { PAGE_INBOX_APP_ID } from '../models/facebookEvent.ts';

export const desk = PAGE_INBOX_APP_ID;

export async function greet(context: TurnContext): Promise<void> {
  await context.sendActivity(\`Hello, \${context.activity.from.name}.\`);
}
`,
  // None of our tests may need it: it makes no bot without its setting.
  'bots/createBot.ts': `import type { OwnSettingsSchema } from '../helpers/settings/ownSettings.ts';
import type { BotParts } from './botParts.ts';
import { GreetingBot } from './greetingBot.ts';

export const ownSettings = { MyShopKey: { secret: true, required: true } } satisfies OwnSettingsSchema;

export function createBot({ own }: BotParts<typeof ownSettings>): GreetingBot {
  if (own.MyShopKey.length < 8) throw new RangeError('MyShopKey is too short.');
  return new GreetingBot();
}
`,
  'bots/greetingBot.ts': `import { greet } from '../dialogs/greetings.ts';
import { FacebookActivityHandler } from './facebookActivityHandler.ts';

export class GreetingBot extends FacebookActivityHandler {
  constructor() {
    super();
    this.onMessage(async (context, next) => {
      await greet(context);
      await next();
    });
  }
}
`,
  'test/bots/greetingBot.test.ts': `import { expect } from 'chai';
import { GreetingBot } from '../../bots/greetingBot.ts';
import { BotStage } from '../support/botStage.ts';
import { says } from '../support/facebookActivities.ts';

describe('GreetingBot', () => {
  it('greets', async () => {
    expect((await new BotStage().play(new GreetingBot(), says('hi'))).join()).to.match(/^say Hello, /);
  });
});
`,
};

/** As `cp -al`: the copy has the packages without taking their room. What was computed from the project's own files stays behind. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === '.cache') continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (entry.isFile()) linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target); // The folder for temporary files is on another disk.
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const copy = mkdtempSync(join(tmpdir(), 'somebodys-own-'));
process.exitCode = 1;
try {
  const known = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const path of known.toString().split('\0')) {
    if (path === '' || deleted.test(path) || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    copyFileSync(join(root, path), join(copy, path));
  }
  for (const [path, text] of Object.entries(added)) write(join(copy, path), text);
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  const own = { ...description, name: 'my-bot', messengerHandover: { own: true } };
  writeFileSync(join(copy, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  linkFolder(join(root, 'node_modules'), join(copy, 'node_modules'));

  const [code] = (await once(
    spawn('npm test && npm run test:programs && npm run check', { cwd: copy, shell: true, stdio: 'inherit' }),
    'exit',
  )) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  rmSync(copy, { recursive: true });
}
