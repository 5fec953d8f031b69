import { signatureForm, verifySignature } from '../../adapters/messenger/signature.ts';
import { classifyGraphError, graphErrorReasons } from '../../helpers/graph/classifyGraphError.ts';
import { printable } from '../../helpers/logging/printableText.ts';
import { createScrubber } from '../../helpers/logging/scrubLine.ts';
import { Secret } from '../../helpers/secret.ts';
import { SettingsError } from '../../helpers/settings/problems.ts';
import { readSettings } from '../../helpers/settings/settings.ts';
import { isDeeperThan, maxDepth } from '../../models/jsonDepth.ts';
import { isJsonObject, parseJson, readProperty, readText } from '../../models/readJson.ts';
import { brokenLimitOf } from '../../models/scanJson.ts';
import type { FuzzTarget } from './coverageFuzz.ts';

function checkGraphError(input: unknown): string | undefined {
  const status = readProperty(input, 'status');
  const reason = classifyGraphError(typeof status === 'number' ? status : 400, readProperty(input, 'body'));
  return graphErrorReasons.includes(reason) ? undefined : 'a reason that does not exist';
}

const secret = 'a-made-up-password "with\\signs';
const scrubber = createScrubber([new Secret(secret)]);

function checkText(input: unknown): string | undefined {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  if (scrubber.text(`${text} ${secret} ${text}`).includes(secret)) return 'a secret is left in a text';
  if (scrubber.line(JSON.stringify({ text, of: secret })).includes('a-made-up-password')) return 'a secret is left';
  if (/\p{Cc}/u.test(printable(text).replaceAll('\n', ''))) return 'a control character is left';
  if (signatureForm(text) !== 'wellFormed' && verifySignature(Buffer.from(text), text, 'a') === 'valid') {
    return 'a signature counts that is none';
  }
  return checkJson(text);
}

function checkJson(text: string): string | undefined {
  const [ours, nodes] = [parsed(parseJson, text), parsed(JSON.parse, text)];
  if ((ours === undefined) !== (nodes === undefined)) return 'it is JSON for one of two';
  if (ours === undefined) return undefined;
  const isDeep = brokenLimitOf(text, { depth: maxDepth, values: Infinity }) === 'depth';
  return isDeep === isDeeperThan(ours.value, maxDepth) ? undefined : 'its depth is another before it is parsed';
}

function parsed(parse: (text: string) => unknown, text: string): { value: unknown } | undefined {
  try {
    return { value: parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checkSettings(input: unknown): string | undefined {
  const given = readProperty(input, 'env');
  const env = Object.fromEntries(
    Object.entries(isJsonObject(given) ? given : {}).map(([name, value]) => [name, String(value)]),
  );
  const files = { json: readText(input, 'appsettings'), env: readText(input, 'dotenv') };
  const readFile = (path: string): string => {
    const text = path.endsWith('.json') ? files.json : files.env;
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' });
    return text;
  };
  try {
    const { port } = readSettings({ env, readFile });
    return Number.isInteger(port) && port >= 0 && port < 65_536 ? undefined : 'a port that is none';
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
  }
  return undefined;
}

const errors: readonly unknown[] = [
  { status: 400, body: { error: { message: '(#10) outside of allowed window', code: 10, error_subcode: 2_018_278 } } },
  {
    status: 403,
    body: { error: { message: 'Requires pages_messaging permission', type: 'OAuthException', code: 200 } },
  },
  { status: 500, body: { error: { message: '(#2) Service temporarily unavailable', is_transient: true, code: '2' } } },
  { status: 429, body: '<html>' },
];
const texts: readonly unknown[] = [
  '{"a":[12345678901234567890,-0.5e3,"\\u0041\\"",{"__proto__":{"id":"1"}}],"b":null}',
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln access_token=EAAB%3Dx&client_secret=1',
  `sha256=${'0'.repeat(64)}`,
  '\u001b]0;title\u0007\u001b[31mred\u001b[0m \u202e\u2028\ud800\r\n\t',
];
const settings: readonly unknown[] = [
  { env: {}, appsettings: '{"BotRole":"primary","Port":3978,"Channels":"facebook"}', dotenv: 'LogLevel=debug\n' },
  {
    env: { BotRole: 'liveChat', FacebookPageToken: 't', FacebookAppId: '1', FacebookAppSecret: 's', MetricsPort: '9' },
    dotenv: 'FacebookVerifyToken="a b"\n',
  },
  { env: { BotRole: 'secondary', MicrosoftAppType: 'SingleTenant', MicrosoftAppId: 'x', NODE_ENV: 'production' } },
];

export const textTargets: readonly FuzzTarget[] = [
  { name: 'errors of Graph', seeds: errors, check: checkGraphError },
  { name: 'texts, JSON and signatures', seeds: texts, check: checkText },
  // The operator's own file: each unknown name is compared with all that are known.
  { name: 'settings', seeds: settings, check: checkSettings, workPerCharacter: 20_000 },
];
