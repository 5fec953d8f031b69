import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BotStartError } from '../../playground/botProcess.ts';
import { runTask, type RunArguments } from '../../playground/runTask.ts';
import { startPlayground, type Playground } from '../../playground/startPlayground.ts';
import { playTour } from '../../playground/tour/playTour.ts';
import { tourSteps } from '../../playground/tour/tourSteps.ts';
import { samples } from '../support/playgroundProcess.ts';

const ports = { messenger: 0, azure: 0, primary: 0, secondary: 0 };
const argumentsFor = (task: RunArguments['task']): RunArguments => ({
  type: 'run',
  task,
  scenario: 'twoBots',
  endpoint: 'azure',
  mode: 'routing',
  setup: 'usual',
  ports,
  own: samples,
});
const silentBot = fileURLToPath(new URL('./fixtures/silentBot.ts', import.meta.url));

/** A screen that tests can read from. */
class Screen extends PassThrough {
  #text = '';
  #look = (): void => undefined;
  constructor() {
    super({ encoding: 'utf8' });
    this.on('data', (text: string) => {
      this.#text += text;
      this.#look();
    });
  }
  /** Without what moves the cursor and clears lines. */
  get text(): string {
    // eslint-disable-next-line no-control-regex
    return this.#text.replace(/\u001b\[\d*[A-Z]/g, '');
  }
  shows(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (pattern.test(this.text)) resolve();
      };
      this.#look();
    });
  }
}

const scriptedShutdown = () => {
  const controller = new AbortController();
  const { promise: exitCode, resolve } = Promise.withResolvers<number>();
  const request = (code: number): void => {
    resolve(code);
    controller.abort();
  };
  return { signal: controller.signal, exitCode, request };
};

describe('A task of the playground', function () {
  let playground: Playground;
  let stops = 0;
  before(async () => {
    playground = await startPlayground({ mode: 'routing', ports, notice: () => undefined, own: samples });
  });
  beforeEach(() => {
    stops = 0;
    playground.platform.emulator.reset();
  });
  after(() => playground.stop());
  const start = async (): Promise<Playground> => ({ ...playground, stop: async () => void (stops += 1) });

  const run = (task: RunArguments['task'], more: object = {}, own: RunArguments['own'] = samples) => {
    const stdout = new Screen();
    const stderr = new Screen();
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const shutdown = scriptedShutdown();
    const code = runTask({ ...argumentsFor(task), own }, { shutdown, stdin, stdout, stderr, start, ...more });
    return { stdout, stderr, stdin, shutdown, code };
  };

  it('sends one message and shows what comes back', async () => {
    const { code, stdout } = run({ type: 'say', text: 'good morning' });
    expect(await code).to.equal(0);
    // Its page is gone when somebody reads this.
    expect(stdout.text).not.to.contain('in a browser');
    expect(stdout.text).to.contain('A Facebook Page by the rules of mode routing');
    expect(stdout.text).to.match(/Carla +says +good morning\n/);
    expect(stdout.text).to.match(/offers +1 Pass to page inbox +2 Pass to secondary/);
    expect(stops).to.equal(1);
  });

  it('says so when nobody answers', async () => {
    playground.platform.emulator.customer().say('hi');
    playground.platform.emulator.inbox().reply('I take this');
    await playground.untilIdle();
    const { code, stdout } = run({ type: 'say', text: 'thanks' });
    expect(await code).to.equal(0);
    expect(stdout.text).to.match(/Nobody answered\.\n$/);
  });

  it('lets a person be the customer and the agent', async () => {
    const { code, stdout, stdin } = run({ type: 'interactive' });
    const type = (line: string, answer: RegExp): Promise<void> => {
      stdin.write(`${line}\n`);
      return stdout.shows(answer);
    };
    await stdout.shows(/you > $/);
    await type('2', /No choice is offered now\. To say it, type \/say 2\./);
    await type('hi', /4 Receive nice request/);
    await playground.untilIdle();
    await type('7', /There are only the choices 1 to 4\./);
    await type('2', /secondary +says +Secondary bot: Write something[^]*2 Have control taken/);
    await playground.untilIdle();
    await type('/owner', /The thread belongs to: secondary, for 23h59m more/);
    await type('/inbox Hello from a person', /Page Inbox +says +Hello from a person/);
    await type('/done', /clicks +"Mark as done"/);
    await playground.untilIdle();
    await type(
      '/done',
      /Nothing changes, because the conversation is in the folder Done already\s+and\s+primary\s+keeps/,
    );
    await type('/main', /clicks +"Move to Main"/);
    await type('/clock 25h', /from Page Inbox to nobody: expired/);
    await type('/owner', /Nobody owns the thread/);
    await type('/mode', /The Page follows the rules of mode routing[^]*\/mode\s+classic\s+changes\s+to/);
    await type('/clock', /On the emulator's clock it is \d{4}-\d\d-\d\d, \d\d:\d\d:\d\d UTC\.[^]*\/clock 30m/);
    await type('/clock 0h', /Nothing changes, because the clock/);
    await type('/mode routing', /Nothing changes, because the Page follows the rules of mode routing already\./);
    await type('/mode classic', /the rules of mode classic now/);
    await type('/owner', /The thread belongs to: primary\. The Page Inbox shows it in the folder Main\./);
    await type('/nonsense', /There is no command \/nonsense/);
    await type('/help', /moves the clock ahead/);
    stdin.write('/quit\n');
    expect(await code).to.equal(0);
    expect(stops).to.equal(1);
  });

  it('ends when the input of the person ends', async () => {
    const { code, stdin, stdout } = run({ type: 'interactive' });
    await stdout.shows(/you > $/);
    stdin.end();
    expect(await code).to.equal(0);
  });

  it('plays the lines of a pipe as typed, each when all is quiet, and ends behind the last one', async () => {
    const stdin = new PassThrough().end('hi\n2\n\n/nonsense\n/owner\n');
    const { code, stdout } = run({ type: 'interactive' }, { stdin });
    expect(await code).to.equal(0);
    expect(stdout.text).to.match(/you > hi\n[^]*4 Receive nice request[^]*\nyou > 2\n[^]*taps +Pass to secondary/);
    expect(stdout.text).to.match(/2 Have control taken[^]*\nyou > \nyou > \/nonsense\nThere is no command \/nonsense/);
    expect(stdout.text).to.match(/The thread belongs to: secondary[^\n]*\n[^\n]*folder Done\.\n$/);
    expect(stops).to.equal(1);
  });

  it('ends with /quit in a pipe that stays open', async () => {
    const stdin = new PassThrough();
    const { code, stdout } = run({ type: 'interactive' }, { stdin });
    stdin.write('/quit\nhi\n');
    expect(await code).to.equal(0);
    expect(stdout.text).to.match(/you > \/quit\n$/);
  });

  it("plays Meta's AI: it takes the thread, answers and gives it back", async () => {
    playground.platform.emulator.setMetaAi('on');
    const stdin = new PassThrough();
    const { code, stdout } = run({ type: 'interactive' }, { stdin });
    stdin.end('/ai-leave\n/ai\n/ai\n/ai We open at nine.\n/ai-back wants to buy\n/owner\n');
    expect(await code).to.equal(0);
    expect(stdout.text).to.contain("Meta's AI does not own the conversation");
    expect(stdout.text).to.contain("Nothing changes, because Meta's AI owns the thread already.");
    expect(stdout.text).to.match(/A│ Meta's AI +says +We open at nine\./);
    expect(stdout.text).to.match(/Messenger +notes +Your AI agent transferred this chat to you\./);
    expect(stdout.text).to.contain('The thread belongs to: primary');
  });

  it('shows what happens without a terminal, until it is stopped', async () => {
    const { code, stdout, shutdown } = run({ type: 'interactive' }, { stdin: new PassThrough().end() });
    await stdout.shows(/until it is stopped/);
    playground.platform.emulator.customer().say('from elsewhere');
    await stdout.shows(/Carla +says +from elsewhere[^]*echo to primary/);
    shutdown.request(143);
    expect(await code).to.equal(0);
    expect(stops).to.equal(1);
  });

  it('fails when a step of the tour comes out differently, and goes on to the end', async () => {
    // The bots stay as they are, and know nothing of what this chapter is about.
    const unmoved = async (): Promise<Playground> => ({
      ...(await start()),
      ...{ firstSetup: 'takeover', setUpBots: async () => undefined },
    });
    const { code, stdout } = run({ type: 'tour' }, { start: unmoved });
    expect(await code).to.equal(1);
    expect(stdout.text).to.include('owner: expected Page Inbox, but it is primary');
    expect(stdout.text).to.match(/15 steps in mode routing, \d+ as expected\. Different: 1, /);
  });

  it('goes on with the tour where a step cannot be done, and says why', async () => {
    const { emulator } = playground.platform;
    emulator.injectFault({ match: { edge: 'pass_thread_control' }, fault: 'personUnavailable' });
    const printed: string[] = [];
    const { different } = await playTour(playground, {
      ...{ mode: 'routing', steps: tourSteps.slice(0, 4), paint: (_style, text) => text, width: () => 100 },
      print: (text) => printed.push(text),
    });
    expect(different).to.deep.equal([2, 3, 4]);
    expect(printed.join('')).to.include('the step could not be done: There is no quick reply "Pass to primary" to tap');
  });

  it('tells which part of a row of the tour is different', async () => {
    const [first] = tourSteps;
    const row = first!.expected.routing!;
    const printed: string[] = [];
    const result = await playTour(playground, {
      mode: 'routing',
      steps: [{ ...first!, expected: { routing: { ...row, webhooks: [...row.webhooks].reverse() } } }],
      print: (text) => printed.push(text),
      paint: (_style, text) => text,
      width: () => 100,
    });
    expect(result).to.deep.equal({ steps: 1, different: [1] });
    expect(printed.join('')).to.include('✗ not as expected\n      webhooks, number 1: expected echo to primary');
    expect(printed.join('')).to.include('1 steps in mode routing, 0 as expected. Different: 1.');
  });

  it('leaves out the steps that a mode does not have', async () => {
    const printed: string[] = [];
    const { steps } = await playTour(playground, {
      mode: 'routing',
      steps: tourSteps.slice(0, 1).map((step) => ({ ...step, expected: {} })),
      print: (text) => printed.push(text),
      paint: (_style, text) => text,
      width: () => 100,
    });
    expect(steps).to.equal(0);
  });

  describe('while a bot ends', () => {
    const sentence = 'The primary bot ended with exit code 1: Error: no more.';
    let restarts = 0;
    const startBroken = async (): Promise<Playground> => ({
      ...(await start()),
      onBotEnded: (listener) => listener(sentence),
      restart: async () => void (restarts += 1),
    });

    it('fails with a sentence about it where nobody is asked', async () => {
      for (const stdin of [new PassThrough(), new PassThrough().end()]) {
        const { code, stderr } = run({ type: 'interactive' }, { start: startBroken, stdin });
        expect(await code).to.equal(1);
        expect(stderr.text).to.equal(`${sentence}\n`);
      }
      expect(stops).to.equal(2);
    });

    it('goes on where lines come from a pipe and a save may mend it', async () => {
      const stdin = new PassThrough();
      const { code, stdout, stderr } = run(
        { type: 'interactive' },
        { start: startBroken, stdin },
        { ...samples, restart: 'onSave' },
      );
      await stdout.shows(/no more\. The bots start again when you save one of their files\./);
      stdin.end('/owner\n');
      expect(await code).to.equal(0);
      expect(stdout.text).to.contain('Nobody owns the thread');
      expect(stderr.text).to.equal('');
    });

    it('says so at the prompt and starts the bots again when asked', async () => {
      const { code, stdout, stdin } = run({ type: 'interactive' }, { start: startBroken });
      await stdout.shows(/ended with exit code 1: Error: no more\. \/restart starts the bots again/);
      stdin.write('/restart\n');
      await stdout.shows(/Started again: the primary bot and the secondary bot\./);
      expect(restarts).to.equal(1);
      stdin.write('/quit\n');
      expect(await code).to.equal(0);
    });

    it('goes on when a bot does not start again, and shows why', async () => {
      const failing = async (): Promise<Playground> => ({
        ...(await startBroken()),
        restart: () => Promise.reject(new BotStartError('The primary bot ended.', ['SyntaxError: here'])),
      });
      const { code, stdout, stdin } = run({ type: 'interactive' }, { start: failing });
      stdin.write('/restart\n/owner\n/quit\n');
      expect(await code).to.equal(0);
      expect(stdout.text).to.match(/The primary bot ended\.\nSyntaxError: here\n[^]*Nobody owns the thread/);
    });
  });

  it('fails with a sentence when nothing can be started', async () => {
    const refuse = (): Promise<Playground> => Promise.reject(new Error('Port 1 is in use.'));
    const { code, stderr } = run({ type: 'tour' }, { start: refuse });
    expect(await code).to.equal(1);
    expect(stderr.text).to.equal('Port 1 is in use.\n');
  });

  it('can be broken off while the bots start', async () => {
    const { code, shutdown, stderr } = run(
      { type: 'tour' },
      {
        start: (options: Parameters<typeof startPlayground>[0]) => startPlayground({ ...options, program: silentBot }),
      },
    );
    shutdown.request(130);
    expect(await code).to.equal(130);
    expect(stderr.text).to.equal('');
  });
});
