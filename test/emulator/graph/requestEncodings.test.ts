import { deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulator.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';

/** Requests as clients that this project did not write put them on the wire, byte for byte but for ids and tokens. */
describe('the encodings of requests that Graph reads', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  beforeEach(() => {
    emulator.reset();
    emulator.customer().say('hi');
  });
  after(() => emulator.close());

  const psid = '7004000000000001';
  const token = 'emulated-page-token-of-primary';

  interface Sent {
    readonly path?: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string | Uint8Array<ArrayBuffer>;
  }
  const send = async ({ path = '/me/messages', method = 'POST', headers = {}, body }: Sent): Promise<Response> =>
    fetch(`${emulator.url}${path}${path.includes('?') ? '&' : '?'}access_token=${token}`, {
      method,
      // Without it `fetch` names a type of its own.
      headers: { 'content-type': '', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? new TextEncoder().encode(body) : body }),
    });
  const said = (): readonly string[] =>
    emulator
      .events()
      .flatMap((event) => (event.type === 'pageMessage' ? [event.text] : []))
      .slice(-1);
  const passedOver = (): readonly string[] =>
    emulator.events(startOfTest()).flatMap((event) => (event.type === 'passedOver' ? event.what : []));
  const notModelled = (): readonly string[] =>
    emulator.events(startOfTest()).flatMap((event) => (event.type === 'notModelled' ? [event.what] : []));
  const startOfTest = (): number => emulator.events().findLast(({ type }) => type === 'reset')?.id ?? 0;

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };
  const text = `{"recipient":{"id":"${psid}"},"message":{"text":"Hello"}}`;
  const encoded = `recipient=%7B%22id%22%3A%22${psid}%22%7D&message=%7B%22text%22%3A%22Hello%22%7D`;

  const hellos: Readonly<Record<string, Sent>> = {
    'brackets, of BotMan (PHP http_build_query)': {
      headers: form,
      body: `messaging_type=RESPONSE&recipient%5Bid%5D=${psid}&message%5Btext%5D=Hello`,
    },
    'brackets that are not escaped, of qs': { headers: form, body: `recipient[id]=${psid}&message[text]=Hello` },
    'brackets in the query': { path: `/v2.6/me/messages?recipient[id]=${psid}&message[text]=Hello` },
    'JSON texts in a form, of Koala and RestFB': { headers: form, body: encoded },
    'JSON texts in the query': { path: `/v2.6/me/messages?${encoded}` },
    'a form that names JSON as its type': { headers: json, body: encoded },
    'a form without content type': { body: encoded },
    'brackets without content type': { body: `recipient[id]=${psid}&message[text]=Hello` },
    'JSON with the type of a form, of Net::HTTP.post': { headers: form, body: text },
    'JSON without content type': { body: text },
    'JSON as plain text': { headers: { 'content-type': 'text/plain' }, body: text },
    'JSON with a mark of its byte order, of .NET': { headers: json, body: `\uFEFF${text}` },
    'JSON that says to be multipart': { headers: { 'content-type': 'multipart/form-data' }, body: text },
    'JSON null for what is not there, of chatwoot': {
      headers: json,
      body: `{"recipient":{"id":"${psid}","user_ref":null},"message":{"text":"Hello","quick_replies":null,"attachment":null,"metadata":null},"tag":null,"persona_id":null}`,
    },
    'JSON null within a JSON text': {
      headers: form,
      body: `recipient[id]=${psid}&message=${encodeURIComponent('{"text":"Hello","attachment":null}')}`,
    },
    'the method in a parameter': { method: 'GET', path: `/me/messages?method=post&${encoded}` },
    'multipart, of clients that send every call so': {
      headers: { 'content-type': 'multipart/form-data; boundary=xYzZY' },
      body: `--xYzZY\r\nContent-Disposition: form-data; name="recipient"\r\n\r\n{"id":"${psid}"}\r\n--xYzZY\r\nContent-Disposition: form-data; name="message[text]"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n--xYzZY--\r\n`,
    },
    'multipart with bare line feeds and no boundary in its type': {
      headers: { 'content-type': 'multipart/form-data' },
      body: `--0\nContent-Disposition: form-data; name=recipient\n\n{"id":"${psid}"}\n--0\nContent-Disposition: form-data; name=message\n\n{"text":"Hello"}\n--0--`,
    },
    'JSON, compressed, of SDKs for phones': {
      headers: { ...json, 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync(text)),
    },
    'a form, compressed': {
      headers: { ...form, 'content-encoding': 'DEFLATE' },
      body: new Uint8Array(deflateSync(encoded)),
    },
    'a path that begins with two slashes, of addresses that end with one': {
      path: '//me/messages',
      headers: json,
      body: text,
    },
    'two slashes before a version': { path: '//v2.6/me/messages', headers: json, body: text },
    'two slashes and one at the end': { path: '/v2.6//108400000000001//messages/', headers: json, body: text },
    'a path with percent-encoding': { path: '/v2%2E6/%6De%2Fmessages', headers: json, body: text },
    'multipart after an empty line': {
      headers: { 'content-type': 'Multipart/Form-Data; Boundary="xYzZY"' },
      body: `\r\n--xYzZY\r\nContent-Disposition: form-data; name="recipient"\r\n\r\n{"id":"${psid}"}\r\n--xYzZY\r\nContent-Disposition: form-data; name="message"\r\n\r\n{"text":"Hello"}\r\n--xYzZY--\r\n`,
    },
    'multipart after a line that is no part, with the headers and types of Java': {
      headers: { 'content-type': 'multipart/mixed; boundary=xYzZY' },
      body: `A message in MIME\r\n--xYzZY\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: form-data; name=recipient\r\n\r\n{"id":"${psid}"}\r\n--xYzZY\r\nContent-Disposition: form-data; name="message"\r\n\r\n{"text":"Hello"}\r\n--xYzZY--`,
    },
  };
  for (const [name, sent] of Object.entries(hellos)) {
    it(`are read: ${name}`, async () => {
      const response = await send(sent);
      expect(response.status).to.equal(200);
      expect(await response.json()).to.include({ recipient_id: psid });
      expect([said(), passedOver(), notModelled()]).to.deep.equal([['Hello'], [], []]);
    });
  }

  it('are read to the depth of a card with buttons, in brackets', async () => {
    const payload = 'message[attachment][payload]';
    const pairs = {
      'recipient[id]': psid,
      'message[attachment][type]': 'template',
      [`${payload}[template_type]`]: 'generic',
      [`${payload}[elements][0][title]`]: 'A card',
      [`${payload}[elements][0][buttons][0][type]`]: 'postback',
      [`${payload}[elements][0][buttons][0][title]`]: 'Tap',
      [`${payload}[elements][0][buttons][0][payload]`]: 'TAPPED',
      [`${payload}[elements][0][default_action][type]`]: 'web_url',
      [`${payload}[elements][0][default_action][url]`]: 'https://example.com/',
    };
    const response = await send({ headers: form, body: new URLSearchParams(pairs).toString() });
    expect(response.status).to.equal(200);
    expect(emulator.customer().postback({ title: 'Tap' })).to.be.a('string');
  });

  it('are read where lists and objects in them are JSON texts', async () => {
    const replies = JSON.stringify([{ content_type: 'text', title: 'Yes', payload: 'YES', image_url: null }]);
    const body = new URLSearchParams({
      'recipient[id]': psid,
      'message[text]': 'Sure?',
      'message[quick_replies]': replies,
    }).toString();
    expect((await send({ headers: form, body })).status).to.equal(200);
    expect(emulator.customer().tap('Yes')).to.be.a('string');
  });

  it('carry files, which the emulator keeps and shows', async () => {
    const upload = new FormData();
    upload.set('recipient', JSON.stringify({ id: psid }));
    upload.set('message', '{"attachment":{"type":"image","payload":{"is_reusable":true}}}');
    upload.set('filedata', new Blob([Buffer.from('89504e47', 'hex')], { type: 'image/png' }), 'cät.png');
    const response = await fetch(`${emulator.url}/v27.0/me/messages?access_token=${token}`, {
      method: 'POST',
      body: upload,
    });
    expect(response.status).to.equal(200);
    const message = emulator.events().findLast(({ type }) => type === 'pageMessage');
    const { attachments = [] } = message?.type === 'pageMessage' ? message : {};
    const url = String(attachments[0]?.payload['url']);
    expect([attachments[0]?.type, decodeURIComponent(url).endsWith('/cät.png')]).to.deep.equal(['image', true]);
    const kept = await fetch(url);
    expect(kept.headers.get('content-type')).to.equal('image/png');
    expect(Buffer.from(await kept.arrayBuffer()).toString('hex')).to.equal('89504e47');
    const call = emulator.events().findLast(({ type }) => type === 'graphCall');
    expect(call?.type === 'graphCall' && call.params).to.have.property('filedata', 'cät.png (4 bytes)');
  });

  it('name a file as Python writes a name that has more than ASCII', async () => {
    const part = (about: string, content: string): string =>
      `--0\r\nContent-Disposition: form-data; ${about}\r\n\r\n${content}\r\n`;
    const message = '{"attachment":{"type":"file","payload":{}}}';
    const body = [
      part('name="recipient"', `{"id":"${psid}"}`),
      part('name="message"', message),
      part(`name="filedata"; filename*=utf-8''c%C3%A4t.txt`, 'abc'),
    ].join('');
    const headers = { 'content-type': 'multipart/form-data; boundary=0' };
    expect((await send({ headers, body: `${body}--0--\r\n` })).status).to.equal(200);
    const call = emulator.events().findLast(({ type }) => type === 'graphCall');
    expect(call?.type === 'graphCall' && call.params).to.have.property('filedata', 'cät.txt (3 bytes)');
  });

  it('are refused where they are said to be compressed and are not, or would be too long', async () => {
    for (const body of [text, new Uint8Array(gzipSync(Buffer.alloc(3_000_000, ' ')))]) {
      const response = await send({ headers: { ...json, 'content-encoding': 'gzip' }, body });
      expect(response.status).to.equal(400);
      expect(await response.text()).to.contain('The body is not gzip, or it is longer than');
    }
  });

  it('carry a batch to the Page by its id', async () => {
    const batch = JSON.stringify([{ method: 'POST', relative_url: 'me/messages', body: encoded }]);
    const response = await send({
      path: '/v2.6/108400000000001/',
      headers: form,
      body: `batch=${encodeURIComponent(batch)}`,
    });
    expect([response.status, said()]).to.deep.equal([200, ['Hello']]);
  });

  it('stay calls of Graph at its root, where the page of the emulator is, and with addresses that are none', async () => {
    const [page, me] = ['108400000000001', { name: 'Emulated Page', id: '108400000000001' }];
    const customer = { first_name: 'Carla', id: psid };
    for (const [path, expected] of [
      [`/?ids=${page}`, { [page]: me }],
      [`/v2.6/?ids=["${psid}"]&fields=first_name`, { [psid]: customer }],
      [`/?fields=name&ids=${page},${psid}`, { [page]: me, [psid]: { name: 'Carla Customer', id: psid } }],
      [
        `/secondary_receivers?ids=${page}&fields=id`,
        { [page]: { data: [{ id: '1284000000000002' }, { id: '263902037430900' }] } },
      ],
    ] as const) {
      const response = await send({ method: 'GET', path });
      expect(await response.json(), path).to.deep.equal(expected);
    }
    for (const ids of ['', '999', `${page},999`, Array.from({ length: 51 }, () => page).join()]) {
      expect((await send({ method: 'GET', path: `/?ids=${ids}` })).status, ids).to.equal(400);
    }
    for (const path of ['//', '//[', '/%zz', '//v2.6/%']) {
      expect((await send({ method: 'GET', path })).status).to.equal(400);
    }
    expect(emulator.events(startOfTest()).filter(({ type }) => type === 'internalError')).to.deep.equal([]);
  });

  for (const scheme of ['OAuth', 'Bearer', 'bearer']) {
    it(`take a token as Authorization: ${scheme}`, async () => {
      const response = await fetch(`${emulator.url}/me`, { headers: { authorization: `${scheme} ${token}` } });
      expect(await response.json()).to.deep.equal({ name: 'Emulated Page', id: emulator.pageId });
    });
  }

  it('may have parameters that Graph takes no notice of, and the event stream says which', async () => {
    const body = `{"recipient":{"id":"${psid}"},"message":{"text":"Hello","color":"red"},"message_type":"RESPONSE"}`;
    expect((await send({ headers: json, body })).status).to.equal(200);
    expect([said(), passedOver()]).to.deep.equal([['Hello'], ['message_type', 'message.color']]);
  });

  it('may have parameters of every call of Graph, which are nothing strange', async () => {
    const path = '/v3.2/me/messages?pretty=1&format=json&debug=all&locale=en_US&suppress_http_code=1&sdk=php&fields=id';
    expect((await send({ path, headers: json, body: text })).status).to.equal(200);
    expect(passedOver()).to.deep.equal([]);
  });

  it('say what the emulator does not have of Meta', async () => {
    for (const part of ['"is_hidden":true', '"dynamic_text":{"text":"x"}']) {
      const message = `"message":{"text":"x",${part}}`;
      const response = await send({ headers: json, body: `{"recipient":{"id":"${psid}"},${message}}` });
      expect(response.status).to.equal(400);
    }
    expect(notModelled()).to.have.length(2);
  });

  const fieldForms: Readonly<Record<string, object>> = {
    'fields=id,name': { id: '108400000000001', name: 'Emulated Page' },
    'fields=["id","name"]': { id: '108400000000001', name: 'Emulated Page' },
    'fields[]=id&fields[]=name': { id: '108400000000001', name: 'Emulated Page' },
    'fields[0]=name': { id: '108400000000001', name: 'Emulated Page' },
    'fields=name.as(title)': { id: '108400000000001', title: 'Emulated Page' },
    'fields= name , id ': { id: '108400000000001', name: 'Emulated Page' },
    'fields=messaging_feature_status{hop_v2}': { id: '108400000000001', messaging_feature_status: { hop_v2: true } },
    'fields=cover.width(10).height(10),name': { id: '108400000000001', name: 'Emulated Page' },
  };
  for (const [query, expected] of Object.entries(fieldForms)) {
    it(`take ${query}`, async () => {
      const response = await send({ method: 'GET', path: `/v27.0/me?${query}` });
      expect(await response.json()).to.deep.equal(expected);
      expect(passedOver()).to.deep.equal(query.includes('cover') ? ['fields=cover'] : []);
    });
  }

  it('take nested fields with their own limits', async () => {
    emulator.customer().say('there');
    const fields = 'participants{name},messages.limit(1).as(newest){message}';
    const response = await send({ method: 'GET', path: `/me/conversations?fields=${fields}` });
    const { data } = (await response.json()) as { data: Record<string, { data: object[] }>[] };
    expect(data[0]?.['participants']?.data[0]).to.deep.equal({ name: 'Carla Customer', id: psid });
    expect(data[0]?.['newest']?.data).to.have.length(1);
    expect(data[0]?.['newest']?.data[0]).to.include({ message: 'there' });
  });

  it('give an answer to a function where a script asks, and 200 for a refusal where a client cannot read others', async () => {
    const script = await send({ method: 'GET', path: '/me?callback=FB.__globalCallbacks.f1' });
    expect(script.headers.get('content-type')).to.contain('javascript');
    expect(await script.text()).to.match(/^\/\*\*\/ FB\.__globalCallbacks\.f1\(\{"name":"Emulated Page".*\}\);$/);
    const refused = await send({ method: 'GET', path: '/123?suppress_http_code=1' });
    expect(refused.status).to.equal(200);
    expect(await refused.json()).to.have.nested.property('error.error_subcode', 33);
    const evil = await send({ method: 'GET', path: '/me?callback=alert(1)//' });
    expect(evil.headers.get('content-type')).to.contain('json');
  });

  it('are refused to new apps where Graph ended them', async () => {
    const ended = ['ids=1,2', 'date_format=U', 'method=get', 'callback=f', 'fields=name.as(title)'];
    emulator.setSwitches({ graphApps: 'new' });
    for (const query of ended) {
      const response = await send({ method: 'GET', path: `/v27.0/me?${query}` });
      const text = await response.text();
      expect([query, response.status, text.includes('new apps')]).to.deep.equal([query, 400, true]);
    }
    expect((await send({ method: 'GET', path: '/v27.0/me?fields=name' })).status).to.equal(200);
  });

  describe('have limits', () => {
    const tooMany = Array.from({ length: 1001 }, (_, index) => `a${index}=1`).join('&');
    const parts = Array.from({ length: 1001 }, () => '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n');
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    const cases: Readonly<Record<string, [Sent, string]>> = {
      'of how many parameters a form has': [{ headers: form, body: tooMany }, 'at most 1000'],
      'of how many parts there are': [{ headers: multipart, body: `${parts.join('')}--b--` }, 'at most 1000'],
      'of how deep names nest': [{ headers: form, body: `a${'[b]'.repeat(20)}=1` }, '12 deep'],
      'of how deep JSON nests': [{ headers: json, body: `{"a":${'['.repeat(200)}${']'.repeat(200)}}` }, 'JSON object'],
      'of how long a body is': [{ headers: form, body: 'a'.repeat(1_000_001) }, 'longer than'],
      'in that multipart has an end': [{ headers: multipart, body: parts[0] ?? '' }, 'last boundary'],
      'in that a part has a header': [{ headers: multipart, body: '--b\r\nnothing\r\n--b--' }, 'header'],
      'in that JSON is JSON': [{ headers: json, body: '{"recipient":' }, 'JSON object'],
      'in that JSON is an object': [{ headers: json, body: '["recipient"]' }, 'JSON object'],
    };
    for (const [name, [sent, words]] of Object.entries(cases)) {
      it(name, async () => {
        const response = await send(sent);
        const { error } = (await response.json()) as { error: { code: number; message: string } };
        expect([response.status, error.code]).to.deep.equal([400, 100]);
        expect(error.message).to.contain(words);
      });
    }

    it('and names that are dangerous in JavaScript are only names', async () => {
      const body = `__proto__[admin]=1&recipient[id]=${psid}&recipient[__proto__][x]=1&message[text]=Hello`;
      expect((await send({ headers: form, body })).status).to.equal(200);
      expect(({} as Record<string, unknown>)['admin']).to.equal(undefined);
      expect(passedOver()).to.deep.equal(['__proto__']);
    });
  });
});
