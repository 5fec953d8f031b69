import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { maxBodyBytes, maxBodyDepth, readJsonBody } from '../../../adapters/http/requestBody.ts';
import { RequestRefusedError } from '../../../adapters/http/answer.ts';
import { azureFixtures } from '../../support/messengerFixtures.ts';

const read = (chunks: (string | Buffer)[], headers: Record<string, string> = {}): Promise<unknown> => {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const request = Object.assign(stream, { headers: { 'content-type': 'application/json', ...headers } });
  return readJsonBody(request as unknown as IncomingMessage);
};

const refusalOf = async (work: Promise<unknown>): Promise<[number, string]> => {
  const refusal = await work.catch((err: unknown) => err);
  expect(refusal).to.be.instanceOf(RequestRefusedError);
  const { status, message } = refusal as RequestRefusedError;
  return [status, message];
};

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const tooDeep: [number, string] = [400, 'The body must not be nested deeper than 32 levels.'];

describe('readJsonBody', () => {
  it('reads JSON that came in pieces, cut inside a letter', async () => {
    const bytes = Buffer.from('{"text":"grüße"}');
    expect(await read([bytes.subarray(0, 12), bytes.subarray(12)])).to.deep.equal({ text: 'grüße' });
  });

  for (const type of ['application/json; charset=utf-8', 'Application/JSON', ' application/json ;x']) {
    it(`takes the content type ${type}`, async () => {
      expect(await read(['{}'], { 'content-type': type })).to.deep.equal({});
    });
  }

  it('takes everything that Azure is known to send', async () => {
    for (const [name, { payload }] of azureFixtures()) {
      expect(await read([JSON.stringify(payload)]), name).to.deep.equal(payload);
    }
  });

  it('takes a body of just the limit, and none of a byte more', async () => {
    const text = `"${'a'.repeat(maxBodyBytes - 2)}"`;
    expect(await read([text])).to.have.length(maxBodyBytes - 2);
    expect(await refusalOf(read([text, ' ']))).to.deep.equal([413, 'The body must not be larger than 262144 bytes.']);
  });

  it('refuses a large body by its length, before a byte of it is read', async () => {
    let pulled = 0;
    const body = (function* () {
      pulled += 1;
      yield Buffer.from('{}');
    })();
    const headers = { 'content-type': 'application/json', 'content-length': '262145' };
    const request = Object.assign(Readable.from(body, { highWaterMark: 1 }), { headers });
    expect((await refusalOf(readJsonBody(request as unknown as IncomingMessage)))[0]).to.equal(413);
    expect(pulled).to.equal(0);
  });

  it('stops at the limit when the length lies', async () => {
    const chunk = 'a'.repeat(100_000);
    expect((await refusalOf(read([chunk, chunk, chunk], { 'content-length': '2' })))[0]).to.equal(413);
  });

  for (const [what, bytes] of Object.entries({
    'a lone continuation': [0x22, 0x80, 0x22],
    'an overlong slash': [0x22, 0xc0, 0xaf, 0x22],
    'a lone surrogate': [0x22, 0xed, 0xa0, 0x80, 0x22],
    'a letter cut short': [0x22, 0xc3, 0x22],
    'Latin 1': [0x22, 0xfc, 0x22],
    'UTF-16': [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
  })) {
    it(`refuses ${what} as UTF-8`, async () => {
      expect(await refusalOf(read([Buffer.from(bytes)]))).to.deep.equal([400, 'The body is not valid UTF-8.']);
    });
  }

  it('takes what is nested as deep as allowed, and nothing deeper', async () => {
    expect(await read([nested(maxBodyDepth)])).to.be.an('array');
    expect(await refusalOf(read([nested(maxBodyDepth + 1)]))).to.deep.equal(tooDeep);
    expect(await refusalOf(read(['{"a":'.repeat(33) + '1' + '}'.repeat(33)]))).to.deep.equal(tooDeep);
  });

  it('refuses a hundred thousand levels, closed or not', async () => {
    expect(await refusalOf(read([nested(100_000)]))).to.deep.equal(tooDeep);
    expect(await refusalOf(read(['['.repeat(200_000)]))).to.deep.equal(tooDeep);
  });

  it('counts no brackets in texts', async () => {
    const text = `${'['.repeat(100)}\\"${'{'.repeat(100)}\\\\`;
    expect(await read([`{"a":"${text}"}`])).to.deep.equal({ a: JSON.parse(`"${text}"`) as string });
  });

  it('counts lists beside each other as one level', async () => {
    expect(await read([`[${Array(1_000).fill('[]').join(',')}]`])).to.have.length(1_000);
  });

  it('refuses a text without an end', async () => {
    expect(await refusalOf(read(['"' + '\\"'.repeat(120_000)]))).to.deep.equal([400, 'The body is not valid JSON.']);
  });

  for (const json of ['{"__proto__":{"admin":true},"a":1}', '{"\\u005f_proto__":{"admin":true},"a":1}']) {
    it(`leaves a prototype out of ${json}`, async () => {
      const body = await read([json]);
      expect(Object.keys(body as object)).to.deep.equal(['a']);
      expect(Object.assign({}, body)).to.not.have.property('admin');
    });
  }

  it('keeps the digits of ids that are too long for a double', async () => {
    const body = await read(['{"pass_thread_control":{"new_owner_app_id":98765432109876543}}']);
    expect(body).to.deep.equal({ pass_thread_control: { new_owner_app_id: '98765432109876543' } });
  });

  it('keeps a text that speaks of __proto__', async () => {
    expect(await read(['{"text":"__proto__"}'])).to.deep.equal({ text: '__proto__' });
  });

  it('says so when the body ends too early', async () => {
    const body = (async function* () {
      yield Buffer.from('{');
      throw new Error('aborted');
    })();
    const request = Object.assign(Readable.from(body), { headers: { 'content-type': 'application/json' } });
    expect(await refusalOf(readJsonBody(request as unknown as IncomingMessage))).to.deep.equal([
      400,
      'The body ended too early.',
    ]);
  });
});
