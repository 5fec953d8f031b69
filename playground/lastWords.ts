import { isJsonObject, parseJson } from '../emulator/json.ts';
import { textAt } from '../emulator/narration/json.js';

const thrown = /^(?:Uncaught )?\w*(?:Error|Exception)\b.*:/;
/** What Node prints around an error: where it was, and its own version. */
const aroundErrors = /^\s+(?:at |\^)|^Node\.js v|^\S*:\d+$|^[\s{}]*$/;

/**
 * The line of a bot's output that says most about why it ended: the last error, thrown or logged, or else the last line that is
 * not a log entry.
 */
export function lastWords(lines: readonly string[]): string | undefined {
  const latestFirst = lines.toReversed();
  for (const line of latestFirst) {
    const error =
      loggedError(line) ?? (thrown.test(line) ? (line.endsWith('{') ? line.slice(0, -1).trimEnd() : line) : undefined);
    if (error !== undefined) return error;
  }
  return latestFirst.find((line) => !aroundErrors.test(line) && !isJsonObject(parseJson(line)))?.trim();
}

function loggedError(line: string): string | undefined {
  const logged = parseJson(line);
  const level = textAt(logged, 'level');
  if (level !== 'error' && level !== 'fatal') return undefined;
  const parts = [textAt(logged, 'msg'), textAt(logged, 'err', 'message')];
  return parts.filter((part) => part !== undefined).join(': ');
}
