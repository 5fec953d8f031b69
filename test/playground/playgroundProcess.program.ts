import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampleBots } from '../../playground/scenarios.ts';
import { describeTours } from '../support/describeTours.ts';
import { anyPorts, botPidsIn, isRunning, spawnPlayground } from '../support/playgroundProcess.ts';
import type { ProgramProcess } from '../support/programProcess.ts';

describe('npm run playground', () => {
  const processes: ProgramProcess[] = [];
  const play = (...parameters: Parameters<typeof spawnPlayground>): ProgramProcess => {
    const started = spawnPlayground(...parameters);
    processes.push(started);
    return started;
  };
  afterEach(async () => {
    for (const started of processes.splice(0)) {
      started.kill('SIGTERM');
      await started.ended;
    }
  });

  // The tours of all bots in all modes, through both endpoints, are in `test/long/tours.long.ts`.
  describeTours(play, [[['--direct', '--takeover'], 'classic', 15]]);

  it('-- --say shows what comes back, and takes nothing from the settings of the user', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'messenger-handover-test-'));
    try {
      await writeFile(join(directory, '.env'), 'FacebookPageTokn=a-planted-token\nMicrosoftAppType=Nonsense\n');
      const settings = { FacebookPageToken: 'a-planted-token', MicrosoftAppType: 'Nonsense', Nonsense: 1, Port: [] };
      await writeFile(join(directory, 'appsettings.json'), JSON.stringify(settings));
      const planted = { FacebookPageTokn: 'a-planted-token', MicrosoftAppId: 'nonsense', NODE_ENV: 'production' };
      const said = play(['--bot', sampleBots, '--say', 'hi', ...anyPorts], planted, directory);
      const { code } = await said.ended;
      expect(said.output()).to.match(/Carla +says +hi\n/);
      expect(said.output()).to.match(
        /primary +says +Primary bot: Write something or choose what should happen next\.\n/,
      );
      expect(code).to.equal(0);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('-- --nonsense says what is wrong and exits with 2', async () => {
    const wrong = play(['--nonsense']);
    expect(await wrong.ended).to.deep.equal({ code: 2, signal: null });
    expect(wrong.output()).to.equal("Unknown option '--nonsense'. Use --help to see what there is.\n");
  });

  for (const [what, options, bots, ready, signal, code] of [
    ['stops after SIGINT', ['--live-chat'], 1, 'until it is stopped', 'SIGINT', 0],
    ['breaks a tour off after SIGTERM with an exit code of its own', ['--tour'], 2, 'Facebook app', 'SIGTERM', 143],
  ] as const) {
    it(`${what}, and no bot is left`, async () => {
      const started = play([...options, ...anyPorts]);
      await started.printed(ready);
      const pids = botPidsIn(started.output());
      expect(pids.filter(isRunning)).to.have.length(bots);
      started.kill(signal);
      expect(await started.ended).to.deep.equal({ code, signal: null });
      expect(pids.filter(isRunning)).to.deep.equal([]);
    });
  }

  it('takes its bots along when it is killed', async () => {
    const started = play(['--live-chat', '--direct', ...anyPorts]);
    await started.printed('until it is stopped');
    const ports = [...started.output().matchAll(/bot +http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    const lines = ports.map((port) => connect(port, '127.0.0.1'));
    expect(lines).to.have.length(1);
    await Promise.all(lines.map((line) => once(line, 'connect')));
    const closed = lines.map((line) => once(line.resume(), 'close'));
    started.kill('SIGKILL');
    await Promise.all(closed);
    for (const port of ports) {
      const [problem] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
      expect(problem.code).to.equal('ECONNREFUSED');
    }
  });
});
