import { inspect } from 'node:util';

/**
 * Secrets for a search: each has a mark that nothing else has, and signs that encodings spell differently where the secret
 * may have such signs.
 */
export const plantedSecrets = {
  pageToken: 'planted.zq7pageToken9x|A~',
  appSecret: 'plantedzq7appSecret9x0ff',
  appPassword: 'planted"zq7appPassword9x\\ß %=',
  verifyToken: 'planted.zq7verifyToken9x-0',
  accessToken: 'planted.zq7accessToken9x~',
} as const;

/** What all of them contain, in whatever spelling, since letters and digits are spelled the same everywhere but in base64. */
const mark = /zq7(?:pageToken|appSecret|appPassword|verifyToken|accessToken|inboundToken)9x/i;

/** Base64 has three ways to spell a text, depending on where it begins. */
const inBase64 = [
  'zq7pageToken9x',
  'zq7appSecret9x',
  'zq7appPassword9x',
  'zq7verifyToken9x',
  'zq7accessToken9x',
  'zq7inboundToken9x',
].flatMap((text) =>
  [0, 1, 2].map((shift) => {
    const spelled = Buffer.from(`${'\0'.repeat(shift)}${text}`).toString('base64');
    // The first and the last signs depend on the neighbours.
    return spelled.slice(shift === 0 ? 0 : 4, -4);
  }),
);

/** What of the planted secrets is in the text; empty when nothing is. */
export function findSecrets(text: string, more: readonly string[] = []): string[] {
  const found = text.match(new RegExp(mark, 'gi')) ?? [];
  const spelled = [...inBase64, ...more].filter((spelling) => text.includes(spelling));
  return [...new Set([...found, ...spelled])];
}

/** Everything that a careless program could print of a value: its text, its stack, its insides, its causes. */
export function everythingOf(value: unknown): string {
  const texts = [
    String(value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity }),
  ];
  try {
    texts.push(JSON.stringify(value));
  } catch {
    // Circular: `inspect` has shown it.
  }
  if (value instanceof Error) {
    texts.push(value.message, value.stack ?? '', JSON.stringify(value, Object.getOwnPropertyNames(value)));
    if (value.cause !== undefined) texts.push(everythingOf(value.cause));
  }
  return texts.join('\n');
}
