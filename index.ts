import { createLogger } from './helpers/logging/pinoLogger.ts';
import { escapeUnprintable } from './helpers/logging/printableText.ts';
import { createScrubber } from './helpers/logging/scrubLine.ts';
import { readSettings, secretsOf } from './helpers/settings/settings.ts';
import { SettingsError } from './helpers/settings/problems.ts';
import { explainListening, StartProblemError } from './helpers/startProblem.ts';
import { createBotServer, openStore } from './server.ts';

/** How long a process that ends because of an exception may take to note which turn it was, in milliseconds. */
const lastNoteMs = 1_000;

/** What keeps secrets out of everything that this process writes: its log, its store and a failed start. */
let scrubber = createScrubber([]);

async function main(): Promise<void> {
  const settings = readSettings();
  scrubber = createScrubber(secretsOf(settings));
  const logger = createLogger({
    level: settings.logLevel,
    scrubber,
    format: settings.logFormat === 'auto' ? (process.stdout.isTTY ? 'text' : 'json') : settings.logFormat,
  });
  const lost = Promise.withResolvers<string>();
  const tellLost = () => lost.resolve('another process has taken over the store');
  const server = await createBotServer(settings, {
    logger,
    scrubber,
    store: () => openStore(settings, logger, tellLost),
  });
  let stopping = false;
  const stop = (reason: Readonly<Record<string, string>>): void => {
    if (stopping) return;
    stopping = true;
    logger.info(reason, 'closing');
    server
      .close()
      .then(
        () => logger.info({}, 'closed'),
        (err: unknown) => {
          logger.error({ err }, 'closing failed');
          process.exitCode = 1;
        },
      )
      .finally(
        // The call of a turn that was cut may hold its connection for seconds, and nobody waits for its answer.
        () => process.exit(),
      );
  };
  // One await that is missing in a bot must not end the process for everybody. After an exception nobody knows in which state it is.
  process.on('unhandledRejection', (err) => void server.stray('rejection', err));
  process.on('uncaughtException', (err) => {
    setTimeout(() => process.exit(1), lastNoteMs);
    void server.stray('exception', err).finally(() => process.exit(1));
  });
  // Whoever reads that the bot listens may already end it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop({ signal }));
  void lost.promise.then((why) => {
    process.exitCode = 1;
    stop({ why });
  });
  const open = settings.bot.authentication === 'none' && settings.webhook === undefined;
  const messages = settings.bot.authentication !== 'none' || open ? { messages: `${server.url}/api/messages` } : {};
  const webhook = settings.webhook === undefined ? {} : { webhook: `${server.url}/webhook` };
  const metrics = server.metricsUrl === undefined ? {} : { metrics: server.metricsUrl };
  logger.info({ role: settings.role, ...messages, ...webhook, ...metrics }, 'the bot is listening');
  for (const sentence of settings.outdated ?? []) logger.warn({}, sentence);
  if (open) {
    logger.warn(
      {},
      'no Microsoft credentials are set: every request from this machine is answered, none from elsewhere',
    );
  }
}

/** A sentence for the person who started the process. */
function explain(err: unknown): string {
  const problem = explainListening(err, 'Port') ?? err;
  if (problem instanceof SettingsError || problem instanceof StartProblemError) return problem.message;
  return err instanceof Error ? (err.stack ?? err.message) : String(err);
}

main().catch((err: unknown) => {
  process.stderr.write(`${escapeUnprintable(scrubber.text(explain(err)))}\n`);
  process.exitCode = 1;
});
