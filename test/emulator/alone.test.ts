import { expect } from 'chai';
import { choosePort } from '../../playground/freePort.ts';
import { createBotServer } from '../../server.ts';
import { spawnProgram, type ProgramProcess } from '../support/programProcess.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

/** The settings that were printed for the bot of an app, as a person would paste them. */
function settingsIn(output: string, app: string): Record<string, string> {
  const [, part = ''] = output.split(`App ${app} (`);
  const lines = part.split('\n\n', 1)[0]!.matchAll(/^ {2}(\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
}

describe('npm run emulator', () => {
  let started: ProgramProcess | undefined;

  afterEach(async () => {
    started?.kill('SIGKILL');
    await started?.ended;
    started = undefined;
  });

  function start(...args: string[]): ProgramProcess {
    started = spawnProgram('emulator/index.ts', args);
    return started;
  }

  it('prints what a bot needs, and a customer reaches a bot that was given just that', async () => {
    const { port: botPort } = await choosePort('the bot', 20_000 + (process.pid % 10_000), []);
    const emulator = start('--port', '0', '--azure-port', '0', '--primary-bot', `http://127.0.0.1:${botPort}`);
    await emulator.printed('{"text":"hi"}');
    const settings = testSettings(settingsIn(emulator.output(), 'primary'));
    expect([settings.role, settings.port]).to.deep.equal(['primary', botPort]);
    const bot = await createBotServer(settings, { logger: createRecordingLogger() });
    try {
      const [, address, path] = /curl -X POST (http:\/\/[^/]+)(\S+\/messages)/.exec(emulator.output()) ?? [];
      const said = await fetch(`${address}${path}`, { method: 'POST', body: '{"text":"hi"}' });
      expect(said.status).to.equal(200);
      // Through Azure's channel to the bot, its turn, and its answer back.
      await fetch(`${address}/_emulator/settled`, { method: 'POST' });
      await bot.settled();
      const events = await fetch(`${address}/_emulator/events`).then((response) => response.text());
      expect(events).to.contain('Primary bot: Write something or choose what should happen next.');
    } finally {
      await bot.close();
    }
  });

  it('ends on Ctrl-C', async () => {
    const emulator = start('--port', '0', '--azure-port', '0');
    await emulator.printed('Then be the customer:');
    emulator.kill('SIGINT');
    expect(await emulator.ended).to.deep.equal({ code: 0, signal: null });
  });

  for (const args of [['--mode', 'unheard'], ['--port', '70000'], ['--primary-bot', 'nowhere'], ['--unknown']]) {
    it(`says how it is used when told ${args.join(' ')}`, async () => {
      const emulator = start(...args);
      expect(await emulator.ended).to.deep.equal({ code: 2, signal: null });
      expect(emulator.output()).to.match(/^Usage: npm run emulator/);
    });
  }

  it('says so when its port is in use', async () => {
    const first = start('--port', '0', '--azure-port', '0');
    await first.printed('Then be the customer:');
    const [, port = ''] = /Graph API +http:\/\/127\.0\.0\.1:(\d+)/.exec(first.output()) ?? [];
    const second = spawnProgram('emulator/index.ts', ['--port', port, '--azure-port', '0']);
    expect(await second.ended).to.deep.equal({ code: 1, signal: null });
    expect(second.output()).to.match(/Port \d+ or 0 is in use; choose others/);
  });
});
