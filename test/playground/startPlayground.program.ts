import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startPlayground, type Playground } from '../../playground/startPlayground.ts';
import { BotStartError, startBotProcess } from '../../playground/botProcess.ts';
import { introductionOf } from '../../playground/introduction.ts';
import { playTour } from '../../playground/tour/playTour.ts';
import { usualSteps } from '../../playground/tour/tourOfPage.ts';
import { isRunning, samples } from '../support/playgroundProcess.ts';

const program = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
const anyPorts = { messenger: 0, azure: 0, primary: 0, secondary: 0 };

describe('A playground', () => {
  let playground: Playground;
  const notices: string[] = [];
  const inTheWay = createServer();
  let takenPort: number;
  before(async () => {
    inTheWay.listen(0, '127.0.0.1');
    await once(inTheWay, 'listening');
    takenPort = (inTheWay.address() as AddressInfo).port;
    const ports = { ...anyPorts, messenger: takenPort, primary: takenPort };
    playground = await startPlayground({ mode: 'routing', ports, notice: (sentence) => notices.push(sentence) });
  });
  after(async () => {
    await playground.stop();
    inTheWay.close();
  });

  it('runs each bot as a process of its own, with a Facebook app and a port of its own', () => {
    const { bots, platform } = playground;
    expect(bots.map(({ name }) => name)).to.deep.equal(['primary', 'secondary']);
    expect(new Set([process.pid, ...bots.map(({ pid }) => pid)])).to.have.property('size', 3);
    expect(bots.every(({ pid }) => isRunning(pid))).to.equal(true);
    const ofApps = platform.bots.map(({ settings }) => settings);
    for (const name of [
      'FacebookAppId',
      'FacebookPageToken',
      'FacebookAppSecret',
      'MicrosoftAppId',
      'MicrosoftAppPassword',
    ]) {
      expect(new Set(ofApps.map((settings) => settings[name])), name).to.have.property('size', 2);
    }
    expect(new Set(bots.map(({ url }) => url))).to.have.property('size', 2);
  });

  it('goes to the next free port when one is in use, and says so', () => {
    const taken = `http://127.0.0.1:${takenPort}`;
    expect(notices).to.have.length(2);
    expect(notices[0]).to.match(
      new RegExp(`^Port ${takenPort} is in use, so the emulated Messenger listens on port \\d+\\.$`),
    );
    expect(notices[1]).to.match(
      new RegExp(`^Port ${takenPort} is in use, so the primary bot listens on port \\d+\\.$`),
    );
    expect([playground.platform.emulator.url, ...playground.bots.map(({ url }) => url)]).not.to.include(taken);
  });

  it('has bots that refuse whom Azure did not send', async () => {
    for (const { url } of playground.bots) {
      const response = await fetch(`${url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          type: 'message',
          id: 'm_1',
          text: 'hi',
          channelId: 'facebook',
          serviceUrl: playground.platform.azure!.serviceUrl,
          from: { id: '7004' },
          recipient: { id: '1084' },
          conversation: { id: '7004-1084' },
        }),
      });
      expect(response.status).to.equal(401);
    }
  });

  it('is idle only after the bots have answered', async () => {
    const { emulator } = playground.platform;
    const lastId = emulator.events().at(-1)!.id;
    emulator.customer().say('hi');
    await playground.untilIdle();
    const happened = emulator.events(lastId).map(({ type }) => type);
    expect(happened).to.include('pageMessage');
    expect(happened.at(-1)).to.equal('azureChannel.activitySent');
    expect(await Promise.all(playground.bots.map((bot) => bot.work()))).to.deep.equal([
      { waiting: 0, running: 0, failed: 0 },
      { waiting: 0, running: 0, failed: 0 },
    ]);
  });
});

describe('A playground without Azure', () => {
  let playground: Playground;
  const notices: string[] = [];
  const inTheWay = createServer();
  before(async () => {
    inTheWay.listen(0, '127.0.0.1');
    await once(inTheWay, 'listening');
    const { port } = inTheWay.address() as AddressInfo;
    playground = await startPlayground({
      mode: 'classic',
      scenario: 'liveChat',
      endpoint: 'direct',
      ports: { ...anyPorts, azure: port, secondary: port },
      own: samples,
      notice: (sentence) => notices.push(sentence),
    });
  });
  after(async () => {
    await playground.stop();
    inTheWay.close();
  });

  it('gives the bot no setting of Microsoft, and looks at no port that nobody takes', () => {
    const { platform, bots } = playground;
    expect(platform.azure).to.equal(undefined);
    expect(bots.map(({ name }) => name)).to.deep.equal(['live chat']);
    expect(Object.keys(platform.bots[0]!.settings).filter((name) => !/^(Facebook|Graph)/.test(name))).to.deep.equal([]);
    expect(notices).to.deep.equal([]);
  });

  it('has Messenger call the bot, which refuses everybody else', async () => {
    const { platform, bots } = playground;
    const url = bots[0]!.url;
    expect(platform.emulator.state().apps.map(({ callbackUrl }) => callbackUrl)).to.deep.equal([`${url}/webhook`]);
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"object":"page"}' };
    const statuses = ['/api/messages', '/webhook'].map(async (path) => (await fetch(`${url}${path}`, post)).status);
    expect(await Promise.all(statuses)).to.deep.equal([403, 401]);
  });

  it('says what is running', () => {
    const introduction = introductionOf(playground, 100);
    expect(introduction).to.match(/\n {2}Azure +not running +Messenger calls \/webhook of each bot/);
    expect(introduction).to.match(/\n {2}live chat bot +http:\S+ +process \d+, Facebook app 1284000000000003\n/);
    expect(introduction).to.include('when silent for 60 min, the bot takes the thread back');
    expect(introduction).to.match(
      /\n {2}messaging +for the app that owns[^\n]*\n {2}standby +a copy for the other apps/,
    );
  });

  for (const width of [20, 40, 80, 100]) {
    it(`says so in lines of at most ${width} columns`, () => {
      for (const line of introductionOf(playground, width).split('\n')) {
        expect(line.length, line).to.be.at.most(/https?:/.test(line) ? Math.max(width, 30) : width);
      }
    });
  }

  it('is idle only after the bot has answered', async () => {
    const { emulator } = playground.platform;
    const lastId = emulator.events().at(-1)!.id;
    emulator.customer().say('hi');
    await playground.untilIdle();
    const happened = emulator.events(lastId);
    expect(happened.map(({ type }) => type)).to.include('pageMessage');
    const heard = happened.flatMap((event) => (event.type === 'webhookDelivered' ? [event.kind] : []));
    expect(heard).to.deep.equal(['message', 'echo']);
    expect(await playground.bots[0]!.work()).to.deep.equal({ waiting: 0, running: 0, failed: 0 });
  });

  for (const [mode, steps] of [
    ['classic', 18],
    ['routing', 23],
  ] as const) {
    it(`plays the conversation of its bot in ${mode}, every step as expected`, async () => {
      const { emulator } = playground.platform;
      emulator.reset();
      emulator.setMode(mode);
      const printed: string[] = [];
      const { different } = await playTour(playground, {
        mode,
        steps: usualSteps.liveChat,
        print: (text) => printed.push(text),
        paint: (_style, text) => text,
        width: () => 100,
      });
      expect(different, printed.join('')).to.deep.equal([]);
      expect(printed.join('')).to.include(`${steps} steps in mode ${mode}, ${steps} as expected.`);
    });
  }

  // The last one: it leaves a bot behind that knows nothing of what was said before.
  it('tells of a bot that ends by itself, starts it again where it was, and leaves nothing behind', async () => {
    const [bot] = playground.bots;
    const before = { pid: bot!.pid, url: bot!.url };
    process.kill(before.pid, 'SIGKILL');
    const sentence = await new Promise((resolve) => playground.onBotEnded(resolve));
    expect(sentence).to.equal('The live chat bot ended because of SIGKILL.');
    await playground.restart();
    expect([bot!.url, bot!.pid === before.pid]).to.deep.equal([before.url, false]);
    const { emulator } = playground.platform;
    const lastId = emulator.events().at(-1)!.id;
    emulator.customer().say('hi again');
    await playground.untilIdle();
    expect(emulator.events(lastId).map(({ type }) => type)).to.include('pageMessage');
    await playground.stop();
    expect([before.pid, bot!.pid].filter(isRunning)).to.deep.equal([]);
  });
});

describe('A playground that goes wrong', () => {
  const start = (more: object): Promise<Playground> =>
    startPlayground({ mode: 'routing', ports: anyPorts, notice: () => undefined, ...more });
  const problemOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('shows the last lines of a bot that does not start', async () => {
    const problem = await problemOf(start({ program: program('brokenBot') }));
    expect(problem).to.be.instanceOf(BotStartError);
    const { message } = problem as BotStartError;
    expect(message).to.match(
      /^The \w+ bot ended with exit code 3:\n[^]*almost there[^]*The settings are wrong:\n {2}Colour is missing\.$/,
    );
  });

  it('can be broken off while a bot starts, and leaves no bot behind', async () => {
    const controller = new AbortController();
    const problem = problemOf(
      startBotProcess({
        name: 'silent',
        settings: {},
        directory: '/',
        program: program('silentBot'),
        signal: controller.signal,
      }),
    );
    controller.abort();
    expect(await problem)
      .to.be.instanceOf(BotStartError)
      .with.property('message')
      .that.includes('aborted');
  });

  it('is not in the way of another one that wants the same ports at the same moment', async () => {
    const inTheWay = createServer().listen(0, '127.0.0.1');
    await once(inTheWay, 'listening');
    const { port } = inTheWay.address() as AddressInfo;
    const ports = { ...anyPorts, messenger: port, primary: port };
    const same = { scenario: 'liveChat', endpoint: 'direct', ports, program: program('quickBot') };
    const started = await Promise.allSettled([start(same), start(same)]);
    inTheWay.close();
    const playgrounds = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const urls = playgrounds.flatMap(({ platform, bots }) => [platform.emulator.url, ...bots.map(({ url }) => url)]);
    await Promise.all(playgrounds.map((playground) => playground.stop()));
    expect(new Set(urls)).to.have.property('size', 4);
  });
});
