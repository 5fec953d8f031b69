import { createHmac } from 'node:crypto';
import { seededRandom } from './seededRandom.ts';
import { metaBytes, signatureOf } from './signedWebhook.ts';

/** A request to the webhook that nobody should believe. */
export interface ForgedRequest {
  kind: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** A body under the right signature that makes no sense, in whole or in part. */
export interface BadBody {
  kind: string;
  body: Buffer;
  /** The ids of the sound messages in it; every one of them has to be handled. */
  neighbours: readonly string[];
}

type Random = (below: number) => number;

const pageId = '104857600012345';
const psid = '7601234509876543';

function message(mid: string, fields: object = {}): Record<string, unknown> {
  return {
    sender: { id: psid },
    recipient: { id: pageId },
    timestamp: 1767225600123,
    message: { mid, text: mid },
    ...fields,
  };
}

function page(...items: unknown[]): unknown {
  return { object: 'page', entry: [{ id: pageId, time: 1767225600123, messaging: items }] };
}

const hex = (random: Random, length: number) => Array.from({ length }, () => random(16).toString(16)).join('');

const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)]!;

type Forge = (body: Buffer, appSecret: string, random: Random) => { headers: Record<string, string>; body?: Buffer };

const header = (value: string) => ({ headers: { 'x-hub-signature-256': value } });

const forgeries: Record<string, Forge> = {
  'no signature': () => ({ headers: {} }),
  'SHA-1 alone': (body, secret) => ({
    headers: { 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` },
  }),
  'an empty signature': () => header(''),
  'random digits': (_body, _secret, random) => header(`sha256=${hex(random, 64)}`),
  truncated: (body, secret, random) => header(signatureOf(body, secret).slice(0, 7 + random(64))),
  'too long': (body, secret, random) => header(signatureOf(body, secret) + hex(random, 1 + random(64))),
  'one digit changed': (body, secret, random) => {
    const right = signatureOf(body, secret);
    const place = 7 + random(64);
    const digit = ((Number.parseInt(right.charAt(place), 16) + 1 + random(15)) % 16).toString(16);
    return header(right.slice(0, place) + digit + right.slice(place + 1));
  },
  'no digits': (body, secret, random) => {
    const place = 7 + random(64);
    const right = signatureOf(body, secret);
    return header(right.slice(0, place) + 'gxz. -'.charAt(random(6)) + right.slice(place + 1));
  },
  'another prefix': (body, secret, random) =>
    header(
      pick(['sha1=', 'sha512=', 'SHA256=', 'sha256:', '', 'sha256=='], random) + signatureOf(body, secret).slice(7),
    ),
  'upper case': (body, secret) => header(`sha256=${signatureOf(body, secret).slice(7).toUpperCase()}`),
  'another secret': (body, secret, random) => header(signatureOf(body, `${secret}${hex(random, 1)}`)),
  'an empty secret': (body) => header(signatureOf(body, ' ')),
  'another body': (body, secret, random) => {
    const changed = Buffer.from(body);
    const place = random(changed.length);
    changed[place] = (changed[place] ?? 0) ^ (1 + random(127));
    return { ...header(signatureOf(body, secret)), body: changed };
  },
  'a longer body': (body, secret) => ({
    ...header(signatureOf(body, secret)),
    body: Buffer.concat([body, Buffer.from(' ')]),
  }),
  'a shorter body': (body, secret, random) => ({
    ...header(signatureOf(body, secret)),
    body: body.subarray(0, random(body.length)),
  }),
  'parsed and printed again': (body, secret) => ({
    ...header(signatureOf(body, secret)),
    body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))),
  }),
  'the same twice': (body, secret) => header(`${signatureOf(body, secret)}, ${signatureOf(body, secret)}`),
};

export const forgeryKinds = Object.keys(forgeries);

/** So many forged requests, of all kinds in turn, over a body that would be taken if its signature were right. */
export function* forgedRequests(count: number, appSecret: string, seed: number): Generator<ForgedRequest> {
  const random = seededRandom(seed).below;
  for (let index = 0; index < count; index += 1) {
    const kind = forgeryKinds[index % forgeryKinds.length]!;
    const body = Buffer.from(metaBytes(page(message(`m_forged_${index}`, { note: 'Grüße 👋 a/b' }))));
    yield { kind, body, ...forgeries[kind]!(body, appSecret, random) };
  }
}

const scalars = [null, true, false, 0, -1, 1.5, 1e300, '', 'text', '\u0000', '\ud800', [], [[]], {}, { id: null }];
const noIds = scalars.filter((value) => typeof value !== 'string');
const nest = (levels: number, name: string): string => `{"${name}":`.repeat(levels) + '1' + '}'.repeat(levels);

type Make = (
  first: unknown,
  second: unknown,
  random: Random,
) => { json: unknown } | { text: string } | { bytes: Buffer };

/** Each is given two sound messages to put beside the trouble; those in `whole` have no place for them. */
const troubles: Record<string, Make> = {
  'random bytes': (_first, _second, random) => ({
    bytes: Buffer.from(Array.from({ length: random(300) }, () => random(256))),
  }),
  'JSON that breaks off': (first, second, random) => {
    const text = JSON.stringify(page(first, second));
    return { text: text.slice(0, random(text.length)) };
  },
  'a body that is no object': (_first, _second, random) => ({ json: pick(scalars, random) }),
  'another object': (first, second, random) => ({
    json: { ...(page(first, second) as object), object: pick(['instagram', 'user', 'PAGE', 1, null, {}], random) },
  }),
  'strange entries': (first, second, random) => ({
    json: {
      object: 'page',
      entry: [
        pick(scalars, random),
        { id: pageId, time: pick(scalars, random), messaging: [first] },
        { id: pageId, changes: [{ field: 'feed', value: pick(scalars, random) }] },
        // An id that names another Page would make the sound message none of this bot's.
        { id: pick(noIds, random), time: 1, standby: [second] },
      ],
    },
  }),
  'lists that are none': (first, second, random) => ({
    json: {
      object: 'page',
      entry: [
        { id: pageId, time: 1, messaging: [first], standby: pick(scalars, random) },
        { id: pageId, time: 2, messaging: pick(scalars, random), standby: [second] },
      ],
    },
  }),
  'items that are none': (first, second, random) => ({
    json: page(first, pick(scalars, random), pick(scalars, random), second, pick(scalars, random)),
  }),
  'items without customer or Page': (first, second, random) => ({
    json: page(first, { ...message('x'), sender: pick(scalars, random) }, second, {
      ...message('y'),
      recipient: pick(scalars, random),
    }),
  }),
  'bodies of events of the wrong type': (first, second, random) => {
    const names = ['message', 'postback', 'pass_thread_control', 'app_roles', 'read', 'delivery', 'reaction', 'optin'];
    const { message: _, ...rest } = message('x');
    return { json: page(first, { ...rest, [pick(names, random)]: pick(scalars, random) }, second) };
  },
  'fields of the wrong type': (first, second, random) => ({
    json: page(
      first,
      message('x', {
        timestamp: pick(scalars, random),
        message: {
          mid: pick(scalars, random),
          text: pick(scalars, random),
          quick_reply: pick(scalars, random),
          attachments: pick(scalars, random),
          is_echo: pick(scalars, random),
          app_id: pick(scalars, random),
        },
      }),
      second,
    ),
  }),
  'deep nesting': (first, second, random) => ({
    text: JSON.stringify(page(first, '@', second)).replace(
      '"@"',
      nest(20 + random(3000), pick(['a', 'message'], random)),
    ),
  }),
  'names of prototypes': (first, second, random) => ({
    text: JSON.stringify(page(first, '@', second)).replace(
      '"@"',
      `{"${pick(['__proto__', 'constructor', 'toString'], random)}":${JSON.stringify(message('x'))},"message":{"__proto__":{"mid":"m"}}}`,
    ),
  }),
  'ids, texts and times out of all bounds': (first, second, random) => ({
    text: JSON.stringify(
      page(
        first,
        { ...message('x'.repeat(600 + random(5000))), timestamp: 9007199254740991 },
        { ...message('y'), sender: { id: '7'.repeat(513 + random(1000)) } },
        { ...message('z'), timestamp: '@' },
        second,
      ),
    ).replace('"@"', pick(['99999999999999999999999', '-1', '1e400', '0.1', '9007199254740993'], random)),
  }),
  'letters that are none': (first, second, random) => {
    const text = JSON.stringify(page(first, message('@'), second));
    const bad = pick([Buffer.from([0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xc0, 0x80])], random);
    const at = text.indexOf('"@"');
    const after = text.slice(at + 3).replace('"@"', '"\\ud800\\u0000"');
    return { bytes: Buffer.concat([Buffer.from(`${text.slice(0, at)}"`), bad, Buffer.from(`"${after}`)]) };
  },
  'far too many items': (first, second, random) => ({
    json: page(first, second, ...Array.from({ length: 990 + random(20) }, () => pick(scalars, random))),
  }),
};

export const troubleKinds = Object.keys(troubles);

/** Kinds that leave no sound message to be handled. */
const whole = ['random bytes', 'JSON that breaks off', 'a body that is no object', 'another object'];

/** So many signed bodies that make no sense, of all kinds in turn. */
export function* badBodies(count: number, seed: number): Generator<BadBody> {
  const random = seededRandom(seed).below;
  for (let index = 0; index < count; index += 1) {
    const kind = troubleKinds[index % troubleKinds.length]!;
    const mids = [`m_${seed}_${index}_first`, `m_${seed}_${index}_second`];
    const made = troubles[kind]!(message(mids[0]!), message(mids[1]!), random);
    const body = 'bytes' in made ? made.bytes : Buffer.from('text' in made ? made.text : JSON.stringify(made.json));
    yield { kind, body, neighbours: whole.includes(kind) ? [] : mids };
  }
}
