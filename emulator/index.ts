/** `npm run emulator`: Messenger and Azure's Facebook channel alone, for any bot. */
import { parseArgs } from 'node:util';
import { modes, pageInboxAppId, startPlatform, type Platform, type PlatformBot } from './startPlatform.ts';

const usage = `Usage: npm run emulator -- [--port <number>] [--azure-port <number>] [--mode ${modes.join('|')}]
                            [--primary-bot <address>] [--secondary-bot <address>]`;

interface Arguments {
  readonly port: number;
  readonly azurePort: number;
  readonly mode: (typeof modes)[number];
  /** Where Azure's channel finds the bots of the two apps, without `/api/messages`. */
  readonly botUrls: Readonly<Record<'primary' | 'secondary', string>>;
}

const portOf = (text: string): number => (/^\d{1,5}$/.test(text) ? Number(text) : NaN);

/** @returns `undefined` when the arguments cannot be meant */
function readArguments(args: readonly string[]): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4600' },
        'azure-port': { type: 'string', default: '4601' },
        mode: { type: 'string', default: 'routing' },
        'primary-bot': { type: 'string', default: 'http://127.0.0.1:3978' },
        'secondary-bot': { type: 'string', default: 'http://127.0.0.1:3979' },
      },
    });
    const mode = modes.find((candidate) => candidate === values.mode);
    const ports = [portOf(values.port), portOf(values['azure-port'])] as const;
    const botUrls = { primary: values['primary-bot'], secondary: values['secondary-bot'] };
    const isMeant = ports.every((port) => port <= 65_535) && Object.values(botUrls).every((url) => URL.canParse(url));
    return mode === undefined || !isMeant ? undefined : { port: ports[0], azurePort: ports[1], mode, botUrls };
  } catch {
    return undefined;
  }
}

function describe({ emulator, azure, bots }: Platform, botUrls: Arguments['botUrls']): readonly string[] {
  const { url, pageId, customers } = emulator;
  return [
    `Messenger, emulated in mode ${emulator.state().mode}. Nothing leaves this machine. Ctrl-C stops it.`,
    '',
    `Page        ${url} (open it in a browser)`,
    `Graph API   ${url}/v26.0/me/...`,
    `Azure       ${azure.url}`,
    `Control     ${url}/_emulator (GET it for a list)`,
    `Events      ${url}/_emulator/events`,
    `Page id     ${pageId}`,
    `Page Inbox  ${pageInboxAppId}`,
    `Customer    ${customers.join(', ')}`,
    ...bots.flatMap((bot) => describeBot(bot, url, botUrls[bot.app.role])),
    '',
    'Then be the customer:',
    `curl -X POST ${url}/_emulator/customers/${customers[0] ?? ''}/messages -d '{"text":"hi"}'`,
  ];
}

/** Settings in the names that bots of this project and of Microsoft's samples read. */
function describeBot({ app, settings }: PlatformBot, url: string, botUrl: string): readonly string[] {
  return [
    '',
    `App ${app.name} (${app.role}): Azure's channel sends to ${botUrl}/api/messages; settings of its bot:`,
    `  BotRole=${app.role}`,
    `  Port=${new URL(botUrl).port}`,
    ...Object.entries(settings).map(([name, value]) => `  ${name}=${value}`),
    `  To have its webhooks yourself instead: curl -X POST ${url}/_emulator/apps/${app.id}/webhook -d '{"callbackUrl":"http://127.0.0.1:<your port>/webhook"}'`,
  ];
}

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2));
  if (read === undefined) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const platform = await startPlatform(read).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken) throw error;
    process.stderr.write(
      `Port ${read.port} or ${read.azurePort} is in use; choose others with --port and --azure-port, or 0 for any free one.\n`,
    );
    process.exitCode = 1;
    return undefined;
  });
  if (platform === undefined) return;
  for (const { app, connect } of platform.bots) connect(read.botUrls[app.role]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void platform.close());
  process.stdout.write(`${describe(platform, read.botUrls).join('\n')}\n`);
}

await main();
