import { gzipSync } from 'node:zlib';
import { fields, request, text, withField, type BadInput } from './badRequest.ts';
import { strangeJson, trapNames, withoutProperty, withStrangeValue } from './strangeJson.ts';

/** Bodies that are no JSON, or JSON that nobody writes. */
export const badJson: Readonly<Record<string, BadInput>> = {
  'JSON cut off': (good, { below }) => request(good, text(good).slice(0, below(text(good).length))),
  'JSON with a wrong character': (good, { below, pick }) => {
    const whole = text(good);
    const at = below(whole.length);
    return request(good, whole.slice(0, at) + pick(['"', '{', ']', ',', '\\', "'", '\t', 'x']) + whole.slice(at + 1));
  },
  'JSON in a dialect': (good, { pick }) =>
    request(
      good,
      pick([
        text(good).replaceAll('"', "'"),
        `${text(good)},`,
        `/* hello */${text(good)}`,
        `)]}',\n${text(good)}`,
        `${text(good)}${text(good)}`,
        text(good).replace('}', ',}'),
        text(good).replaceAll(/"(\w+)":/g, '$1:'),
      ]),
    ),
  'nothing at all': (good, { pick }) => request(good, pick(['', ' ', '\r\n\r\n', '\t', '\0'])),
  'a value that is no object': (good, random) =>
    request(good, random.pick(['null', 'true', '0', '""', '"x"', '-1', '[]', '[1,2]', strangeJson(random)])),
  'lists for objects': (good, { pick }) =>
    request(good, pick([`[${text(good)}]`, withField(good, pick(fields), pick(['[]', '[[]]', '[{"id":"1"}]']))])),
  'deep nesting': (good, { pick, below }) => {
    const depth = pick([33, 100, 1_000, 10_000, 60_000]) + below(10);
    const open = pick(['[', '{"a":', '[{"a":']);
    const close = open.replaceAll(/[^[{]/g, '').replaceAll('[', ']').replaceAll('{', '}');
    const deep =
      open.repeat(depth) + (open.endsWith(':') ? '1' : '') + Array.from(close).reverse().join('').repeat(depth);
    return request(good, pick([deep, withField(good, pick(fields), deep)]).slice(0, 250_000));
  },
  'names of prototypes': (good, random) => {
    const { pick } = random;
    const name = pick(trapNames);
    const trap = `"${name}":${pick([strangeJson(random), '{"polluted":"yes","type":"message","id":"1"}'])}`;
    return request(
      good,
      pick([`${text(good).slice(0, -1)},${trap}}`, withField(good, pick(fields), `{${trap}}`), `{${trap}}`]),
    );
  },
  'a value of another type': (good, random) => request(good, withStrangeValue(good.activity, random)),
  'several values of other types': (good, random) => {
    const once = withStrangeValue(good.activity, random, '{"id":"1","text":7}');
    return request(good, withStrangeValue(JSON.parse(once) as object, random));
  },
  'a property missing': (good, random) => request(good, JSON.stringify(withoutProperty(good.activity, random))),
  'many properties missing': (good, random) => {
    let activity: object = good.activity;
    for (let left = 1 + random.below(12); left > 0 && Object.keys(activity).length > 0; left -= 1) {
      activity = withoutProperty(activity, random);
    }
    return request(good, JSON.stringify(activity));
  },
  'a huge text': (good, { pick, below }) =>
    request(
      good,
      withField(good, pick(fields), JSON.stringify(pick(['x', ' ', '{', 'ä', '🙂']).repeat(below(50_000)))),
    ),
  'a body above the limit': (good, { below }) =>
    request(good, withField(good, 'text', JSON.stringify('x'.repeat(262_144 + below(700_000))))),
  'very long ids': (good, { pick, below }) => {
    const long = pick(['9', 'a', '-', '%', '../', '\\u0000']).repeat(1 + below(20_000));
    return request(
      good,
      withField(
        good,
        pick(['id', 'from', 'recipient', 'conversation', 'replyToId']),
        pick([`"${long}"`, `{"id":"${long}"}`]),
      ),
    );
  },
  'another encoding': (good, { pick }) => {
    const [body, type] = pick([
      [Buffer.from(text(good), 'utf16le'), 'application/json; charset=utf-16le'],
      [Buffer.from(`\ufeff${text(good)}`, 'utf16le'), 'application/json'],
      [Buffer.from(text(good).replace('hello', 'gr\u00fc\u00dfe'), 'latin1'), 'application/json; charset=iso-8859-1'],
      [
        Buffer.concat([Buffer.from(text(good).slice(0, -1)), Buffer.from([0xff, 0xfe, 0xc3, 0x28])]),
        'application/json',
      ],
      [Buffer.from([0xed, 0xa0, 0x80]), 'application/json'],
      [Buffer.from([0xf8, 0x88, 0x80, 0x80, 0x80]), 'application/json'],
    ] as const);
    return request(good, body, { headers: [['Content-Type', type]] });
  },
  'a compressed body': (good, { pick }) => {
    const encoding = pick(['gzip', 'deflate', 'br', 'x-gzip', 'gzip, gzip', 'identity', 'zstd', '*', '']);
    const body = pick([gzipSync(text(good)), Buffer.from(text(good)), gzipSync(Buffer.alloc(2_000_000))]);
    return request(good, body, { headers: [['Content-Encoding', encoding]] });
  },
  'a byte order mark': (good, { pick }) => request(good, pick(['\ufeff', '\ufeff\ufeff', '\ufffe']) + text(good)),
  'half a character': (good, { pick }) =>
    request(
      good,
      withField(good, pick(fields), pick(['"\\ud800"', '"\\udc00x"', '{"id":"\\ud83d"}', '"\\ud800\\ud800"'])),
    ),
  'a name twice': (good, random) => {
    const name = random.pick([...Object.keys(good.activity)]);
    return request(good, `{${JSON.stringify(name)}:${strangeJson(random)},${text(good).slice(1)}`);
  },
  'numbers that are none': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        pick(fields),
        pick(['NaN', 'Infinity', '-Infinity', '0x10', '01', '+1', '1.', '.5', '1e', '1_0', '1n']),
      ),
    ),
  'huge numbers': (good, { pick, below }) =>
    request(
      good,
      withField(
        good,
        pick(fields),
        pick([
          '1e400',
          '-1e400',
          '9'.repeat(1 + below(5_000)),
          `0.${'1'.repeat(below(5_000))}1`,
          '{"id":1e21}',
          '1e-999',
        ]),
      ),
    ),
  'control characters': (good, { pick, below }) => {
    const control = String.fromCharCode(pick([0, 1, 7, 8, 11, 12, 27, 127, 0x85, 0x2028, 0x2029, 0x202e, 0xfeff]));
    const whole = text(good);
    const at = below(whole.length);
    return request(good, whole.slice(0, at) + control + whole.slice(at));
  },
  'null bytes in texts': (good, { pick }) =>
    request(
      good,
      withField(good, pick(fields), pick(['"a\\u0000b"', '{"id":"\\u0000"}', '"\\u0000"', '"\\u001b[2J"'])),
    ),
  'things that look like references': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        pick(fields),
        pick([
          '{"$ref":"#"}',
          '{"$ref":"$"}',
          '{"$id":"1","a":{"$ref":"1"}}',
          '"[Circular]"',
          '{"$type":"System.Object"}',
          '{"__class__":"x"}',
        ]),
      ),
    ),
};
