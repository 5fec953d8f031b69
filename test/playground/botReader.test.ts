import { setImmediate as soon } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { BotReport } from '../../emulator/botReports.ts';
import { createBotReader } from '../../playground/botReader.ts';
import { runCommand } from '../../playground/runCommand.ts';
import { startPlayground } from '../../playground/startPlayground.ts';

const psid = '7004000000000001';
const stack = 'TypeError: no\n    at file:///my/bot.ts:8:11';
const err = { name: 'TypeError', message: 'no', stack };
const turn = { level: 'warn', msg: 'turn', delivery: 7, conversation: `facebook 1084 ${psid}` };

describe('What a bot writes', () => {
  const stage = () => {
    const reports: BotReport[] = [];
    let now = 0;
    const reader = createBotReader({
      isCustomer: (id) => id === psid,
      report: (report) => reports.push(report),
      now: () => now,
    });
    const log = (fields: object) => reader(JSON.stringify({ level: 'info', ...fields }), 'stdout');
    return { reports, reader, log, later: (ms: number) => void (now += ms) };
  };

  it('is told with each attempt at a turn, its customer and its stack, to the dead letter', () => {
    const { reports, log } = stage();
    log({ ...turn, outcome: 'retried', err });
    log({ ...turn, outcome: 'retried', err, delivery: 8 });
    log({ ...turn, level: 'error', outcome: 'failed', err });
    const thrown = { type: 'botException', message: 'TypeError: no', stack, psid };
    expect(reports).to.deep.equal([
      { ...thrown, attempt: 1, outcome: 'retried' },
      { ...thrown, attempt: 1, outcome: 'retried' },
      { ...thrown, attempt: 2, outcome: 'deadLetter' },
    ]);
  });

  it('is told when a turn works after all, and not when it works at once', () => {
    const { reports, log } = stage();
    log({ ...turn, level: 'info', outcome: 'done', delivery: 9 });
    log({ ...turn, outcome: 'retried', err });
    log({ ...turn, level: 'info', outcome: 'done' });
    expect(reports.slice(1)).to.deep.equal([
      { type: 'botLog', level: 'info', message: 'the turn worked at attempt 2', psid },
    ]);
  });

  it('tells when a debugger comes and when it goes', () => {
    const { reports, reader } = stage();
    reader('Debugger listening on ws://127.0.0.1:9229/x', 'stderr');
    reader('Debugger attached.', 'stderr');
    reader('Debugger ending on ws://127.0.0.1:9229/x', 'stderr');
    expect(reports).to.deep.equal([
      { type: 'botState', state: 'debugging' },
      { type: 'botState', state: 'running' },
    ]);
  });

  it('is told as log where nothing was thrown: what the guard suppressed, warnings, but no routine and no details', () => {
    const { reports, log } = stage();
    log({ msg: 'the bot is listening' });
    log({ msg: 'a detail', level: 'debug' });
    log({ msg: 'Nothing is said.', suppressed: true, conversation: turn.conversation });
    log({ msg: 'careful', level: 'warn' });
    log({ msg: 'asked the stock', stock: 9, of: 'tea', time: 'now', conversation: turn.conversation });
    expect(reports).to.deep.equal([
      { type: 'botLog', level: 'info', message: 'Nothing is said.', psid, suppressed: true },
      { type: 'botLog', level: 'warn', message: 'careful' },
      { type: 'botLog', level: 'info', message: 'asked the stock stock=9 of=tea', psid },
    ]);
  });

  it('is told as an exception wherever an error was logged, with what was being done', () => {
    const { reports, log } = stage();
    log({ level: 'error', msg: 'nobody catches this error: the process ends', err });
    log({ level: 'warn', msg: 'the shop does not answer', err: { message: 'late' } });
    expect(reports).to.deep.equal([
      {
        type: 'botException',
        message: 'TypeError: no (nobody catches this error: the process ends)',
        stack,
        outcome: 'unhandled',
      },
      { type: 'botException', message: 'Error: late (the shop does not answer)' },
    ]);
  });

  it('is told with what caused it, and where that was thrown', () => {
    const { reports, log } = stage();
    const refused = { name: 'Error', message: 'connect ECONNREFUSED', stack: 'Error: connect ECONNREFUSED\n    at c' };
    const several = { name: 'AggregateError', message: '', errors: [refused] };
    const failed = { name: 'TypeError', message: 'fetch failed', stack: 'TypeError: fetch failed\n    at shop.ts:8:1' };
    log({ ...turn, outcome: 'retried', err: { ...failed, cause: several } });
    expect(reports[0]).to.include({
      message: 'TypeError: fetch failed, because of Error: connect ECONNREFUSED',
      stack: `${failed.stack}\nbecause of ${refused.stack}`,
    });
    const dialog = { name: 'DialogContextError', message: 'no', stack: 'DialogContextError: no\n    at x' };
    log({ ...turn, outcome: 'retried', err: { ...dialog, cause: err } });
    expect(reports[1]).to.include({ message: 'DialogContextError: no', stack: `${dialog.stack}\nbecause of ${stack}` });
  });

  it('is told by the error itself where a sentence or the place in the code leads up to it', async () => {
    const { reports, reader } = stage();
    const print = async (...lines: string[]) => {
      for (const line of lines) reader(line, 'stderr');
      await soon();
    };
    const node = [
      'file:///my/bot.ts:37',
      'const x: = 3;',
      '         ^',
      '',
      'SyntaxError: no =',
      '    at f (node:x:1:1)',
    ];
    await print('The bot cannot be loaded. Correct this error in its code:', ...node);
    await print(...node);
    expect(reports.map((report) => 'message' in report && report.message)).to.deep.equal([
      'SyntaxError: no = (The bot cannot be loaded. Correct this error in its code.)',
      'SyntaxError: no =',
    ]);
  });

  it('is told together when it was printed together, before what was logged after it', async () => {
    const { reports, reader, log } = stage();
    for (const line of stack.split('\n')) reader(line, 'stderr');
    reader('{ looking: 1,', 'stdout');
    reader('  more: 2 }', 'stdout');
    log({ msg: 'after it' });
    await soon();
    expect(reports).to.deep.equal([
      { type: 'botLog', level: 'info', message: '{ looking: 1,\n  more: 2 }' },
      { type: 'botLog', level: 'info', message: 'after it' },
      { type: 'botException', message: 'TypeError: no', stack },
    ]);
  });

  it('tells of an attached debugger, and nothing else that Node says by itself', async () => {
    const { reports, reader } = stage();
    reader('Debugger listening on ws://127.0.0.1:9229/x', 'stderr');
    reader('(node:1) ExperimentalWarning: x', 'stderr');
    reader('Debugger attached.', 'stderr');
    await soon();
    expect(reports).to.deep.equal([{ type: 'botState', state: 'debugging' }]);
  });

  it('is cut off for the rest of a second in which it is too much', () => {
    const { reports, log, later } = stage();
    for (let count = 0; count < 1000; count += 1) log({ msg: `line ${count}` });
    expect(reports).to.have.length(50);
    expect(reports.at(-1)).to.include({ level: 'warn' });
    later(1000);
    log({ msg: 'again' });
    expect(reports.at(-1)).to.include({ message: 'again' });
  });
});

describe('A bot that throws', () => {
  it('is seen in the event stream with its stack at the first attempt, and at the prompt', async () => {
    const ports = { messenger: 0, azure: 0, primary: 0, secondary: 0 };
    const program = fileURLToPath(new URL('./fixtures/throwingBot.ts', import.meta.url));
    const stage = await startPlayground({
      ...{ mode: 'routing', scenario: 'liveChat', endpoint: 'direct', ports, program },
      notice: () => undefined,
    });
    try {
      const { emulator } = stage.platform;
      expect(emulator.state().apps[0]).to.include({ bot: 'running' });
      const thrown = new Promise((resolve) =>
        emulator.on((event) => {
          if (event.type === 'botException') resolve(event);
        }),
      );
      const customer = emulator.customer();
      customer.say('17');
      const event = await thrown;
      expect(event).to.include({
        ...{ message: 'TypeError: there is no such order', psid: customer.psid, attempt: 1, outcome: 'retried' },
      });
      expect(event)
        .to.have.property('stack')
        .that.matches(/throwingModule\.ts:8:/);
      const printed = emulator.events().find(({ type }) => type === 'botLog');
      expect(printed).to.include({ level: 'info', message: 'looking up 17' });
      const log = await runCommand(stage, { type: 'log' }, 80);
      expect(log).to.match(/^The live chat bot:\n/);
      expect(log).to.match(/\n {2}looking up 17\n.*turn retried: message: TypeError: there is no such order\n/);
    } finally {
      await stage.stop();
    }
  });
});
