import { chunk, chunked, request, text, withField, type BadInput, type Headers } from './badRequest.ts';

/** Requests that are wrong around their body, whatever it holds. */
export const badHttp: Readonly<Record<string, BadInput>> = {
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
};
