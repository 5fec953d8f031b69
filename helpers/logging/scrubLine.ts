import { REDACTED, type Secret } from '../secret.ts';

/** Strings (with the colon behind them when they are names) and numbers of a line of JSON. One without an end goes to the end. */
const PIECES = /("(?:[^"\\]|\\[^])*(?:"|\\?$))(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gu;

/** Texts and numbers under such a name go. */
const SENSITIVE_NAME = /(?:^authorization|cookie|token|secret|password|appsecret_proof|client_assertion)$/i;

/** Such a name in a line that has no escapes, and some that are none. */
const MAYBE_SENSITIVE = /(?:authorization|cookie|token|secret|password|appsecret_proof|client_assertion)"\s*:/i;

/** Credentials that nobody told us about, known by where they stand or how they look. */
const SENSITIVE_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [
    /((?:access_token|input_token|exchange_token|verify_token|refresh_token|appsecret_proof|client_secret|client_assertion)\\*["']?\s*(?:=|%3D|:)\s*\\*["']?)[^\s"'\\&,;}]+/gi,
    `$1${REDACTED}`,
  ],
  [/\bEAA[A-Za-z0-9]{16,}/g, REDACTED], // tokens of the Graph API begin so
];

/** So many tokens that were fetched on the way are known at once; each is fetched anew after an hour or so. */
const MOST_LEARNT = 20;

/** No secret is longer; tokens of Azure have some 1,500 characters. */
const LONGEST_SECRET = 4_096;

/** Takes secrets out of texts. One for the whole process, so that the log, the store and standard error know the same secrets. */
export interface Scrubber {
  /**
   * A finished line of JSON, which stays JSON. It looks at the text behind the escapes, so a secret is found however JSON, a URL or JSON
   * inside of JSON spelled it, and wherever it stands: in a field, in the message, in the stack of a nested error.
   */
  line(line: string): string;
  text(text: string): string;
  /** The beginning of a text: so many characters, and no part of a secret that the end cuts in two. */
  beginning(text: string, length: number): string;
  /** A secret that nobody knew at the start, such as a token that was fetched. */
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
      // Most lines hold nothing of the kind, and to look at each of their strings costs more than to write them.
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
      // A secret that the first cut went through stands at the end, and what was taken out before it may have moved it forwards.
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

/** Takes JSON Web Tokens out, wherever they begin in a run of the characters that they are made of. Each run is walked once. */
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

/** Undefined when it is no string of JSON. */
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
