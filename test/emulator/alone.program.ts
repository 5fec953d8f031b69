import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBot } from '../../bots/samples/createBot.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { loadStateFile, saveStateFile } from '../../emulator/stateFile.ts';
import { createBotServer } from '../../server.ts';
import { openDoor } from '../support/openDoor.ts';
import { spawnProgram, type ProgramProcess } from '../support/programProcess.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

/** The settings that were printed for the bot of an app, as a person would paste them. */
function settingsIn(output: string, app: string): Record<string, string> {
  const [, part = ''] = output.split(`App ${app} (`);
  const lines = part.split('\n\n', 1)[0]!.matchAll(/^ {2}(\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
}

/** The address at which the customer writes. */
const customerIn = (output: string): string => /curl -X POST (http:\S+\/messages)/.exec(output)![1]!;

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
    const door = await openDoor();
    const emulator = start('--port', '0', '--azure-port', '0', '--primary-bot', `http://127.0.0.1:${door.port}`);
    await emulator.printed('{"text":"hi"}');
    const printed = settingsIn(emulator.output(), 'primary');
    const settings = testSettings(printed);
    // Whoever moves the emulator's clock would find the events in quarantine.
    expect(settings.eventTimes).to.equal('unchecked');
    expect(settings.facebook.pageId).to.be.a('string');
    expect([settings.role, settings.host, settings.port]).to.deep.equal(['primary', '127.0.0.1', door.port]);
    const bot = await createBotServer(testSettings({ ...printed, Port: '0' }), {
      createBot,
      logger: createRecordingLogger(),
    });
    door.leadTo(Number(new URL(bot.url).port));
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
      await door.close();
    }
  });

  it('goes on from the file of its state, and saves it on Ctrl-C', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'emulator-state-'));
    const file = join(directory, 'state.json');
    const before = await startEmulator({ seed: { ids: 'before' } });
    try {
      before.customer().say('hi');
      await writeFile(file, JSON.stringify(before.exportState()));
      const emulator = start('--port', '0', '--azure-port', '0', '--state', file);
      await emulator.printed('Then be the customer:');
      await fetch(customerIn(emulator.output()), { method: 'POST', body: '{"text":"hi again"}' });
      emulator.kill('SIGINT');
      expect(await emulator.ended).to.deep.equal({ code: 0, signal: null });
      before.importState(await readFile(file, 'utf8'));
      const { messages } = before.state().threads[before.customers[0]!]!;
      expect(messages.map(({ text, mid }) => [text, mid])).to.deep.equal([
        ['hi', 'm_emulatedbefore00000001'],
        ['hi again', 'm_emulatedbefore00000002'],
      ]);
      await writeFile(file, '{}');
      expect(await loadStateFile(file, before)).to.equal(`${file}: This is not the exported state of an emulator.`);
      expect(await readFile(file, 'utf8')).to.equal('{}');
      expect(await loadStateFile(join(directory, 'none.json'), before)).to.equal(undefined);
      expect(await saveStateFile(join(directory, 'no', 'such.json'), before)).to.contain('ENOENT');
    } finally {
      await before.close();
      await rm(directory, { recursive: true });
    }
  });

  it('prints what happens, and where it does not find a bot', async () => {
    const emulator = start('--port', '0', '--azure-port', '0', '--primary-bot', 'http://127.0.0.1:9');
    await emulator.printed('Events, with their ids');
    await fetch(customerIn(emulator.output()), { method: 'POST', body: '{"text":"hi"}' });
    await emulator.printed('says "hi"');
    await emulator.printed('to primary: it cannot be reached [http://127.0.0.1:9/api/messages]');
    expect(emulator.output()).to.match(/curl -N -H 'Accept: text\/event-stream' http:\S+\/_emulator\/events/);
  });

  it('prints nothing of what happens with --quiet', async () => {
    const emulator = start('--port', '0', '--azure-port', '0', '--quiet');
    await emulator.printed('{"text":"hi"}');
    const messages = customerIn(emulator.output());
    await fetch(messages, { method: 'POST', body: '{"text":"hi"}' });
    await fetch(new URL('/_emulator/settled', messages), { method: 'POST' });
    emulator.kill('SIGINT');
    await emulator.ended;
    expect(emulator.output()).not.to.contain('says "hi"').and.not.contain('Events, with their ids');
  });

  it('says what is wrong with its arguments, and then how it is used', async () => {
    const emulator = start('--prot', '1');
    expect(await emulator.ended).to.deep.equal({ code: 2, signal: null });
    expect(emulator.output()).to.match(/^Unknown option '--prot'\.\n\nUsage: npm run emulator/);
  });

  it('prints how it is used when asked', async () => {
    const emulator = start('--help');
    expect(await emulator.ended).to.deep.equal({ code: 0, signal: null });
    expect(emulator.output()).to.match(/^Usage: npm run emulator/);
  });

  it('says so when its port is in use', async () => {
    const first = start('--port', '0', '--azure-port', '0');
    await first.printed('Then be the customer:');
    const [, port = ''] = /Graph API +http:\/\/127\.0\.0\.1:(\d+)/.exec(first.output()) ?? [];
    const second = spawnProgram('emulator/index.ts', ['--port', port, '--azure-port', '0']);
    expect(await second.ended).to.deep.equal({ code: 1, signal: null });
    expect(second.output()).to.match(/Port \d+ or 0 is in use; choose others/);
  });
});
