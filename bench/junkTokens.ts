import { generateKeyPairSync } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConfigurationBotFrameworkAuthentication, type Activity } from 'botbuilder';
import { HandoverAuthentication } from '../adapters/azure/botFrameworkAuthentication.ts';
import { RequestRefusedError } from '../adapters/http/answer.ts';
import type { SigningKeySource } from '../adapters/azure/signingKeySource.ts';
import { readSettings } from '../helpers/settings/settings.ts';

/**
 * What forged tokens cost: memory and time of refusing 50,000 of each kind, first against last, so that what grows with their
 * number shows. The SDK's own check is measured with fewer, because it grows.
 *
 * Run: node commands/launch.js bench/junkTokens.ts [count]
 */

const count = Number(process.argv[2] ?? 50_000);
const stockCount = Math.min(count, 5_000);
const part = 1_000;
const appId = '00000000-0000-4000-8000-0000000000a1';
const serviceUrl = 'https://facebook.botframework.com/';
const ends = Math.floor(Date.now() / 1000) + 3600;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = Buffer.alloc(256, 7).toString('base64url');
const channelClaims = { iss: 'https://api.botframework.com', aud: appId, exp: ends, serviceurl: serviceUrl };

/** The n-th forged token of a kind, as an `Authorization` header. */
type Forge = (n: number) => string;
const forge =
  (claims: (n: number) => object, keyId: (n: number) => string): Forge =>
  (n) =>
    `Bearer ${encode({ alg: 'RS256', kid: keyId(n) })}.${encode(claims(n))}.${signature}`;

const kinds: Record<string, Forge> = {
  'a new tenant of Microsoft Entra each': forge(
    (n) => ({ iss: `https://sts.windows.net/tenant-${n}/`, tid: `tenant-${n}`, aud: appId, appid: appId, exp: ends }),
    () => 'key-1',
  ),
  'an unknown key id each': forge(
    () => channelClaims,
    (n) => `unknown-${n}`,
  ),
  'the right key id and a wrong signature': forge(
    (n) => ({ ...channelClaims, jti: n }),
    () => 'key-1',
  ),
  'no token at all': (n) => `Bearer ${'x'.repeat(100)}${n}`,
};

const activity = {
  type: 'message',
  channelId: 'facebook',
  serviceUrl,
  conversation: { id: 'c' },
} as unknown as Activity;
type Refuse = (authorization: string) => Promise<void>;

const noFile = (): never => {
  throw Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
};
const secret = 'a-fake-bot-password';
const credentials = { MicrosoftAppId: appId, MicrosoftAppType: 'MultiTenant', MicrosoftAppPassword: secret };
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys: SigningKeySource = {
  find: (keyId) => Promise.resolve(keyId === 'key-1' ? { key: publicKey, endorsements: undefined } : undefined),
};

function ours(): Refuse {
  const { bot } = readSettings({ env: credentials, readFile: noFile });
  const authentication = new HandoverAuthentication(bot, { keys });
  return async (authorization) => {
    const outcome: unknown = await authentication
      .authenticateRequest(activity, authorization)
      .catch((err: unknown) => err);
    if (!(outcome instanceof RequestRefusedError) || outcome.status !== 401)
      throw new Error('A forged token was not refused.');
  };
}

/** The SDK with a key server that is not there, so that nothing but its own work is measured. */
function stock(): Refuse {
  const nowhere = 'http://127.0.0.1:9/';
  const authentication = new ConfigurationBotFrameworkAuthentication({
    ...credentials,
    ToChannelFromBotLoginUrl: nowhere,
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
    ToBotFromChannelOpenIdMetadataUrl: nowhere,
    ToBotFromEmulatorOpenIdMetadataUrl: nowhere,
    OAuthUrl: nowhere,
    CallerId: 'urn:botframework:azure',
  });
  return async (authorization) => {
    const outcome: unknown = await authentication
      .authenticateRequest(activity, authorization)
      .catch((err: unknown) => err);
    if (!(outcome instanceof Error)) throw new Error('A forged token was not refused.');
  };
}

const megabytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

async function measure(name: string, refuse: Refuse, make: Forge, total: number): Promise<void> {
  const microseconds = async (from: number): Promise<number> => {
    const begun = process.hrtime.bigint();
    for (let n = from; n < from + part; n += 1) await refuse(make(n));
    return Number(process.hrtime.bigint() - begun) / 1000 / part;
  };
  for (let n = 0; n < part; n += 1) await refuse(make(-n)); // warm
  const heapBefore = megabytes();
  const first = await microseconds(1);
  for (let n = part + 1; n <= total - part; n += 1) await refuse(make(n));
  const last = await microseconds(total - part + 1);
  const heapAfter = megabytes();
  const cells = [
    `${first.toFixed(1)} us -> ${last.toFixed(1)} us (x${(last / first).toFixed(2)})`,
    `${heapBefore.toFixed(1)} MB -> ${heapAfter.toFixed(1)} MB (x${(heapAfter / heapBefore).toFixed(2)})`,
  ];
  process.stdout.write(`${name}, ${total} tokens: ${cells.join('; ')}\n`);
}

for (const [kind, make] of Object.entries(kinds)) await measure(`here, ${kind}`, ours(), make, count);
const [worst] = Object.entries(kinds);
if (worst !== undefined) await measure(`the SDK, ${worst[0]}`, stock(), worst[1], stockCount);
