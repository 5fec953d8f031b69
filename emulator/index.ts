/** `npm run emulator`: the emulator alone, for any bot. */
import { parseArgs } from 'node:util';
import { modes, pageInboxAppId } from './core/state.ts';
import type { Emulator } from './emulatorFace.ts';
import { startEmulator } from './startEmulator.ts';

const usage = `Usage: npm run emulator -- [--port <number>] [--mode ${modes.join('|')}]`;
const defaultPort = 4600;

interface Arguments {
  readonly port: number;
  readonly mode: (typeof modes)[number];
}

/** @returns `undefined` when the arguments cannot be meant */
function readArguments(args: readonly string[]): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string', default: String(defaultPort) }, mode: { type: 'string', default: 'routing' } },
    });
    const mode = modes.find((candidate) => candidate === values.mode);
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
    return mode === undefined || !(port <= 65_535) ? undefined : { port, mode };
  } catch {
    return undefined;
  }
}

function describeEmulator(emulator: Emulator): readonly string[] {
  const { url, pageId, apps, customers } = emulator;
  return [
    `Messenger, emulated in mode ${emulator.state().mode}. Nothing leaves this machine. Ctrl-C stops it.`,
    '',
    `Graph API   ${url}/v26.0/me/...`,
    `Control     ${url}/_emulator (GET it for a list)`,
    `Events      ${url}/_emulator/events`,
    `Page        ${pageId}`,
    `Page Inbox  ${pageInboxAppId}`,
    `Customer    ${customers.join(', ')}`,
    ...apps.flatMap(describeApp(url)),
    '',
    'Then be the customer:',
    `curl -X POST ${url}/_emulator/customers/${customers[0] ?? ''}/messages -d '{"text":"hi"}'`,
  ];
}

/** Settings in the names that bots of this project and of Microsoft's samples read. */
const describeApp =
  (url: string) =>
  (app: Emulator['apps'][number]): readonly string[] => [
    '',
    `App ${app.name} (${app.role}): settings of its bot`,
    `  GraphApiBaseUrl=${url}`,
    `  FacebookAppId=${app.id}`,
    `  FacebookPageToken=${app.pageToken}`,
    `  FacebookAppSecret=${app.appSecret}`,
    `  FacebookVerifyToken=${app.verifyToken}`,
    `  once it runs: curl -X POST ${url}/_emulator/apps/${app.id}/webhook -d '{"callbackUrl":"http://127.0.0.1:<its port>/webhook"}'`,
  ];

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2));
  if (read === undefined) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const emulator = await startEmulator(read).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken) throw error;
    process.stderr.write(
      `Port ${read.port} is in use; choose another one with --port, or --port 0 for any free one.\n`,
    );
    process.exitCode = 1;
    return undefined;
  });
  if (emulator === undefined) return;
  process.stdout.write(`${describeEmulator(emulator).join('\n')}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close());
}

await main();
