import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { botEnvironment } from './botEnvironment.ts';
import { isJsonObject, parseJson, type JsonObject } from '../emulator/json.ts';
import { readLimitedBody } from '../emulator/limitedBody.ts';
import { textAt } from '../emulator/narration/json.js';
import { lastWords } from './lastWords.ts';

const defaultProgram = fileURLToPath(new URL('../index.ts', import.meta.url));
const clockFollower = new URL('./followClock.ts', import.meta.url).href;
const endWithParent = new URL('./endWithParent.ts', import.meta.url).href;
const reportImports = new URL('./reportImports.ts', import.meta.url).href;
const maxLines = 40;
const startLimitMs = 60_000;
const stopLimitMs = 12_000;
const maxMetricsBytes = 4 * 1024 * 1024;
/** How the system's error is worded when the port is in use, or forbidden, which comes to the same. */
const portTaken = /\blisten E(?:ADDRINUSE|ACCES)\b/;

export interface BotProcessOptions {
  /** The name of the bot, such as `primary`. */
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The folder to run in. Of its `.env` and `appsettings.json` the bot takes only what is for a bot of one's own. */
  readonly directory: string;
  /** The file that is run. Default: the bot of this project. */
  readonly program?: string;
  /** Gets each line that it writes, from the first on. */
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** More of the command line. */
  readonly args?: readonly string[];
  /** Names of variables of the user's shell that the bot gets. */
  readonly passed?: readonly string[];
  /** Called with the path of each file of the project that the bot loads. */
  readonly loaded?: (path: string) => void;
  /** Called with the line in which Node tells where a debugger finds the bot. */
  readonly debuggable?: (line: string) => void;
  /** Called with the line in which the bot tells what holds its start up. */
  readonly heldUp?: (line: string) => void;
  /** Tells how far the clock that the bot goes by is ahead of the machine's, in milliseconds. Default: not at all. */
  readonly clockAheadMs?: () => number;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** How much a bot has to do, from its metrics. */
export interface BotWork {
  /** Events that wait for their turns, and timers that are due. */
  readonly waiting: number;
  readonly running: number;
  /** Turns that ended with an error. */
  readonly failed: number;
}

/** The conversation of a Page with a customer. */
export interface ThreadOfPage {
  readonly pageId: string;
  readonly psid: string;
}

/** A bot in a process of its own. */
export interface BotProcess {
  readonly name: string;
  readonly pid: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  work(): Promise<BotWork>;
  /** What it is going to do in a conversation although nothing happens; undefined if it has ended. */
  plansOf(thread: ThreadOfPage): Promise<JsonObject | undefined>;
  /** Resolves when its clock shows what it is to show now, or when it has ended. */
  followClock(): Promise<void>;
  /** Its last lines of output, the oldest first. */
  lastLines(): readonly string[];
  /** Resolves when the process has ended, with a sentence that says how and why. Never rejects. */
  readonly ended: Promise<string>;
  /** Stops it with SIGTERM, or with SIGKILL after 12 s. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** A bot did not start. The message includes its last lines of output. */
export class BotStartError extends Error {
  override readonly name = 'BotStartError';
  /** Whether another port would do. */
  readonly because: 'portTaken' | 'other';

  constructor(sentence: string, lines: readonly string[]) {
    super([sentence, ...lines].join('\n'));
    this.because = lines.some((line) => portTaken.test(line)) ? 'portTaken' : 'other';
  }
}

/** Starts a bot and resolves when it reports that it is ready. */
export async function startBotProcess(options: BotProcessOptions): Promise<BotProcess> {
  const { name, settings, directory, program = defaultProgram, signal, args = [], passed = [] } = options;
  const { loaded, debuggable, heldUp, onLine, clockAheadMs = () => 0 } = options;
  // The first one waits for a message, so the channel must not be let go before.
  const imports = [clockFollower, endWithParent, ...(loaded === undefined ? [] : [reportImports])];
  const child = spawn(
    process.execPath,
    [...imports.flatMap((url) => ['--import', url]), program, '--own-settings-only', ...args],
    {
      cwd: directory,
      env: botEnvironment({ ...settings, MetricsPort: '0' }, passed),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, so that Ctrl-C in a terminal ends the playground, and the playground the bots, in this order.
      // On Windows that would open a window.
      detached: process.platform !== 'win32',
    },
  );
  child.on('message', (message: unknown) => {
    if (isJsonObject(message) && typeof message['loaded'] === 'string') loaded?.(message['loaded']);
  });
  const lines: string[] = [];
  const listening = Promise.withResolvers<Addresses>();
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > maxLines) lines.shift();
    if (line.startsWith('Debugger listening on ')) debuggable?.(line);
    if (line.startsWith('Still starting after ')) heldUp?.(line);
    const addresses = addressesIn(line);
    if (addresses !== undefined) listening.resolve(addresses);
  };
  for (const from of ['stdout', 'stderr'] as const) {
    const input = child[from];
    // `stdio` says that both are pipes.
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      keep(line);
      onLine?.(line, from);
    });
  }

  const exit = new Promise<{ readonly how: string; readonly words?: string | undefined }>((resolve) => {
    child.once('error', (error) => resolve({ how: `The ${name} bot could not be started: ${error.message}` }));
    // `close` comes after the last line was read, `exit` may come before.
    child.once('close', (code, by) => {
      const how = `The ${name} bot ended ${by === null ? `with exit code ${String(code)}` : `because of ${by}`}`;
      resolve({ how, words: lastWords(lines)?.trimEnd() });
    });
  });
  const ended = exit.then(({ how, words }) =>
    words === undefined ? `${how}.` : `${how}: ${words.replace(/\.$/, '')}.`,
  );

  const followClock = async (): Promise<void> => {
    await Promise.race([setClock(child, clockAheadMs()), ended]);
  };
  const asked = new Map<string, (plans: JsonObject) => void>();
  child.on('message', (message: unknown) => {
    const plans = typeof message === 'string' ? parseJson(message) : undefined;
    if (isJsonObject(plans)) asked.get(textAt(plans, 'of', 'psid') ?? '')?.(plans);
  });
  const plansOf = ({ pageId, psid }: ThreadOfPage): Promise<JsonObject | undefined> => {
    const { promise, resolve } = Promise.withResolvers<JsonObject>();
    asked.set(psid, resolve);
    // One that has ended cannot be asked, which is no trouble.
    child.send({ plansOf: { pageId, psid } }, () => undefined);
    return Promise.race([promise, ended.then(() => undefined)]);
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await ended;
    clearTimeout(timer);
  };

  const problem = Promise.withResolvers<never>();
  const fail = (sentence: string): void => problem.reject(new BotStartError(sentence, lines));
  const abort = (): void => fail(`The start of the ${name} bot was aborted.`);
  const timer = setTimeout(() => fail(`The ${name} bot was not ready within ${startLimitMs / 1000} s.`), startLimitMs);
  void exit.then(async ({ how, words = '' }) => {
    // The lines follow. What a person can read in one of them is not said twice.
    fail(lines.some((line) => line.trim() === words) ? `${how}:` : await ended);
  });
  problem.promise.catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    void followClock();
    const { url, metricsUrl } = await Promise.race([listening.promise, problem.promise]);
    const work = (): Promise<BotWork> => readWork(name, url, metricsUrl, Date.now() + clockAheadMs());
    await Promise.race([work(), problem.promise]);
    // The emulator's clock may have been moved meanwhile.
    await followClock();
    return { name, pid: child.pid ?? 0, url, work, plansOf, followClock, lastLines: () => lines, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Resolves when the process says that its clock is so far ahead. */
function setClock(child: ChildProcess, clockAheadMs: number): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', function heard(message: unknown) {
      if (!isJsonObject(message) || message['clockAheadMs'] !== clockAheadMs) return;
      child.off('message', heard);
      resolve();
    });
    // One that has ended cannot be told, which is no trouble.
    child.send({ clockAheadMs }, () => undefined);
  });
}

interface Addresses {
  readonly url: string;
  readonly metricsUrl: string;
}

/** The bot may have been started with port 0, so its log tells the actual port. */
function addressesIn(line: string): Addresses | undefined {
  if (!line.includes('"messages"') && !line.includes('"webhook"')) return undefined;
  const parsed = parseJson(line);
  if (!isJsonObject(parsed)) return undefined;
  // Whichever of its endpoints is open; they share the port.
  const { messages, webhook, metrics } = parsed;
  const address = messages ?? webhook;
  if (typeof address !== 'string' || !URL.canParse(address) || typeof metrics !== 'string') return undefined;
  return { url: new URL(address).origin, metricsUrl: metrics };
}

async function readWork(name: string, url: string, metricsUrl: string, now: number): Promise<BotWork> {
  const [ready, metrics] = await Promise.all([
    fetch(`${url}/readyz`).catch(() => undefined),
    fetch(metricsUrl).catch(() => undefined),
  ]);
  if (ready === undefined || metrics === undefined) throw new Error(`The ${name} bot does not answer.`);
  if (!ready.ok) throw new Error(`The ${name} bot is not ready; it answers ${ready.status}.`);
  const { text } = await readLimitedBody(metrics, maxMetricsBytes);
  const valueOf = (series: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`messenger_handover_${series} `));
    if (line === undefined) throw new Error(`The ${name} bot does not report how busy it is.`);
    return Number(line.slice(line.lastIndexOf(' ') + 1));
  };
  const dueAt = valueOf('timers_next_due_timestamp_seconds') * 1000;
  return {
    waiting: valueOf('events_waiting') + (dueAt > 0 && dueAt <= now ? 1 : 0),
    running: valueOf('turns_running'),
    failed: valueOf('turns_total{outcome="failed"}'),
  };
}
