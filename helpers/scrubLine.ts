import { REDACTED, type Secret } from './secret.ts';

/** Strings (with the colon behind them when they are names) and numbers of a line of JSON. */
const PIECES = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gu;

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
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED], // a JSON Web Token
];

/**
 * Makes a function that takes the secrets out of a finished line of JSON; the line stays JSON.
 *
 * It looks at the text behind the escapes, so a secret is found however JSON, a URL or JSON inside of JSON spelled it, and
 * wherever it stands: in a field, in the message, in the stack of a nested error.
 */
export function createLineScrubber(secrets: readonly Secret[]): (line: string) => string {
  const spellings = secrets.flatMap((secret) => spellingsOf(secret.reveal())).sort((a, b) => b.length - a.length);
  const scrubText = (text: string): string => {
    let scrubbed = text;
    for (const spelling of spellings) scrubbed = scrubbed.replaceAll(spelling, REDACTED);
    for (const [pattern, replacement] of SENSITIVE_TEXT) scrubbed = scrubbed.replace(pattern, replacement);
    return scrubbed;
  };
  const mayHoldSecrets = (line: string): boolean =>
    line.includes('\\') ||
    MAYBE_SENSITIVE.test(line) ||
    spellings.some((spelling) => line.includes(spelling)) ||
    SENSITIVE_TEXT.some(([pattern]) => line.search(pattern) !== -1);
  return (line) => {
    // Most lines hold nothing of the kind, and to look at each of their strings costs more than to write them.
    if (!mayHoldSecrets(line)) return line;
    let sensitive = false; // holds from a sensitive name to the next name, so for each item of a list too
    return line.replace(PIECES, (piece: string, quoted?: string, colon?: string) => {
      if (quoted === undefined) {
        return sensitive || spellings.some((spelling) => piece.includes(spelling)) ? JSON.stringify(REDACTED) : piece;
      }
      const text = parseString(quoted);
      if (colon !== undefined) sensitive = SENSITIVE_NAME.test(text);
      const scrubbed = sensitive && colon === undefined && text !== '' ? REDACTED : scrubText(text);
      return scrubbed === text ? piece : `${JSON.stringify(scrubbed)}${colon ?? ''}`;
    });
  };
}

function parseString(quoted: string): string {
  const text: unknown = JSON.parse(quoted);
  return typeof text === 'string' ? text : '';
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
