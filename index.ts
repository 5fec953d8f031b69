import { createLogger } from './helpers/pinoLogger.ts';
import { readSettings, secretsOf } from './helpers/settings.ts';
import { SettingsError } from './helpers/settingsProblems.ts';
import { createBotServer } from './server.ts';

async function main(): Promise<void> {
  const settings = readSettings();
  const logger = createLogger({ level: settings.logLevel, secrets: secretsOf(settings) });
  const server = await createBotServer(settings, { logger });
  const open = settings.bot.authentication === 'none' && settings.webhook === undefined;
  const messages = settings.bot.authentication !== 'none' || open ? { messages: `${server.url}/api/messages` } : {};
  const webhook = settings.webhook === undefined ? {} : { webhook: `${server.url}/webhook` };
  logger.info({ role: settings.role, ...messages, ...webhook }, 'the bot is listening');
  if (open) {
    logger.warn(
      {},
      'no Microsoft credentials are set: every request from this machine is answered, none from elsewhere',
    );
  }
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, 'closing');
      void server.close().then(() => logger.info({}, 'closed'));
    });
  }
}

/** A sentence for the person who started the process. */
function explain(err: unknown): string {
  if (err instanceof SettingsError) return err.message;
  if (err instanceof Error && 'code' in err && err.code === 'EADDRINUSE') {
    return `${err.message}. Stop what uses the port, or set Port to another one.`;
  }
  return err instanceof Error ? (err.stack ?? err.message) : String(err);
}

main().catch((err: unknown) => {
  process.stderr.write(`${explain(err)}\n`);
  process.exitCode = 1;
});
