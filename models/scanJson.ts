/**
 * Scans JSON text without building anything from it, always in one pass. Text that is not JSON gets an arbitrary result; `JSON.parse` rejects
 * it afterwards.
 */

const quote = 34;
const comma = 44;
const minus = 45;
const zero = 48;
const nine = 57;
const openingBracket = 91;
const closingBracket = 93;
const openingBrace = 123;
const closingBrace = 125;

export interface JsonLimits {
  /** How deep lists and objects may be nested. */
  depth: number;
  /** How many values there may be in total. An empty list or object counts as two. */
  values: number;
}

/** Which limit the text breaks, if any. */
export function brokenLimitOf(json: string, limits: JsonLimits): keyof JsonLimits | undefined {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at);
    else if (code === comma) values += 1;
    else if (code === closingBracket || code === closingBrace) depth -= 1;
    else if (code === openingBracket || code === openingBrace) {
      depth += 1;
      values += 1;
      if (depth > limits.depth) return 'depth';
    }
    if (values > limits.values) return 'values';
  }
  return undefined;
}

/** The text with quotes around each whole number that a double cannot hold exactly. */
export function quoteLongIntegers(json: string): string {
  const pieces: string[] = [];
  let taken = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at);
    else if (code === minus || isDigit(code)) {
      const end = endOfNumber(json, at);
      const number = json.slice(at, end);
      if (isLongInteger(number) && !isName(json, end)) {
        pieces.push(json.slice(taken, at), '"', number, '"');
        taken = end;
      }
      at = end - 1;
    }
  }
  return pieces.length === 0 ? json : pieces.join('') + json.slice(taken);
}

/** Where the string that starts here ends: at its closing quote, or at the end of the text. */
function endOfString(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return json.length;
}

function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && (isDigit(json.charCodeAt(end)) || '.eE+-'.includes(json.charAt(end)))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

/** A number with a leading zero is not JSON, and quotes must not turn it into JSON. */
function isLongInteger(number: string): boolean {
  return number.length >= 16 && /^-?[1-9]\d+$/.test(number) && !Number.isSafeInteger(Number(number));
}

/** Whether a colon follows, so that this is a name, which should have had quotes. */
function isName(json: string, end: number): boolean {
  let at = end;
  while (at < json.length && ' \t\r\n'.includes(json.charAt(at))) at += 1;
  return json[at] === ':';
}
