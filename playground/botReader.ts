import type { BotLogLevel, BotReport, ExceptionOutcome } from '../emulator/botReports.ts';
import { isJsonObject, parseJson, type JsonObject } from '../emulator/json.ts';
import { textAt } from '../emulator/narration/json.js';
import { printable } from '../emulator/printable.ts';
import { lastWords } from './lastWords.ts';
import { errorInWords, stackInWords } from './loggedError.ts';

export interface BotReaderOptions {
  /** Whether this id is a customer's. */
  readonly isCustomer: (id: string) => boolean;
  readonly report: (report: BotReport) => void;
  readonly now?: () => number;
}

type Stream = 'stdout' | 'stderr';

/** What every bot logs when all is well, which the emulator shows in a better way. */
const routine = new Set(['the bot is listening', 'the webhook was verified', 'closing', 'closed']);
/** What Node says by itself. */
const ofNode = /^(?:Debugger (?:listening on|ending on)|For help, see:|\(node:\d+\) |\(Use `node --trace)/;
/** More reports than this in a second would push the conversation out of sight. */
const mostASecond = 50;
const mostDeliveries = 1000;

/** Reads what a bot writes, line by line in order, and reports what is worth seeing. */
export function createBotReader({ isCustomer, report, now = Date.now }: BotReaderOptions) {
  const attempts = new Map<string, number>();
  const printed: Record<Stream, string[]> = { stdout: [], stderr: [] };
  let second = 0;
  let count = 0;

  const tell = (one: BotReport): void => {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, count] = [current, 0];
    count += 1;
    if (count < mostASecond) report(one);
    else if (count === mostASecond)
      report({ type: 'botLog', level: 'warn', message: 'so much that the rest of this second is left out' });
  };

  /** Which attempt at a turn this line is about, from 1. */
  const attemptAt = (line: JsonObject): number | undefined => {
    const delivery = textAt(line, 'delivery');
    const outcome = textAt(line, 'outcome');
    if (delivery === undefined || (outcome !== 'retried' && outcome !== 'failed')) return undefined;
    const attempt = (attempts.get(delivery) ?? 0) + 1;
    if (outcome === 'failed') attempts.delete(delivery);
    else if (attempts.size < mostDeliveries) attempts.set(delivery, attempt);
    return attempt;
  };

  const logged = (line: JsonObject): void => {
    const psid = (textAt(line, 'conversation') ?? '').split(' ').find(isCustomer);
    const about = psid === undefined ? {} : { psid };
    const message = textAt(line, 'msg') ?? '';
    const level = levelOf(line);
    if (line['msg'] === 'turn' && line['outcome'] === 'done') {
      const delivery = textAt(line, 'delivery') ?? '';
      const failures = attempts.get(delivery);
      attempts.delete(delivery);
      if (failures === undefined) return;
      tell({ type: 'botLog', level: 'info', message: `the turn worked at attempt ${failures + 1}`, ...about });
      return;
    }
    if (level === undefined || routine.has(message)) return;
    const error = line['err'];
    if (!isJsonObject(error)) {
      const suppressed = line['suppressed'] === true ? { suppressed: true as const } : {};
      tell({ type: 'botLog', level, message: sentenceOf(line) || 'something', ...about, ...suppressed });
      return;
    }
    const attempt = attemptAt(line);
    const outcome = outcomeOf(line);
    const stack = stackInWords(error);
    tell({
      type: 'botException',
      message: message === 'turn' ? errorInWords(error) : `${errorInWords(error)} (${message})`,
      ...(stack === undefined ? {} : { stack }),
      ...about,
      ...(attempt === undefined ? {} : { attempt }),
      ...(outcome === undefined ? {} : { outcome }),
    });
  };

  /** What is printed at once belongs together, such as an error and its stack. */
  const tellPrinted = (from: Stream): void => {
    const text = printed[from].splice(0).join('\n');
    if (text.split('\n').some((line) => /^\s+at \S/.test(line)))
      tell({ type: 'botException', message: thrownIn(text.split('\n')), stack: text });
    else if (text.trim() !== '') tell({ type: 'botLog', level: from === 'stdout' ? 'info' : 'warn', message: text });
  };
  const print = (line: string, from: Stream): void => {
    const lines = printed[from];
    lines.push(line);
    if (lines.length === 1) setImmediate(tellPrinted, from);
  };

  return (line: string, from: Stream): void => {
    const parsed = line.startsWith('{') ? parseJson(line) : undefined;
    if (isJsonObject(parsed) && typeof parsed['msg'] === 'string') {
      tellPrinted(from);
      logged(parsed);
    } else if (from === 'stderr' && line === 'Debugger attached.') report({ type: 'botState', state: 'debugging' });
    else if (from === 'stderr' && line.startsWith('Debugger ending on '))
      report({ type: 'botState', state: 'running' });
    else if (from === 'stdout' || !ofNode.test(line)) print(line, from);
  };
}

const levels: readonly BotLogLevel[] = ['info', 'warn', 'error', 'fatal'];
const levelOf = (line: JsonObject): BotLogLevel | undefined => levels.find((level) => level === line['level']);

function outcomeOf({ msg, outcome, delivery }: JsonObject): ExceptionOutcome | undefined {
  if (msg === 'turn' && outcome === 'retried') return 'retried';
  // Only an event that was stored becomes a dead letter.
  if (msg === 'turn' && outcome === 'failed' && delivery !== undefined) return 'deadLetter';
  return typeof msg === 'string' && msg.startsWith('nobody catches') ? 'unhandled' : undefined;
}

/** What was thrown: where Node or a sentence leads up to the error, the error is further down. */
function thrownIn(lines: readonly string[]): string {
  const [first = ''] = lines;
  const said = first.replace(/^Uncaught /, '');
  const error = isPlace(first) || first.endsWith(':') ? lastWords(lines) : undefined;
  if (error === undefined) return said;
  return isPlace(first) ? error : `${error} (${said.replace(/:$/, '.')})`;
}

/** Whether Node begins with where in the code it was, as in `file:///my/bot.ts:37`. */
const isPlace = (line: string): boolean => /^\S+:\d+$/.test(line);

/** What every line has, or what is told in another way. */
const notShown = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err', 'conversation', 'delivery', 'suppressed']);

/** What a bot logged, with its fields: `asked the stock stock=9`. */
function sentenceOf(line: JsonObject): string {
  const fields = Object.entries(line)
    .filter(([name]) => !notShown.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [textAt(line, 'msg') ?? '', ...fields].filter((part) => part !== '').join(' ');
}

/** A line of a bot's output for people: time, level, sentence and error; as it is when it is no log line. */
export function readableLine(line: string): string {
  const parsed = parseJson(line);
  if (!isJsonObject(parsed) || typeof parsed['msg'] !== 'string') return printable(line);
  const { level, time, outcome, kind, err } = parsed;
  const parts = [
    typeof time === 'string' ? time.slice(11, 19) : '',
    typeof level === 'string' ? level.padEnd(5) : '',
    parsed['msg'] === 'turn' ? `turn ${String(outcome)}: ${String(kind)}` : sentenceOf(parsed),
  ];
  const said = parts.filter((part) => part !== '').join(' ');
  return printable(isJsonObject(err) ? `${said}: ${errorInWords(err)}` : said);
}
