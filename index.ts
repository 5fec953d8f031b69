import * as inspector from 'node:inspector';
import { answerParent } from './helpers/answerParent.ts';
import { createLogger } from './helpers/logging/pinoLogger.ts';
import { escapeUnprintable } from './helpers/logging/printableText.ts';
import { createScrubber } from './helpers/logging/scrubLine.ts';
import { openEnvironment, readSettings, secretsOf, type SettingsPlace } from './helpers/settings/settings.ts';
import { SettingsError } from './helpers/settings/problems.ts';
import { explainListening, StartProblemError } from './helpers/startProblem.ts';
import { readStartArguments, startUsage, type StartArguments } from './helpers/startArguments.ts';
import { createBotServer, loadBotModule, openStore } from './server.ts';

/** How long a process may take to note which turn threw the exception that ends it, in milliseconds. */
const lastNoteMs = 1_000;

/** Keeps secrets out of everything that this process writes: its log, its store and the message of a failed start. */
let scrubber = createScrubber([]);

const endings = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** How long what a bot of one's own has begun may keep a process alive whose start has failed, in milliseconds. */
const failedStartMs = 500;

async function main(args: StartArguments): Promise<void> {
  if (args.type === 'help') {
    process.stdout.write(startUsage);
    return;
  }
  if (args.type === 'wrong') throw new StartProblemError(`${args.problem} Use --help to see what there is.`);
  const place = openEnvironment(args);
  if (args.inspect !== undefined) openInspector(args.inspect);
  // A signal ends a process that starts, whatever its bot waits for; but the first process of a container only gets those that it listens to.
  const endAtOnce = (): void => process.exit(1);
  if (process.pid === 1) for (const signal of endings) process.on(signal, endAtOnce);
  const { createBot, ...about } = await loadBot(place);
  const settings = readSettings({ ...place, ...about });
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
    createBot,
    store: () => openStore(settings, logger, tellLost),
  });
  answerParent(process, server, scrubber);
  let stopping = false;
  const stop = (reason: Readonly<Record<string, string>>): void => {
    if (stopping) return;
    stopping = true;
    logger.info(reason, 'closing');
    server
      .close()
      .then(
        () => logger.info({}, 'closed'),
        (error: unknown) => {
          logger.error({ err: error }, 'closing failed');
          process.exitCode = 1;
        },
      )
      .finally(
        // A call of a turn that was cut off may hold its connection for seconds, and nobody waits for its answer.
        () => process.exit(),
      );
  };
  // A missing await in a bot must not end the process for everybody. After most exceptions its state is unknown.
  process.on('unhandledRejection', (error) => void server.stray('rejection', error));
  const fail = (): void => {
    stopping = true;
    process.exit(1);
  };
  process.on('uncaughtException', (error) => {
    const end = setTimeout(fail, lastNoteMs);
    server.stray('exception', error).then((next) => (next === 'goOn' ? clearTimeout(end) : fail()), fail);
  });
  // The stack leads to who did it.
  process.on('exit', (code) => {
    if (!stopping) void server.stray('exception', new Error(`The process was ended by process.exit(${code})`));
  });
  // Before "listening" is logged: a supervisor may stop us right after.
  // Node takes no notice of nohup, and would end at once when the terminal is closed.
  for (const signal of endings) process.off(signal, endAtOnce).on(signal, () => stop({ signal }));
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

/** Before the bot's code is loaded, so that a breakpoint can be anywhere in it. */
function openInspector(port: number): void {
  inspector.open(port, '127.0.0.1');
  if (inspector.url() !== undefined) return;
  throw new StartProblemError(`No debugger can be let in at port ${port}. Choose another one: --inspect=<port>.`);
}

/** Tells of wrong settings too when the bot cannot be loaded, and knows their secrets before it shows an error of the bot. */
async function loadBot(place: SettingsPlace): ReturnType<typeof loadBotModule> {
  try {
    return await loadBotModule(place.botPath, place.directory);
  } catch (error) {
    try {
      scrubber = createScrubber(secretsOf(readSettings(place)));
    } catch (wrong) {
      if (!(wrong instanceof SettingsError)) throw wrong;
      throw new StartProblemError(`${explain(error)}\n${wrong.message}`);
    }
    throw error;
  }
}

/** A sentence for the person who started the process. */
function explain(error: unknown): string {
  const problem = explainListening(error, 'Port') ?? error;
  if (problem instanceof SettingsError || problem instanceof StartProblemError) return problem.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(readStartArguments(process.argv.slice(2))).catch((error: unknown) => {
  process.stderr.write(`${escapeUnprintable(scrubber.text(explain(error)))}\n`);
  process.exitCode = 1;
  setTimeout(() => process.exit(), failedStartMs).unref();
});
