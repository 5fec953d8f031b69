import { renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { useFolder } from './support/brokenDisk.ts';
import { spawnProgram, type ProgramProcess } from './support/programProcess.ts';

/** A folder without an `appsettings.json` and without an `.env`. */
const noSettings = fileURLToPath(new URL('./fixtures', import.meta.url));

describe('npm start', () => {
  let started: ProgramProcess | undefined;
  afterEach(async () => {
    started?.kill('SIGKILL');
    await started?.ended;
  });
  const start = (settings: Readonly<Record<string, string>>): ProgramProcess =>
    (started = spawnProgram('index.ts', [], { Port: '0', StorePath: ':memory:', ...settings }, noSettings));

  it('logs JSON where there is no terminal, says once how a setting is written now, and ends in good order when the one it had is closed', async () => {
    const bot = start({ UnknownSends: 'again' });
    await bot.printed('no Microsoft credentials');
    // How a setting of an earlier version is written now.
    expect(bot.output().split('Write UnknownSendOutcome=resend.')).to.have.length(2);
    bot.kill('SIGHUP');
    expect(await bot.ended).to.deep.equal({ code: 0, signal: null });
    for (const line of bot.output().trim().split('\n')) expect(JSON.parse(line)).to.include.keys('level', 'msg');
    expect(bot.output()).to.match(/"closed"/);
  });

  it('logs for people when it is told to, and ends on Ctrl-C with a line about it', async () => {
    const bot = start({ LogFormat: 'text' });
    await bot.printed('no Microsoft credentials');
    bot.kill('SIGINT');
    expect(await bot.ended).to.deep.equal({ code: 0, signal: null });
    const lines = bot.output().trim().split('\n');
    expect(lines[0]).to.match(
      /^\d\d:\d\d:\d\d info {2}the bot is listening role=primary messages=http:\/\/127\.0\.0\.1:\d+/,
    );
    expect(lines.slice(-2).map((line) => line.slice(9))).to.deep.equal(['info  closing signal=SIGINT', 'info  closed']);
  });

  it('goes on when its bot uses a turn that has ended, and says who ends the process', async () => {
    const bot = start({ Bot: fileURLToPath(new URL('./bots/fixtures/recklessBot.ts', import.meta.url)) });
    await bot.printed('no Microsoft credentials');
    const [url = ''] = /http:[^"]*\/api\/messages/.exec(bot.output()) ?? [];
    const say = (text: string): Promise<string> => {
      const ids = { from: { id: 'me' }, recipient: { id: 'bot' }, conversation: { id: 'one' } };
      const activity = { type: 'message', deliveryMode: 'expectReplies', channelId: 'emulator', serviceUrl: url, text };
      const [headers, body] = [{ 'content-type': 'application/json' }, JSON.stringify({ ...activity, ...ids })];
      return fetch(url, { method: 'POST', headers, body }).then((answer) => answer.text(), String);
    };
    expect(await say('late')).to.contain('You said late.');
    await bot.printed("a turn's context was used after its end");
    expect(await say('hi')).to.contain('You said hi.');
    await say('exit');
    expect(await bot.ended).to.deep.equal({ code: 0, signal: null });
    expect(bot.output()).to.match(/The process was ended by process\.exit\(0\).*recklessBot\.ts:7/);
  });

  describe('while another one takes over its store, because it stood still and somebody removed its lock', () => {
    const folder = useFolder();

    it('ends with exit code 1 and says why', async () => {
      const settings = { StorePath: folder.path('bot.db') };
      const first = start(settings);
      await first.printed('no Microsoft credentials');
      first.kill('SIGSTOP');
      rmSync(folder.path('bot.db-lock'));
      const second = start(settings);
      await second.printed('no Microsoft credentials');
      first.kill('SIGCONT');
      expect(await first.ended).to.deep.equal({ code: 1, signal: null });
      const lines = first.output().trim().split('\n');
      const said = (text: string) => lines.findIndex((line) => line.includes(text));
      expect(said('"reason":"notOwner"')).to.be.above(-1).and.below(said('"msg":"closing"'));
      expect(lines[said('"msg":"closing"')]).to.contain('"why":"another process has taken over the store"');
      expect(lines.at(-1)).to.contain('"msg":"closed"');
    });
  });

  describe('whose store is moved away and put back', () => {
    const folder = useFolder();

    it('answers 503 and says why, and goes on when it is back', async () => {
      const bot = start({ StorePath: folder.path('bot.db') });
      await bot.printed('no Microsoft credentials');
      const url = /"messages":"([^"]+)"/.exec(bot.output())?.[1] ?? '';
      const post = async (id: string) => {
        const people = { from: { id: 'user' }, recipient: { id: 'bot' }, conversation: { id: 'c' } };
        const more = { type: 'event', id, channelId: 'emulator', serviceUrl: 'http://127.0.0.1:1', ...people };
        const headers = { 'content-type': 'application/json' };
        return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(more) })).status;
      };
      const ready = async () => (await fetch(new URL('/readyz', url))).text();
      expect(await post('1')).to.equal(200);
      renameSync(folder.path('bot.db'), folder.path('moved.db'));
      expect(await post('2')).to.equal(503);
      expect(await ready()).to.contain('"status":"store detached"');
      expect(bot.output()).to.contain('bot.db is gone');
      renameSync(folder.path('moved.db'), folder.path('bot.db'));
      while (!(await ready()).includes('"ready"'));
      expect(await post('2')).to.equal(200);
    });
  });
});
