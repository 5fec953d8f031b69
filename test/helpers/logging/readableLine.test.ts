import { expect } from 'chai';
import { createLogger } from '../../../helpers/logging/pinoLogger.ts';
import { createReadableLine } from '../../../helpers/logging/readableLine.ts';
import { Secret } from '../../../helpers/secret.ts';
import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';

const time = '2026-01-02T03:04:05.678Z';
const clock = new Date(time).toTimeString().slice(0, 8);
const readable = createReadableLine((_style, text) => text);
const line = (fields: object): string =>
  readable(`${JSON.stringify({ level: 'info', time, pid: 7, hostname: 'h', ...fields })}\n`);

describe('A line of the log for people', () => {
  it('has time, level, sentence and fields, and nothing of the machine', () => {
    expect(line({ role: 'primary', port: 3978, msg: 'the bot is listening' })).to.equal(
      `${clock} info  the bot is listening role=primary port=3978\n`,
    );
  });

  it('tells the end of a turn as a sentence', () => {
    const turn = { conversation: 'facebook 1 2', kind: 'message', via: 'messaging', durationMs: 47, outcome: 'done' };
    expect(line({ ...turn, msg: 'turn' })).to.equal(
      `${clock} info  turn done after 47 ms: message on messaging conversation="facebook 1 2"\n`,
    );
  });

  it('has what went wrong below it, with its causes, and no place for a warning', () => {
    const err = {
      name: 'RestError',
      message: 'no',
      stack: 'RestError: no\n    at run (file:///bots/a.ts:1:2)',
      cause: { name: 'Error', message: 'deeper' },
    };
    expect(line({ level: 'warn', msg: 'turn', err })).to.equal(
      `${clock} warn  turn\n         RestError: no\n         because of deeper\n`,
    );
  });

  it('has for an error the places in the code of the project', () => {
    const stack = [
      'TypeError: no text',
      '    at PrimaryBot.answer (file:///project/bots/primaryBot.ts:12:11)',
      '    at TurnContext.x (file:///project/node_modules/botbuilder/lib/x.js:1:1)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)',
      '    at new Promise (<anonymous>)',
    ].join('\n');
    expect(
      line({ level: 'error', msg: 'request failed', err: { name: 'TypeError', message: 'no text', stack } }),
    ).to.equal(
      `${clock} error request failed\n         TypeError: no text\n` +
        '           at PrimaryBot.answer (file:///project/bots/primaryBot.ts:12:11)\n',
    );
  });

  it('has the places of the causes, and says what they say once', () => {
    const stack = (place: string): string => `Error: x\n    at ${place}`;
    const cause = { name: 'TypeError', message: 'fetch failed', stack: stack('place (file:///my/shop.ts:19:1)') };
    const err = { name: 'DialogContextError', message: 'fetch failed', stack: stack('Generator.throw (<anonymous>)') };
    const refused = {
      name: 'AggregateError',
      message: '',
      errors: [{ name: 'Error', message: 'connect ECONNREFUSED' }],
    };
    expect(line({ level: 'error', msg: 'turn', err: { ...err, cause: { ...cause, cause: refused } } })).to.equal(
      `${clock} error turn\n         DialogContextError: fetch failed\n           at place (file:///my/shop.ts:19:1)\n` +
        '         because of connect ECONNREFUSED\n',
    );
  });

  it('cuts long fields and puts everything of one entry on its own lines', () => {
    expect(line({ a: 'x'.repeat(500), msg: 'm' })).to.equal(`${clock} info  m a=${'x'.repeat(200)}…\n`);
    const hostile = '\u001b[2J\u202ered\nnot a line of its own\r\t"';
    for (const entry of [
      { msg: hostile },
      { msg: 'm', a: hostile },
      { msg: 'm', err: { name: 'E', message: hostile } },
    ]) {
      const text = line(entry).replaceAll('\n         ', ' ');
      expect(text).to.match(/^[^\n]+\n$/);
      for (const sign of ['\u001b', '\r', '\t', '\u202e']) expect(text).not.to.include(sign);
    }
  });

  it('leaves a line alone that is no JSON object', () => {
    for (const text of ['plain\n', '[1]\n', '{"cut\n']) expect(readable(text)).to.equal(text);
  });

  it('colours the level', () => {
    const painted: unknown[] = [];
    createReadableLine((style, text) => (painted.push([style, text]), text))(
      JSON.stringify({ level: 'error', time, msg: 'm' }),
    );
    expect(painted).to.deep.include(['red', 'error']);
  });

  it('is made of what the scrubber left over: no secret is in it, in whatever form it came', () => {
    const written: string[] = [];
    const logger = createLogger({
      level: 'debug',
      secrets: [new Secret('a-fake"secret ß')],
      destination: { write: (text: string) => written.push(text) },
      format: 'text',
    });
    const secret = 'a-fake"secret ß';
    const err = new Error(`no ${secret}`, { cause: new GraphApiError({ status: 400, reason: 'unknown' }) });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      logger[level](
        { err, url: `http://x/?a=${encodeURIComponent(secret)}`, password: 'b-fake', [secret]: secret },
        secret,
      );
    }
    expect(written).to.have.length(4);
    for (const text of written) {
      expect(text)
        .to.include('[redacted]')
        .and.not.match(/a-fake|b-fake|%22secret/);
      expect(text).to.match(/^\d\d:\d\d:\d\d (debug|info |warn |error) /);
    }
  });
});
