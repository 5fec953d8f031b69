import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { expect } from 'chai';
import type { Logger } from '../../../helpers/logging/logger.ts';
import { createLogger } from '../../../helpers/logging/pinoLogger.ts';
import { Secret } from '../../../helpers/secret.ts';
import type { LogLevel } from '../../../helpers/settings/types.ts';

const PAGE_TOKEN = 'EAAfake0page0token0of0a0test';
/** Every kind of sign that some encoding spells differently. */
const PASSWORD = 'fake"pa\\ss/w\u00f6rd+ zebra%&=~';

interface Captured {
  logger: Logger;
  /** All that was written. */
  text: () => string;
  /** The lines, parsed: fails when one is no JSON. */
  lines: () => Record<string, unknown>[];
}

function capture(level: LogLevel = 'debug', secrets: readonly string[] = [PAGE_TOKEN, PASSWORD]): Captured {
  const written: string[] = [];
  const destination = { write: (line: string) => written.push(line) };
  return {
    logger: createLogger({ level, secrets: secrets.map((secret) => new Secret(secret)), destination }),
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** The line that these fields and this message give. */
function logged(fields: object, message = 'said'): { text: string; line: Record<string, unknown> } {
  const { logger, text, lines } = capture();
  logger.info(fields, message);
  return { text: text(), line: lines()[0]! };
}

describe('createLogger', () => {
  it('writes one line of JSON with level, time, fields and message', () => {
    const { text, line } = logged({ conversation: '1-2', durationMs: 3, nested: { list: [1, null, true] } });
    expect(text.match(/\n/g)).to.have.length(1);
    expect(line).to.deep.include({ level: 'info', msg: 'said', conversation: '1-2', durationMs: 3 });
    expect(line.nested).to.deep.equal({ list: [1, null, true] });
    expect(line.time).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('makes a line of whatever a bot logs that nobody type-checked', () => {
    const { logger, lines } = capture();
    const info = logger.info.bind(logger) as (...told: unknown[]) => void;
    info('just words');
    info('words and', { order: 7 });
    info(new Error('broken'));
    info(new Error('broken'), 'what it was about');
    for (const nothing of [null, undefined, 7, ['a'], () => 1]) info(nothing);
    expect(
      lines()
        .map(({ msg }) => msg)
        .slice(0, 4),
    ).to.deep.equal([...['just words', 'words and', 'broken', 'what it was about']]);
    expect(lines()[1]).to.deep.include({ value: { order: 7 } });
    expect(lines()[2]?.err).to.include({ name: 'Error', message: 'broken' });
    expect(lines()).to.have.length(9);
  });

  it('keeps to its level', () => {
    const { logger, lines } = capture('warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, level);
    expect(lines().map(({ level }) => level)).to.deep.equal(['warn', 'error']);
    const silent = capture('silent');
    silent.logger.error({}, 'never');
    expect(silent.text()).to.equal('');
  });

  it('loses no line when the process is killed in the next moment', () => {
    const module = new URL('../../../helpers/logging/pinoLogger.ts', import.meta.url).href;
    const program = `
      import { createLogger } from ${JSON.stringify(module)};
      const logger = createLogger({ level: 'info', secrets: [] });
      for (let i = 0; i < 500; i++) logger.info({ i, text: 'x'.repeat(500) }, 'line');
      process.kill(process.pid, 'SIGKILL');`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).to.have.length(500);
    expect(lines.at(-1)).to.contain('"i":499');
  });

  describe('lets no known secret through', () => {
    const spellings: Record<string, string> = {
      'as it is': PASSWORD,
      'in JSON': JSON.stringify({ a: PASSWORD }),
      'in JSON inside of JSON': JSON.stringify({ body: JSON.stringify({ a: PASSWORD }) }),
      'in a URL': `https://host.example/?x=${encodeURIComponent(PASSWORD)}`,
      'in a URL with small hex digits': encodeURIComponent(PASSWORD).replace(/%../g, (hex) => hex.toLowerCase()),
      'in a form': new URLSearchParams({ x: PASSWORD }).toString(),
      'in base64': Buffer.from(PASSWORD).toString('base64'),
    };
    for (const [how, spelled] of Object.entries(spellings)) {
      it(how, () => {
        const error = new Error(`a ${spelled} b`, { cause: { deep: [new TypeError(spelled)] } });
        const fields = {
          field: spelled,
          deep: { list: [`x${spelled}x`], [spelled]: 1 },
          err: error,
          map: new Map([['k', spelled]]),
        };
        const { text, line } = logged(fields, `before ${spelled} after`);
        expect(text)
          .not.to.contain('zebra')
          .and.not.contain(spelled)
          .and.not.contain(JSON.stringify(spelled).slice(1, -1));
        expect(line.msg)
          .to.contain('[redacted]')
          .and.match(/^before /);
        expect(line.err)
          .to.have.property('stack')
          .that.matches(/pinoLogger\.test/);
      });
    }

    it('when it is a number', () => {
      const { logger, text, lines } = capture('info', ['47114711']);
      logger.info({ number: 47_114_711, list: [47_114_711, 5] }, 'said');
      expect(text()).not.to.contain('47114711');
      expect(lines()[0]).to.deep.include({ number: '[redacted]', list: ['[redacted]', 5] });
    });

    it('when one secret is a part of another', () => {
      const { logger, text } = capture('info', ['fake-long', 'fake-long-tail-zebra']);
      logger.info({ a: 'fake-long-tail-zebra' }, 'said');
      expect(text()).not.to.contain('tail');
    });

    it('and does not choke on an empty one', () => {
      const { logger, lines } = capture('info', ['']);
      logger.info({ a: 'b' }, 'said');
      expect(lines()[0]).to.deep.include({ a: 'b', msg: 'said' });
    });
  });

  describe('lets nothing through that looks like a credential', () => {
    const shapes = [
      'Authorization: Bearer fakezebra.abc-_~+/==',
      'authorization: bearer   fakezebra',
      'Basic ZmFrZTQ3MTE6ZmFrZTQ3MTE=',
      'GET /me?access_token=fakezebra&fields=id',
      'https://x.example/?u=https%3A%2F%2Fy%2F%3Faccess_token%3Dfakezebra',
      '{"access_token":"fakezebra","expires_in":1}',
      JSON.stringify(JSON.stringify({ client_secret: 'fakezebra' })),
      'appsecret_proof=fakezebra',
      'hub.verify_token=fakezebra',
      'EAAfakezebrafakezebrafakezebra',
      'eyJfakezebra.eyJfakezebra.fakezebra',
    ];
    for (const shape of shapes) {
      it(shape, () => {
        const { text, line } = logged({ field: shape, err: new Error(shape) }, shape);
        expect(text).not.to.match(/zebra|ZmFrZTQ3/);
        expect(line.msg).to.contain('[redacted]');
      });
    }

    it('by the name of its field', () => {
      const names = [
        'authorization',
        'Authorization',
        'cookie',
        'set-cookie',
        'access_token',
        'pageToken',
        'appSecret',
        'client_secret',
        'password',
      ];
      for (const name of names) {
        expect(logged({ deep: { [name]: 'plain', next: 'kept' } }).line.deep).to.deep.equal({
          [name]: '[redacted]',
          next: 'kept',
        });
      }
    });

    it('by the name of a list, and when it is a number', () => {
      const { line } = logged({ cookie: ['plain', 'simple'], password: 12_345, tokenCount: 3, hasToken: true });
      expect(line).to.deep.include({
        cookie: ['[redacted]', '[redacted]'],
        password: '[redacted]',
        tokenCount: 3,
        hasToken: true,
      });
    });
  });

  describe('tells of an error', () => {
    it('name, message, stack and the classification, and nothing else', () => {
      const error = Object.assign(new Error('refused'), {
        status: 400,
        code: 10,
        subcode: 2018300,
        reason: 'notThreadOwner',
        config: { headers: {} },
        request: {},
        response: {},
        headers: {},
        body: 'x',
      });
      error.name = 'GraphApiError';
      const { line } = logged({ err: error });
      expect(line.err).to.have.all.keys('name', 'message', 'stack', 'status', 'code', 'subcode', 'reason');
      expect(line.err).to.include({
        name: 'GraphApiError',
        message: 'refused',
        status: 400,
        code: 10,
        subcode: 2018300,
      });
    });

    it('with what it wraps in the way of dialogs', () => {
      const wrapped = Object.assign(new Error('no'), { name: 'DialogContextError', error: new TypeError('no') });
      expect(logged({ err: wrapped }).line).to.have.nested.property('err.cause.name', 'TypeError');
      const answered = Object.assign(new Error('no'), { error: { message: 'a body', stack: 'x' } });
      expect(logged({ err: answered }).line).not.to.have.nested.property('err.cause');
    });

    it('wherever it stands, with its causes and its parts', () => {
      const error = new AggregateError([new Error('part')], 'all', { cause: new RangeError('why', { cause: 'root' }) });
      const { line } = logged({ list: [{ failure: error }] });
      const [{ failure }] = line.list as [{ failure: Record<string, unknown> }];
      expect(failure).to.deep.include({ name: 'AggregateError', message: 'all' });
      expect(failure.errors).to.have.nested.property('[0].message', 'part');
      expect(failure.cause).to.include({ name: 'RangeError', message: 'why', cause: 'root' });
    });

    it('of axios, without request, response and the token that they carry', async () => {
      const server = createServer((_request, response) => {
        response
          .writeHead(401, { 'www-authenticate': `Bearer ${PAGE_TOKEN}` })
          .end(JSON.stringify({ token: 'unknown-zebra' }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      let caught: unknown;
      try {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/me?access_token=${PAGE_TOKEN}`;
        await axios.post(
          url,
          { recipient: 'psid-zebra' },
          { proxy: false, headers: { Authorization: `Bearer ${PAGE_TOKEN}` } },
        );
      } catch (error) {
        caught = error;
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      if (!axios.isAxiosError(caught)) throw new Error('expected an axios error');
      const wrapped = new Error('call failed', { cause: new Error('inner', { cause: caught }) });
      const { text, line } = logged({
        err: caught,
        wrapped,
        printed: caught.toJSON(),
        response: caught.response,
        request: caught.request as object,
      });
      expect(text)
        .not.to.contain(PAGE_TOKEN)
        .and.not.contain('zebra')
        .and.not.match(/"headers":|"config":/);
      expect(line.err).to.include({ name: 'AxiosError', status: 401, code: 'ERR_BAD_REQUEST' });
      expect(line).to.have.nested.property('wrapped.cause.cause.name', 'AxiosError');
    });
  });

  describe('is not made large by others', () => {
    it('cuts texts, names, lists and depth, and says how long a text was', () => {
      const text = 'x'.repeat(250_000);
      const { text: line, line: told } = logged({
        kind: text,
        [text]: 1,
        list: Array(10_000).fill(text),
        err: new Error(text),
      });
      expect(line.length).to.be.below(60_000);
      expect(told['kind']).to.equal(`${'x'.repeat(4_000)}… (250000 characters)`);
      expect(Object.keys(told).every((name) => name.length < 130)).to.equal(true);
      expect((told['err'] as { message: string }).message).to.have.length.below(4_100);
    });

    it('tells two hundred values of a field at most', () => {
      const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`name${i}`, i]));
      const { line } = logged({ wide });
      expect(Object.keys(line['wide'] as object).length).to.be.below(210);
      expect(JSON.stringify(line)).to.include('[more]');
    });
  });

  it('spells out what turns letters around, hides itself or breaks lines', () => {
    const { text, line } = logged({ name: 'a\u202eb\u2028c\u009bd\u200de' });
    expect(text).to.include('a\\u202eb\\u2028c\\u009bd\u200de');
    expect(line['name']).to.equal('a\u202eb\u2028c\u009bd\u200de');
  });

  describe('never fails itself', () => {
    it('over circles, depth, getters that throw and revoked proxies', () => {
      const circle: Record<string, unknown> = { a: 1 };
      circle.self = circle;
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const error = new Error('in a circle');
      error.cause = error;
      let deep: object = {};
      for (let i = 0; i < 50; i++) deep = { deep };
      const thrower = {
        get broken(): string {
          throw new Error('no');
        },
      };
      const { line } = logged({ circle, proxy, error, deep, thrower });
      expect(line.circle).to.deep.equal({ a: 1, self: '[circular]' });
      expect(line).to.include({ proxy: '[unreadable]', thrower: '[unreadable]' });
      expect(line).to.have.nested.property('error.cause', '[circular]');
    });

    it('over types that JSON does not have', () => {
      const { line } = logged({
        big: 10n,
        date: new Date(0),
        noDate: new Date(Number.NaN),
        url: new URL('https://a.example/b'),
        set: new Set([1]),
        map: new Map([['k', 'v']]),
        bytes: Buffer.from('abc'),
        run: () => 1,
        secret: new Secret('fake-zebra-fake'),
        other: new (class Turn {
          text = 'x';
        })(),
        bare: Object.assign(Object.create(null) as object, { a: 1 }),
      });
      expect(line).to.deep.include({
        big: '10',
        date: '1970-01-01T00:00:00.000Z',
        noDate: 'Invalid Date',
        url: 'https://a.example/b',
        set: [1],
        map: { k: 'v' },
        bytes: '[Buffer]',
        run: '[function]',
        secret: '[redacted]',
        other: '[Turn]',
        bare: { a: 1 },
      });
    });

    it('over an error that is passed in place of the fields', () => {
      const { line } = logged(new Error('alone'));
      expect([line['msg'], line['err']]).to.deep.include('said').and.have.nested.property('[1].message', 'alone');
    });
  });
});
