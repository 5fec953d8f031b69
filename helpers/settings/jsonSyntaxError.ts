/** Where something is in a text. Both count from 1. */
export interface TextPosition {
  line: number;
  column: number;
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ -!#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.]))/uy;

/**
 * Where a text stops being JSON, or undefined when it is JSON.
 *
 * It stands in for the message of `JSON.parse`, which quotes the text around the mistake, and that may be a password.
 */
export function findJsonSyntaxError(text: string): TextPosition | undefined {
  const tokens = new TokenReader(text);
  return readValue(tokens) && tokens.atEnd() ? undefined : tokens.position();
}

/** Reads one token after another; a token is its sign (`{`, `,` …), `"` for a string, `v` for any other value. */
class TokenReader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes the next token when it is one of these; otherwise stays where it is. */
  take(...wanted: string[]): string | undefined {
    TOKEN.lastIndex = this.#offset;
    const match = TOKEN.exec(this.#text);
    if (match === null) return undefined;
    const token = match[1] ?? (match[2] === undefined ? 'v' : '"');
    if (!wanted.includes(token)) return undefined;
    this.#offset = TOKEN.lastIndex;
    return token;
  }

  atEnd(): boolean {
    return this.#text.slice(this.#offset).trim() === '';
  }

  position(): TextPosition {
    const rest = this.#text.slice(this.#offset);
    const before = this.#text.slice(0, this.#offset + rest.length - rest.trimStart().length);
    const lines = before.split('\n');
    return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  }
}

function readValue(tokens: TokenReader): boolean {
  const first = tokens.take('{', '[', '"', 'v');
  if (first === '{')
    return readItems(tokens, '}', () => tokens.take('"') !== undefined && tokens.take(':') !== undefined);
  if (first === '[') return readItems(tokens, ']', () => true);
  return first !== undefined;
}

function readItems(tokens: TokenReader, end: string, readKey: () => boolean): boolean {
  if (tokens.take(end) !== undefined) return true;
  do {
    if (!readKey() || !readValue(tokens)) return false;
  } while (tokens.take(',') !== undefined);
  return tokens.take(end) !== undefined;
}
