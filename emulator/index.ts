/** `npm run emulator`: Messenger and Azure's Facebook channel alone, for any bot. */
import { newestGraphVersion } from './graph/graphVersions.ts';
import { readArguments, usage, type EmulatorArguments } from './commandArguments.ts';
import { printEvents } from './printEvents.ts';
import { loadStateFile, saveStateFile } from './stateFile.ts';
import { metaAiAppId, pageInboxAppId, startPlatform, type AzurePlatform, type PlatformBot } from './startPlatform.ts';

function describe({ emulator, azure, bots }: AzurePlatform, botUrls: EmulatorArguments['botUrls']): readonly string[] {
  const { url, pageId, customers } = emulator;
  return [
    `Messenger, emulated in mode ${emulator.state().mode}. Nothing leaves this machine. Ctrl-C stops it.`,
    '',
    `Page        ${url} (open it in a browser)`,
    `Graph API   ${url}/${newestGraphVersion}/me/...`,
    `Azure       ${azure.url}`,
    `Control     ${url}/_emulator (GET it for a list)`,
    `Events      ${url}/_emulator/events (follow them: curl -N -H 'Accept: text/event-stream' ${url}/_emulator/events)`,
    `Page id     ${pageId}`,
    `Page Inbox  ${pageInboxAppId}`,
    `Webhooks    ${(emulator.state().apps[0]?.subscribedFields ?? []).join(', ')} (--fields)`,
    ...(emulator.state().metaAi === 'on' ? [`Meta's AI   ${metaAiAppId}`] : []),
    `Customer    ${customers.join(', ')}`,
    ...bots.flatMap((bot) => describeBot(bot, emulator, botUrls[bot.app.role])),
    '',
    'Then be the customer:',
    `curl -X POST ${url}/_emulator/customers/${customers[0] ?? ''}/messages -d '{"text":"hi"}'`,
  ];
}

/** Settings in the names that bots of this project and of Microsoft's samples read. */
function describeBot(
  { app, settings }: PlatformBot,
  { url, pageId }: AzurePlatform['emulator'],
  botUrl: string,
): readonly string[] {
  return [
    '',
    `App ${app.name} (${app.role}): Azure's channel sends to ${botUrl}/api/messages; settings of its bot:`,
    `  BotRole=${app.role}`,
    `  Host=127.0.0.1`,
    `  Port=${portOf(botUrl)}`,
    ...Object.entries(settings).map(([name, value]) => `  ${name}=${value}`),
    `  FacebookPageId=${pageId}`,
    // The control API can move the emulator's clock, and then events are dated ahead of the bot's.
    `  EventTimes=unchecked`,
    `  To have its webhooks yourself instead: curl -X POST ${url}/_emulator/apps/${app.id}/webhook -d '{"callbackUrl":"http://127.0.0.1:<your port>/webhook"}'`,
  ];
}

function portOf(address: string): string {
  const { protocol, port } = new URL(address);
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

async function stop(platform: AzurePlatform, stateFile: string | undefined): Promise<void> {
  const problem = stateFile === undefined ? undefined : await saveStateFile(stateFile, platform.emulator);
  if (problem !== undefined) fail(problem);
  await platform.close();
}

function fail(problem: string): void {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2));
  if (read.type === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (read.type === 'wrong') {
    process.stderr.write(`${read.problem}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const { run } = read;
  const platform = await startPlatform({
    ...run,
    seed: { metaAi: run.metaAi ?? 'off', ...(run.ids === undefined ? {} : { ids: run.ids }) },
    switches: { receipts: 'automatic' },
  }).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken) throw error;
    process.stderr.write(
      `Port ${run.port} or ${run.azurePort} is in use; choose others with --port and --azure-port, or 0 for any free one.\n`,
    );
    process.exitCode = 1;
    return undefined;
  });
  if (platform === undefined) return;
  for (const { app, connect } of platform.bots) await connect(run.botUrls[app.role]);
  const problem = run.stateFile === undefined ? undefined : await loadStateFile(run.stateFile, platform.emulator);
  if (problem !== undefined) {
    fail(problem);
    await platform.close();
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(platform, run.stateFile));
  process.stdout.write(`${describe(platform, run.botUrls).join('\n')}\n`);
  if (run.quiet) return;
  const botUrls = new Map(platform.bots.map(({ app }) => [app.id, run.botUrls[app.role]]));
  process.stdout.write('\nEvents, with their ids (--quiet turns this off):\n');
  printEvents(platform, botUrls, (line) => process.stdout.write(`${line}\n`));
}

await main();
