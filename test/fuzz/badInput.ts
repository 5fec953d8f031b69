import { gzipSync } from 'node:zlib';
import type { SeededRandom } from '../support/seededRandom.ts';
import { strangeJson, trapNames, withoutProperty, withStrangeValue } from './strangeJson.ts';

/** What a good request is made of, for a class to spoil. */
export interface GoodInput {
  /** A path such as `/api/messages`, and the server's host with its port. */
  path: string;
  host: string;
  /** The value of the `Authorization` header, in a run with credentials. */
  authorization: string | undefined;
  /** One of several activities that a bot understands, each time with other ids. */
  activity: Record<string, unknown>;
}

/** A request: its bytes as they go onto the wire. */
export type BadInput = (good: GoodInput, random: SeededRandom) => Buffer;

type Headers = readonly (readonly [string, string])[];

function usualHeaders({ host, authorization }: GoodInput): Headers {
  return [
    ['Host', host],
    ['Content-Type', 'application/json'],
    ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
    ['Connection', 'close'],
  ];
}

interface Parts {
  method?: string;
  path?: string;
  /** Replace headers of the same name, or are added. */
  headers?: Headers;
  /** `undefined` sends the header that says the true length. */
  length?: Headers;
}

export function request(good: GoodInput, body: string | Buffer, parts: Parts = {}): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const changed = new Set((parts.headers ?? []).map(([name]) => name.toLowerCase()));
  const headers = [
    ...usualHeaders(good).filter(([name]) => !changed.has(name.toLowerCase())),
    ...(parts.headers ?? []),
    ...(parts.length ?? [['Content-Length', String(bytes.length)]]),
  ];
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const line = `${parts.method ?? 'POST'} ${parts.path ?? good.path} HTTP/1.1\r\n`;
  return Buffer.concat([Buffer.from(`${line}${head}\r\n`, 'latin1'), bytes]);
}

const text = (good: GoodInput): string => JSON.stringify(good.activity);
const chunk = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
const chunked: Headers = [['Transfer-Encoding', 'chunked']];
const fields = ['text', 'id', 'from', 'recipient', 'conversation', 'channelData', 'value', 'timestamp', 'type', 'name'];

const withField = (good: GoodInput, name: string, json: string): string => {
  const rest = Object.fromEntries(Object.entries(good.activity).filter(([key]) => key !== name));
  return `${JSON.stringify(rest).slice(0, -1)},${JSON.stringify(name)}:${json}}`;
};

/** Items as they come on standby, whole and broken. */
const standbyItem = ({ below, pick }: SeededRandom, json: string): string =>
  pick([
    json,
    `{"sender":${json},"recipient":{"id":"1"},"message":{"mid":"m_${below(1e9)}","text":"x"}}`,
    `{"sender":{"id":"${below(1e9)}"},"recipient":{"id":"1"},"timestamp":${json},"message":${json}}`,
    `{"sender":{"id":"7"},"recipient":{"id":"1"},"timestamp":1,"pass_thread_control":${json}}`,
  ]);

/** Each kind of bad input, by its name. Every one makes another request for every state of the generator. */
export const badInputs: Readonly<Record<string, BadInput>> = {
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
  'an unknown type': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        'type',
        JSON.stringify(
          pick([
            '',
            ' ',
            'Message',
            'handoff',
            'typing',
            'endOfConversation',
            'installationUpdate',
            'messageReaction',
            'contactRelationUpdate',
            'trace',
            'command',
            'constructor',
            '__proto__',
            'x'.repeat(1_000),
            'EVENT',
          ]),
        ),
      ),
    ),
  'an invalid date': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        pick(['timestamp', 'localTimestamp', 'expiration', 'rawTimestamp']),
        pick([
          '"yesterday"',
          '""',
          '"2026-13-45T99:99:99Z"',
          '0',
          '-1',
          'null',
          '"+275760-09-13T00:00:00.001Z"',
          '{}',
          '1e20',
          '[]',
        ]),
      ),
    ),
  'another content type': (good, { pick }) =>
    request(good, text(good), {
      headers: [
        [
          'Content-Type',
          pick([
            'text/plain',
            '',
            ' ',
            'application/json,application/json',
            'APPLICATION/JSON',
            'application/json; charset=\xff',
            'multipart/form-data; boundary=x',
            'multipart/form-data',
            'application/x-www-form-urlencoded',
            'application/json;'.repeat(200),
            'application/jsonp',
            'application/vnd.api+json',
            '/',
            ';',
            `application/json; ${'a'.repeat(7_000)}`,
          ]),
        ],
      ],
    }),
  'a multipart body': (good, { pick }) =>
    request(
      good,
      `--x\r\nContent-Disposition: form-data; name="f"; filename="${pick(['a', '../../a', '\0'])}"\r\n\r\n${text(good)}\r\n--x--`,
      { headers: [['Content-Type', 'multipart/form-data; boundary=x']] },
    ),
  'odd chunks': (good, { pick, below }) => {
    const body = text(good);
    const at = below(body.length);
    const wire = pick([
      `${chunk(body.slice(0, at))}${chunk(body.slice(at))}0\r\n\r\n`,
      Array.from(body, chunk).join('') + '0\r\n\r\n',
      `${chunk(body)}0\r\nX-Trailer: a\r\nHost: other\r\n\r\n`,
      `${chunk(body)}0;${'e'.repeat(below(3_000))}\r\n\r\n`,
      `ffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
      `-1\r\n${body}\r\n0\r\n\r\n`,
      `xyz\r\n${body}\r\n0\r\n\r\n`,
      chunk(body),
      `7fffffff\r\n${body}`,
      '0\r\n\r\n',
    ]);
    return request(good, wire, { length: chunked });
  },
  'a length that is a lie': (good, { pick, below }) => {
    const body = text(good);
    const { length } = Buffer.from(body);
    return request(good, body, {
      length: pick<Headers>([
        [['Content-Length', String(below(length))]],
        [['Content-Length', String(length + 1 + below(1_000))]],
        [['Content-Length', '-1']],
        [['Content-Length', '0']],
        [['Content-Length', '99999999999999999999']],
        [['Content-Length', `${length}, ${length}`]],
        [
          ['Content-Length', String(length)],
          ['Content-Length', String(length + 1)],
        ],
        [['Content-Length', String(length)], ...chunked],
        [['Content-Length', 'x']],
        [['Transfer-Encoding', 'chunked, identity']],
        [['Transfer-Encoding', 'xchunked']],
        [],
      ]),
    });
  },
  'a bad host': (good, { pick }) =>
    request(good, text(good), {
      headers: [
        [
          'Host',
          pick([
            'a b',
            '[',
            'x:99999',
            'foo|bar',
            '',
            ' ',
            'evil.example',
            '127.0.0.1@evil.example',
            'localhost:x',
            '[::1',
            '\xff',
            'a'.repeat(5_000),
            '%00',
            '127.0.0.1/../x',
            '..',
            'localhost#',
          ]),
        ],
      ],
    }),
  'no host, or two': (good, { pick }) => {
    const whole = request(good, text(good)).toString('latin1');
    const changed = pick([whole.replace(/Host: [^\r]*\r\n/, ''), whole.replace(/Host: /, 'Host: other\r\nHost: ')]);
    return Buffer.from(changed, 'latin1');
  },
  'odd headers': (good, { pick, below }) =>
    request(good, text(good), {
      headers: pick<Headers>([
        [['X-Long', 'x'.repeat(below(30_000))]],
        Array.from({ length: 50 + below(400) }, (_unused, index) => [`X-${index}`, 'x'] as const),
        [['X-Control', 'a\x01b']],
        [['X-Fold', 'a\r\n b']],
        [['X Space', 'a']],
        [['', 'a']],
        [['Expect', pick(['100-continue', 'the-unexpected'])]],
        [
          ['Upgrade', 'websocket'],
          ['Connection', 'Upgrade'],
        ],
        [
          ['Upgrade', 'h2c'],
          ['Connection', 'Upgrade, HTTP2-Settings'],
          ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
        ],
        [['Connection', 'close, content-length, host']],
        [['Accept', pick(['*/*;q=2', 'x', 'text/html;level=1', ','.repeat(500)])]],
        [['Origin', pick(['null', 'https://evil.example', 'http://127.0.0.1.evil.example', '\xff'])]],
        [['Cookie', 'a=b; '.repeat(below(1_000))]],
        [
          ['X-Forwarded-Host', 'evil.example'],
          ['X-HTTP-Method-Override', 'DELETE'],
        ],
        [['Accept-Version', pick(['~1', '*', 'x'])]],
      ]),
    }),
  'an odd authorization': (good, { pick, below }) =>
    request(good, text(good), {
      headers: [
        [
          'Authorization',
          pick([
            '',
            'Bearer',
            'Bearer ',
            'Bearer a.b.c',
            `Bearer ${'a'.repeat(below(9_000))}`,
            'Bearer ..',
            'Basic Og==',
            'bearer x',
            `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
            `Bearer ${'.'.repeat(2_000)}`,
            '\xff',
            'Negotiate',
            `Bearer ${Buffer.from('{"alg":"RS256","kid":"__proto__"}').toString('base64url')}.${Buffer.from('[]').toString('base64url')}.AA`,
          ]),
        ],
      ],
    }),
  'an odd method': (good, { pick }) =>
    request(good, text(good), {
      method: pick([
        'GET',
        'PUT',
        'DELETE',
        'PATCH',
        'HEAD',
        'OPTIONS',
        'TRACE',
        'CONNECT',
        'post',
        'PROPFIND',
        'M-SEARCH',
        'X',
        '',
      ]),
    }),
  'an odd path': (good, { pick, below }) =>
    request(good, text(good), {
      path: pick([
        '/',
        '*',
        '',
        '//',
        '/api/messages/',
        '/api//messages',
        '/api/messages?x=%',
        '/api/messages?__proto__[x]=1',
        '/%',
        '/%00',
        '/../api/messages',
        '/api/messages%2f',
        'http://evil.example/api/messages',
        '/api/messages#x',
        '/healthz',
        '/readyz?x',
        '/api/\xff',
        `/${'a'.repeat(below(15_000))}`,
        '/api/messages;x',
        '\\api\\messages',
        '/%c0%ae%c0%ae/',
        'evil.example:80',
      ]),
    }),
  'no HTTP': (good, { pick, below }) =>
    pick([
      Buffer.from('hello\r\n\r\n'),
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]),
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      Buffer.from('POST /api/messages HTTP/9.9\r\n\r\n'),
      Buffer.from('POST /api/messages\r\n\r\n'),
      Buffer.from('\r\n'.repeat(100)),
      Buffer.alloc(1 + below(5_000), 0),
      Buffer.alloc(1 + below(5_000), 255),
      request(good, text(good)).subarray(0, below(150)),
      Buffer.from(request(good, text(good)).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    ]),
  'requests in one breath': (good, { pick, below }) => {
    const one = request(good, withField(good, 'text', '7'), { headers: [['Connection', 'keep-alive']] });
    const junk = request(good, '{', { headers: [['Connection', 'keep-alive']] });
    return Buffer.concat([...Array.from({ length: 1 + below(8) }, () => pick([one, junk])), request(good, text(good))]);
  },
  'an odd serviceUrl': (good, { pick }) =>
    request(
      good,
      withField(
        good,
        'serviceUrl',
        pick([
          '""',
          'null',
          '7',
          '"x"',
          '"http://169.254.169.254/"',
          '"file:///etc/passwd"',
          '"javascript:1"',
          '"https://evil.example/"',
          '"http://127.0.0.1:1/"',
          '"http://[::1]:1/"',
          '"http://127.0.0.1:99999/"',
          '"http://127.0.0.1@evil.example/"',
          '"http://127.1/"',
          '"http://2130706433/"',
          '"http://localhost\\u0000.evil.example/"',
          '"http:/\\\\evil.example"',
          '"https://smba.trafficmanager.net.evil.example/"',
          '"http://127.0.0.1:1/?x#y"',
          '[]',
          '{}',
          '"data:,"',
          '"blob:http://127.0.0.1/1"',
          '" http://127.0.0.1:1/"',
        ]),
      ),
    ),
  'an odd channel': (good, random) =>
    request(
      good,
      withField(
        good,
        'channelId',
        random.pick([
          '""',
          '"Facebook"',
          '"facebook "',
          '"__proto__"',
          '"AseChannel"',
          '"\\u0000"',
          '"skype"',
          `"${'x'.repeat(5_000)}"`,
          strangeJson(random),
        ]),
      ),
    ),
  'odd people and conversations': (good, random) =>
    request(
      good,
      withField(
        good,
        random.pick(['from', 'recipient', 'conversation', 'membersAdded', 'relatesTo']),
        strangeJson(random),
      ),
    ),
  'an odd delivery mode': (good, random) =>
    request(
      good,
      withField(
        good,
        'deliveryMode',
        random.pick(['"expectReplies"', '"ephemeral"', '"notification"', '"stream"', strangeJson(random)]),
      ),
    ),
  'odd attachments and entities': (good, random) =>
    request(
      good,
      withField(
        good,
        random.pick([
          'attachments',
          'entities',
          'suggestedActions',
          'reactionsAdded',
          'textHighlights',
          'semanticAction',
        ]),
        strangeJson(random),
      ),
    ),
  'an odd standby': (good, random) => {
    const items = `[${Array.from({ length: random.below(4) }, () => standbyItem(random, strangeJson(random))).join(',')}]`;
    const shape = random.pick([
      items,
      `{"standby":${items}}`,
      `{"standBy":${items},"id":${strangeJson(random)}}`,
      strangeJson(random),
      `{"StandBy":{"0":${items}}}`,
    ]);
    const base = JSON.stringify({
      ...good.activity,
      type: 'event',
      name: random.pick(['standby', 'StandBy', 'STANDBY']),
      value: null,
    });
    return request(
      good,
      base.replace('"value":null', () => `"value":${shape}`),
    );
  },
  'thousands of standby items': (good, random) => {
    const items = Array.from({ length: 1_000 + random.below(4_000) }, () =>
      random.pick(['1', '{}', '[]', '""', 'null']),
    );
    const base = JSON.stringify({ ...good.activity, type: 'event', name: 'standby', channelData: null, value: null });
    return request(
      good,
      base.replace('"value":null', () => `"value":[${items.join(',')}]`),
    );
  },
  'an odd Messenger payload': (good, random) => {
    const kind = random.pick([
      'message',
      'postback',
      'pass_thread_control',
      'take_thread_control',
      'request_thread_control',
      'app_roles',
      'reaction',
      'read',
      'delivery',
      'referral',
      'optin',
      'unknown',
    ]);
    const json = random.pick([
      strangeJson(random),
      `{"mid":${strangeJson(random)},"text":${strangeJson(random)}}`,
      `{"metadata":${strangeJson(random)},"new_owner_app_id":${strangeJson(random)}}`,
    ]);
    const payload = `{"sender":{"id":"7"},"recipient":${random.pick(['{"id":"1"}', strangeJson(random)])},"timestamp":${random.pick(['1', strangeJson(random)])},"${kind}":${json}}`;
    return request(good, withField(good, random.pick(['channelData', 'value']), payload));
  },
  'tens of thousands of names': (good, { below }) => {
    const names = Array.from({ length: 10_000 + below(10_000) }, (_unused, index) => `"k${index}":0`).join(',');
    return request(good, withField(good, 'channelData', `{${names}}`));
  },
  'texts that are hard on patterns': (good, { pick, below }) => {
    const length = 10_000 + below(40_000);
    const hard = pick([
      ' '.repeat(length),
      `${' '.repeat(length)}x`,
      '{"error":'.repeat(length / 9),
      'a@'.repeat(length / 2),
      '\\n'.repeat(length / 2),
    ]);
    return request(good, withField(good, pick(['text', 'id', 'name', 'channelData']), JSON.stringify(hard)));
  },
};
