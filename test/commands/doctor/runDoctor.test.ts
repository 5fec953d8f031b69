import { expect } from 'chai';
import { createBot } from '../../../bots/samples/createBot.ts';
import { allChecks } from '../../../commands/doctor/allChecks.ts';
import { runDoctor } from '../../../commands/doctor/runDoctor.ts';
import { readSettings } from '../../../helpers/settings/settings.ts';
import { createBotServer } from '../../../server.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';
import { recordingTerminal } from '../../support/recordingTerminal.ts';
import { testSettings } from '../../support/testSettings.ts';
import { brokenSetups, noMicrosoft, webhook } from './brokenSetups.ts';
import { startStage, type DoctorRun, type HealthyScene, type Stage } from './healthyScene.ts';

/** What is not well. */
const complaints = ({ findings }: DoctorRun): string[] =>
  findings.filter(({ state }) => state === 'fail' || state === 'warn').map(({ id, state }) => `${state} ${id}`);
const stateOf = ({ findings }: DoctorRun, id: string): string | undefined =>
  findings.find((finding) => finding.id === id)?.state;

describe('npm run doctor', () => {
  let stage: Stage;
  let scene: HealthyScene;

  before(async () => (stage = await startStage()));
  after(() => stage.close());
  beforeEach(async () => (scene = await stage.scene()));

  it('finds nothing wrong with a primary bot that is well', async () => {
    const run = await scene.run();
    expect(complaints(run)).to.deep.equal([]);
    expect([run.code, run.verdict]).to.deep.equal([0, 'healthy']);
    expect(run.findings.map(({ id }) => id)).to.deep.equal(allChecks.map(({ id }) => id));
    const untold = run.findings.filter(({ state }) => state === 'unknown').map(({ id }) => id);
    expect(untold).to.deep.equal(['role.thread']);
  });

  it('finds nothing wrong with a secondary bot that is well', async () => {
    scene.bot = scene.secondary;
    const run = await scene.run();
    expect(complaints(run)).to.deep.equal([]);
    expect(run.code).to.equal(0);
  });

  it('only reads: nothing at Meta is different afterwards', async () => {
    const before = JSON.stringify(scene.platform.emulator.account(scene.bot.app.id));
    const past = scene.platform.emulator.events().at(-1)?.id ?? 0;
    await scene.run();
    expect(JSON.stringify(scene.platform.emulator.account(scene.bot.app.id))).to.equal(before);
    const posts = scene.platform.emulator
      .events()
      .filter(
        (event) =>
          event.id > past &&
          event.type === 'graphCall' &&
          event.method === 'POST' &&
          !JSON.stringify(event).includes('batch'),
      );
    expect(posts).to.deep.equal([]);
  });

  it('has at least 25 ways to be broken, and knows each', () => {
    expect(brokenSetups.length).to.be.at.least(25);
    const known = allChecks.map(({ id }) => id);
    for (const { id } of brokenSetups) expect(known).to.include(id);
  });

  for (const { what, id, state, says, breakIt } of brokenSetups) {
    it(`names exactly ${id} for ${what}`, async () => {
      breakIt(scene);
      const run = await scene.run();
      expect(complaints(run)).to.deep.equal([`${state} ${id}`]);
      expect([run.code, run.verdict]).to.deep.equal(state === 'fail' ? [2, 'broken'] : [1, 'doubtful']);
      const finding = run.findings.find((one) => one.id === id)!;
      expect('fix' in finding ? finding.fix : '').not.to.equal('');
      expect(JSON.stringify(finding)).to.match(says);
      const said = run.text + (await scene.say());
      for (const secret of secretsOf(scene)) expect(said).not.to.contain(secret);
    });
  }

  it('tells which Page the bot learns when FacebookPageId is not set', async () => {
    scene.env['FacebookPageId'] = '';
    const { findings, code } = await scene.run();
    const found = findings.find(({ id }) => id === 'token.pageId');
    expect(found).to.include({ state: 'unknown' });
    expect(found?.says).to.contain(scene.platform.emulator.pageId);
    expect(code).to.equal(0);
  });

  it('shows a person the same with the fix under what it fixes', async () => {
    scene.platform.emulator.changeAccount(scene.bot.app.id, { pageFields: ['messages'] });
    const text = await scene.say();
    expect(text).to.contain('FAIL');
    expect(text).to.match(/sends standby: not subscribed.*\n +> Run npm run doctor -- --fix/);
    expect(text).to.match(/\d+ ok, 1 to look at, 3 wrong, 1 unknown: broken\.$/);
  });

  it('shows a person what waits for the broken thing in one line, and ends with the name of that thing', async () => {
    scene.env['FacebookAppSecret'] = 'emulated-app-secret-of-secondary';
    const text = await scene.say();
    expect(text).to.contain(
      'unknown  9 checks: cannot be checked until this is fixed: the app id and the app secret belong together',
    );
    expect(text.match(/cannot be checked/g)).to.have.length(3);
    expect(text).to.match(/\nProblems: the app id and the app secret belong together\.\n\d+ ok, .* broken\.$/);
    expect((await scene.run()).findings).to.have.length(allChecks.length);
  });

  it('tells who owns the thread of a customer who was named', async () => {
    const { emulator } = scene.platform;
    scene.args = [...scene.args, '--user', emulator.customers[0]!];
    const idle = await scene.run();
    expect([stateOf(idle, 'role.thread'), idle.code]).to.deep.equal(['ok', 0]);
    expect(idle.text).to.contain('nobody owns it');
    emulator.customer().say('hi');
    expect((await scene.run()).text).to.contain(`app ${scene.primary.app.id} owns it`);
    scene.bot = scene.secondary;
    expect((await scene.run()).text).to.contain('this is not the default app');
  });

  it('calls a role that does not fit wrong where the classic protocol decides', async () => {
    const classic = await startStage('classic');
    try {
      scene = await classic.scene();
      const well = await scene.run();
      expect(complaints(well)).to.deep.equal(['warn routing.mode']);
      scene.env['BotRole'] = 'secondary';
      expect(complaints(await scene.run())).to.deep.equal(['warn routing.mode', 'fail role.fits']);
    } finally {
      await classic.close();
    }
  });

  it('holds nothing against a set-up that Meta would not tell', async () => {
    scene.platform.emulator.injectFault({
      match: { edge: 'secondary_receivers' },
      fault: { status: 500, type: 'OAuthException', message: 'An unknown error occurred', code: 1 },
    });
    const run = await scene.run();
    expect([stateOf(run, 'role.fits'), run.verdict]).to.deep.equal(['unknown', 'healthy']);
  });

  it('goes on without an address of the bot, and says how to give one', async () => {
    scene.args = [];
    const run = await scene.run();
    expect([run.code, stateOf(run, 'bot.address'), stateOf(run, 'bot.alive')]).to.deep.equal([0, 'unknown', 'unknown']);
    expect(run.text).to.contain('--url https://');
  });

  it('says of a managed identity how to see that it works', async () => {
    Object.assign(scene.env, { MicrosoftAppType: 'UserAssignedMSI', MicrosoftAppPassword: '' });
    const run = await scene.run();
    expect([run.code, stateOf(run, 'azure.login')]).to.deep.equal([0, 'unknown']);
    expect(run.text).to.contain('Test in Web Chat');
  });

  it('finds nothing wrong with a live-chat bot, alone on its Page with the inbox', async () => {
    scene.env['BotRole'] = 'liveChat';
    const run = await scene.run();
    expect([complaints(run), run.code]).to.deep.equal([[], 0]);
    expect(run.text).to.contain('a live-chat bot needs no other');
  });

  const endpoints: Record<string, { without: readonly string[]; says: RegExp }> = {
    "Azure's channel": {
      without: ['FacebookVerifyToken'],
      says: /"Azure Bot Service at \/api\/messages, SingleTenant"/,
    },
    "Messenger's webhook": { without: Object.keys(noMicrosoft), says: /"Messenger's own webhook at \/webhook"/ },
    'both endpoints': { without: [], says: /"Azure Bot Service at [^"]*; Messenger's own webhook at \/webhook"/ },
  };
  for (const [what, { without, says }] of Object.entries(endpoints)) {
    it(`agrees with a bot of this project that is running with ${what}`, async () => {
      Object.assign(scene.env, Object.fromEntries(without.map((name) => [name, ''])));
      const env = Object.entries(scene.bot.settings).filter(([name]) => !without.includes(name));
      const logger = createRecordingLogger();
      const server = await createBotServer(testSettings(Object.fromEntries(env)), { createBot, logger });
      try {
        scene.args = ['--url', server.url];
        if (without.includes('MicrosoftAppId')) webhook({ callbackUrl: `${server.url}/webhook` })(scene);
        const run = await scene.run();
        expect([complaints(run), run.code]).to.deep.equal([[], 0]);
        expect(run.text).to.match(says);
        for (const id of ['bot.messages', 'bot.handshake', 'bot.events']) expect(stateOf(run, id)).to.equal('ok');
      } finally {
        await server.close();
      }
    });
  }

  describe('--fix', () => {
    const fieldsNow = () => scene.platform.emulator.account(scene.bot.app.id).pageFields;
    beforeEach(() => {
      scene.platform.emulator.changeAccount(scene.bot.app.id, { pageFields: ['messages', 'messaging_optins'] });
    });

    it('asks, and changes nothing when the answer is no', async () => {
      const questions: string[] = [];
      scene.confirm = (question) => {
        questions.push(question);
        return Promise.resolve('no');
      };
      scene.args = [...scene.args, '--fix'];
      const run = await scene.run();
      expect([run.code, run.fix?.type]).to.deep.equal([2, 'declined']);
      expect(fieldsNow()).to.deep.equal(['messages', 'messaging_optins']);
      expect(questions).to.have.length(1);
      expect(questions[0]).to.contain('standby').and.to.contain('Emulated Page');
    });

    it('changes nothing where nobody can be asked, and says how to do it then', async () => {
      scene.confirm = () => Promise.resolve('nobody');
      scene.args = [...scene.args, '--fix'];
      expect((await scene.run()).fix?.type).to.equal('nobodyToAsk');
      expect(await scene.say()).to.match(/--fix asks first.*Still missing: .*standby.*--fix --yes/);
      expect(fieldsNow()).to.deep.equal(['messages', 'messaging_optins']);
    });

    it('adds what is missing, keeps what is there, and shows how it is then', async () => {
      scene.confirm = () => Promise.resolve('yes');
      scene.args = [...scene.args, '--fix'];
      const run = await scene.run();
      expect(complaints(run)).to.deep.equal([]);
      expect([run.code, run.fix?.type]).to.deep.equal([0, 'subscribed']);
      expect(fieldsNow()).to.include.members(['messages', 'messaging_optins', 'standby', 'messaging_handovers']);
    });

    it('asks nobody with --yes', async () => {
      scene.confirm = () => Promise.reject(new Error('nobody is there'));
      scene.args = [...scene.args, '--fix', '--yes'];
      expect((await scene.run()).fix?.type).to.equal('subscribed');
      expect((await scene.run()).fix?.type).to.equal('nothingMissing');
    });

    it('does not try with a token that is not well', async () => {
      scene.env['FacebookPageToken'] = 'copied-only-half-of-it';
      scene.args = [...scene.args, '--fix', '--yes'];
      expect((await scene.run()).fix?.type).to.equal('failed');
      expect(fieldsNow()).to.deep.equal(['messages', 'messaging_optins']);
    });

    it('tells when Meta refuses the change', async () => {
      scene.platform.emulator.injectFault({
        match: { edge: 'subscribed_apps', method: 'POST' },
        fault: 'actionNotPermitted',
      });
      scene.args = [...scene.args, '--fix', '--yes'];
      const run = await scene.run();
      expect([run.code, run.fix?.type]).to.deep.equal([2, 'failed']);
    });
  });

  describe('with settings or arguments that are wrong', () => {
    async function runWith(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
      const terminal = recordingTerminal();
      const code = await runDoctor(args, {
        terminal,
        confirm: () => Promise.resolve('no'),
        readSettings: () =>
          readSettings({
            env,
            readFile: () => {
              throw Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
            },
          }),
      });
      return { code, printed: terminal.printed.join('\n'), complained: terminal.complained.join('\n') };
    }

    it('lists every problem of the settings with its fix, and asks nobody', async () => {
      const wrong = { MicrosoftAppType: 'SingelTenant', FacebookAppId: 'x', FACEBOOK_PAGE_TOKEN: 'a-secret-value' };
      const { code, printed } = await runWith(['--json'], wrong);
      const { verdict, findings } = JSON.parse(printed) as DoctorRun;
      expect([code, verdict]).to.deep.equal([2, 'broken']);
      expect(findings.map(({ id }) => id)).to.include.members(['settings.FacebookAppId', 'settings.MicrosoftAppType']);
      expect(printed).not.to.contain('a-secret-value');
      const said = (await runWith([], wrong)).printed;
      expect(said).to.match(/^Settings\n {2}\S*FAIL/);
      expect(said).to.match(/the settings can be used: FacebookAppId in the environment is not a number\n/);
      expect(said).to.match(/\nProblems: the settings can be used\.\n/);
    });

    it('names the page token when the webhook is on without it', async () => {
      const direct = { FacebookAppId: '1', FacebookAppSecret: 'a-secret-value', FacebookVerifyToken: 'a-verify-token' };
      const { code, printed } = await runWith(['--json'], direct);
      expect(code).to.equal(2);
      expect((JSON.parse(printed) as DoctorRun).findings.map(({ id }) => id)).to.deep.equal([
        'settings.FacebookPageToken',
      ]);
      expect(printed).not.to.contain('a-secret-value').and.not.to.contain('a-verify-token');
    });

    const mistakes: Record<string, readonly string[]> = {
      'an option that does not exist': ['--everything'],
      'a url that is none': ['--url', 'bot.example'],
      'a url of another kind': ['--url', 'ftp://bot.example'],
      'a Page that is no id': ['--page', 'my-page'],
      'a customer who is no id': ['--user', 'Carla'],
      '--yes without --fix': ['--yes'],
      'a word that belongs to nothing': ['bot'],
    };
    for (const [what, args] of Object.entries(mistakes)) {
      it(`refuses ${what} with 3`, async () => {
        const { code, complained } = await runWith(args);
        expect(code).to.equal(3);
        expect(complained).to.contain('Usage: npm run doctor');
      });
    }

    it('shows its usage when asked', async () => {
      const { code, printed } = await runWith(['--help']);
      expect(code).to.equal(0);
      expect(printed).to.contain('Exit code');
    });
  });
});

function secretsOf({ platform, bot }: HealthyScene): string[] {
  const ofApps = platform.bots.flatMap(({ app }) => [app.pageToken, app.appSecret, app.verifyToken]);
  return [...ofApps, bot.settings['MicrosoftAppPassword']!, 'not-the-bots-password', 'another-verify-token'];
}
