import { REDACTED, type Secret } from '../secret.ts';

/** The strings (with the colon after them if they are names) and numbers in a line of JSON. An unterminated one extends to the end. */
const PIECES = /("(?:[^"\\]|\\[^])*(?:"|\\?$))(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gu;

/** Strings and numbers under such a name are removed. */
const SENSITIVE_NAME = /(?:^authorization|cookie|token|secret|password|appsecret_proof|client_assertion)$/i;

/** A quick check for such names in a line without escapes; it may match others too. */
const MAYBE_SENSITIVE = /(?:authorization|cookie|token|secret|password|appsecret_proof|client_assertion)"\s*:/i;

/** Credentials that are not among the known secrets, recognised by their place or their form. */
const SENSITIVE_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [
    /((?:access_token|input_token|exchange_token|verify_token|refresh_token|appsecret_proof|client_secret|client_assertion)\\*["']?\s*(?:=|%3D|:)\s*\\*["']?)[^\s"'\\&,;}]+/gi,
    `$1${REDACTED}`,
  ],
  [/\bEAA[A-Za-z0-9]{16,}/g, REDACTED], // tokens of the Graph API begin so
];

/** How many fetched tokens are remembered; each is replaced after about an hour. */
const MOST_LEARNT = 20;

/** No secret is longer; Azure's tokens have about 1,500 characters. */
const LONGEST_SECRET = 4_096;

/** Removes secrets from texts. One for the whole process, so that the log, the store and standard error know the same secrets. */
export interface Scrubber {
  /**
   * Scrubs a finished line of JSON, which stays JSON. It decodes escapes, so it finds a secret however JSON, a URL or JSON inside JSON spelled
   * it, and wherever it is: in a field, in the message, in the stack of a nested error.
   */
  line(line: string): string;
  text(text: string): string;
  /** The first `length` characters of a text, with no part of a secret that is cut in two. */
  beginning(text: string, length: number): string;
  /** Adds a secret that was not known at the start, such as a fetched token. */
  learn(secret: string): void;
}

export function createScrubber(secrets: readonly Secret[]): Scrubber {
  const known = new Set(secrets.map((secret) => secret.reveal()));
  const learnt = new Set<string>();
  let spellings = allSpellings();

  function allSpellings(): string[] {
    return [...known, ...learnt].flatMap(spellingsOf).sort((a, b) => b.length - a.length);
  }
  function scrubText(text: string): string {
    let scrubbed = text;
    for (const spelling of spellings) scrubbed = scrubbed.replaceAll(spelling, REDACTED);
    for (const [pattern, replacement] of SENSITIVE_TEXT) scrubbed = scrubbed.replace(pattern, replacement);
    return hideJsonWebTokens(scrubbed);
  }
  function mayHoldSecrets(line: string): boolean {
    return (
      line.includes('\\') ||
      MAYBE_SENSITIVE.test(line) ||
      spellings.some((spelling) => line.includes(spelling)) ||
      line.includes('eyJ') ||
      SENSITIVE_TEXT.some(([pattern]) => line.search(pattern) !== -1)
    );
  }

  return {
    line: (line) => {
      // Most lines hold no secrets, and checking each of their strings costs more than writing them.
      if (!mayHoldSecrets(line)) return line;
      let sensitive = false; // holds from a sensitive name to the next name, so for each item of a list too
      return line.replace(PIECES, (piece: string, quoted?: string, colon?: string) => {
        if (quoted === undefined) {
          return sensitive || spellings.some((spelling) => piece.includes(spelling)) ? JSON.stringify(REDACTED) : piece;
        }
        const text = parseString(quoted);
        if (text === undefined) return scrubText(piece);
        if (colon !== undefined) sensitive = SENSITIVE_NAME.test(text);
        const scrubbed = sensitive && colon === undefined && text !== '' ? REDACTED : scrubText(text);
        return scrubbed === text ? piece : `${JSON.stringify(scrubbed)}${colon ?? ''}`;
      });
    },
    text: scrubText,
    beginning: (text, length) => {
      if (text.length <= length) return scrubText(text);
      const scrubbed = scrubText(text.slice(0, length + 2 * LONGEST_SECRET));
      // A secret that the first cut went through is at the end; removals before it may have moved it forwards.
      const whole = scrubbed.slice(0, Math.max(0, scrubbed.length - LONGEST_SECRET));
      return `${whole.slice(0, length)}… (${text.length} characters)`;
    },
    learn: (secret) => {
      if (secret === '' || known.has(secret) || learnt.has(secret)) return;
      learnt.add(secret);
      for (const oldest of learnt) {
        if (learnt.size <= MOST_LEARNT) break;
        learnt.delete(oldest);
      }
      spellings = allSpellings();
    },
  };
}

/** Removes JSON Web Tokens, wherever they start in a run of their characters. Each run is scanned once. */
function hideJsonWebTokens(text: string): string {
  if (!text.includes('eyJ')) return text;
  return text.replace(/[\w.-]+/g, (run) => {
    let start = 0;
    const parts = run.split('.');
    for (const [at, part] of parts.entries()) {
      const token = part.indexOf('eyJ');
      const isToken = token !== -1 && part.length > token + 3 && (parts[at + 1] ?? '') !== '' && at + 2 < parts.length;
      if (isToken) return run.slice(0, start + token) + REDACTED;
      start += part.length + 1;
    }
    return run;
  });
}

/** Undefined if it is not a JSON string. */
function parseString(quoted: string): string | undefined {
  try {
    const text: unknown = JSON.parse(quoted);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** How a secret may be spelled: as it is, in a URL, in a form, in JSON, and in JSON that is a string of JSON. */
function spellingsOf(secret: string): string[] {
  if (secret === '') return [];
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inJsonTwice = JSON.stringify(inJson).slice(1, -1);
  const inUrl = encodeURIComponent(secret);
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  const lowerCaseHex = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
  const spellings = [
    secret,
    inJson,
    inJsonTwice,
    inUrl,
    inForm,
    lowerCaseHex(inUrl),
    lowerCaseHex(inForm),
    encodeURI(secret),
  ];
  return [...new Set([...spellings, inJson.replaceAll('/', '\\/'), Buffer.from(secret).toString('base64')])];
}
