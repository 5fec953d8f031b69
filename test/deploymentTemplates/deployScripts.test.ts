import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readTemplate, readTemplateText } from './armTemplate.ts';
import { azCallsIn } from './azCallsIn.ts';
import {
  argumentsOf,
  bashScript,
  canRun,
  powerShellScript,
  runScript,
  type DeployOptions,
  type DeployRun,
} from './deployScript.ts';

const secrets = {
  PRIMARY_FACEBOOK_APP_SECRET: 'fake-"app"-\\secret\\-1',
  PRIMARY_FACEBOOK_PAGE_TOKEN: 'fake-page-token-1',
  PRIMARY_OWN_SETTINGS: '{"MyApiKey":"fake-\\"key\\""}',
  SECONDARY_FACEBOOK_APP_SECRET: 'fake-app-secret-2',
  SECONDARY_FACEBOOK_PAGE_TOKEN: 'fake-page-token-2',
};
const group = { resourceGroup: 'handover' };

// Bash is everywhere deploy.sh is for; PowerShell is not, and then nothing here runs deploy.ps1.
const scripts = [bashScript, powerShellScript];
if (!canRun(powerShellScript) && process.platform !== 'win32') {
  after(
    () => void process.stdout.write('\n  No PowerShell (pwsh) was found, so deploy.ps1 was compared but not run.\n'),
  );
}

for (const script of scripts.filter(canRun)) {
  describe(`deploymentTemplates/${script.name}, with a stand-in for the Azure CLI`, () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'deploy-'));
      mkdirSync(join(folder, 'tmp'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const run = (args: readonly string[], env: Record<string, string> = secrets): Promise<DeployRun> =>
      runScript(script, args, folder, env);
    const deploy = (options: DeployOptions, env?: Record<string, string>): Promise<DeployRun> =>
      run(argumentsOf(script, { ...options, out: join(folder, 'tokens') }), env);

    it('deploys the same template twice and ends with the callback URLs and the next step', async () => {
      const { code, out, err, calls } = await deploy({ ...group, location: 'westeurope' });
      expect([code, err]).to.deep.equal([0, '']);
      expect(calls[0]).to.equal('group create --name handover --location westeurope --output none');
      const creations = calls.filter((call) => call.startsWith('deployment group create'));
      expect(creations).to.have.length(2);
      for (const [index, role] of ['primary', 'secondary'].entries()) {
        expect(creations[index]).to.contain(`--name handover-${role}`).and.to.contain(`${role}.parameters.json`);
        expect(out).to.contain(`Callback URL   https://facebook.botframework.com/api/v1/bots/my-handover-${role}`);
        expect(out).to.contain(`https://my-handover-${role}-abc.azurewebsites.net`);
      }
      expect(out).to.match(/Configure webhooks[\s\S]*standby[\s\S]*npm run doctor/);
    });

    it('asks for the verify token of the bot that it deployed', async () => {
      const { calls } = await deploy({ ...group, only: 'secondary' }, secrets);
      const channel =
        'https://management.azure.com/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/handover/providers/' +
        'Microsoft.BotService/botServices/my-handover-secondary/channels/FacebookChannel/listChannelWithKeys?api-version=2022-09-15';
      expect(calls.at(-1)).to.equal(
        `rest --method post --url ${channel} --query resource.properties.verifyToken || properties.properties.verifyToken --output tsv`,
      );
    });

    it('keeps the verify tokens in files that only the user can read, and prints them only when asked', async () => {
      const { out } = await deploy(group);
      expect(out).not.to.contain('a-fake-verify-token');
      for (const role of ['primary', 'secondary']) {
        const file = join(folder, 'tokens', role);
        expect(readFileSync(file, 'utf8')).to.equal(`a-fake-verify-token-of-${role}\n`);
        expect(statSync(file).mode & 0o777).to.equal(0o600);
      }
      expect(statSync(join(folder, 'tokens')).mode & 0o777).to.equal(0o700);
      expect((await deploy({ ...group, printVerifyTokens: true })).out).to.contain('a-fake-verify-token-of-secondary');
    });

    it('writes the tokens again into a folder of an earlier run', async () => {
      await deploy(group);
      expect((await deploy(group)).code).to.equal(0);
      expect(readdirSync(join(folder, 'tokens'))).to.have.members(['primary', 'secondary']);
    });

    it('leaves a folder, a file or a link that others made as it is, and calls nobody', async () => {
      const tokens = join(folder, 'tokens');
      const shared = join(folder, 'shared');
      mkdirSync(shared, { mode: 0o755 });
      writeFileSync(join(shared, 'primary'), 'precious');
      const makers: Record<string, () => void> = {
        'a folder that others may enter': () => cpSync(shared, tokens, { recursive: true }),
        'a folder with something else in it': () => {
          mkdirSync(tokens, { mode: 0o700 });
          writeFileSync(join(tokens, 'notes'), 'precious');
        },
        'a link to a folder': () => symlinkSync(shared, tokens),
        'a link to nowhere': () => symlinkSync(join(folder, 'nowhere'), tokens),
        'a file': () => writeFileSync(tokens, 'precious'),
      };
      for (const [what, make] of Object.entries(makers)) {
        make();
        const { code, err, calls } = await deploy(group);
        expect(code, what).not.to.equal(0);
        expect(err, what).to.contain('was not made by this script');
        expect(calls, what).to.deep.equal([]);
        rmSync(tokens, { recursive: true });
      }
      expect(readFileSync(join(shared, 'primary'), 'utf8')).to.equal('precious');
      expect(statSync(shared).mode & 0o777).to.equal(0o755);
    });

    it('refuses a secret with a line break in it without repeating it', async () => {
      const { code, err, calls } = await deploy(group, { ...secrets, PRIMARY_FACEBOOK_APP_SECRET: 'fake\nsecret' });
      expect(code).not.to.equal(0);
      expect(err).to.contain('PRIMARY_FACEBOOK_APP_SECRET').and.not.to.contain('fake');
      expect(calls).to.deep.equal([]);
    });

    it('hands secrets to az in a private file that is gone afterwards, never in its arguments', async () => {
      const { calls, given, out } = await deploy(group);
      for (const secret of Object.values(secrets)) expect(calls.join() + out).not.to.contain(secret);
      expect(given).to.have.length(2);
      for (const [index, { mode, path, json }] of given.entries()) {
        const { parameters } = JSON.parse(json) as { parameters: Record<string, { value: string }> };
        expect(mode).to.equal('-rw-------');
        const role = index === 0 ? 'PRIMARY' : 'SECONDARY';
        expect(parameters['facebookAppSecret']!.value).to.equal(secrets[`${role}_FACEBOOK_APP_SECRET`]);
        expect(parameters['facebookPageToken']!.value).to.equal(secrets[`${role}_FACEBOOK_PAGE_TOKEN`]);
        expect(parameters['microsoftAppPassword']!.value).to.equal('');
        expect(parameters['ownSettings']!.value).to.equal(index === 0 ? secrets.PRIMARY_OWN_SETTINGS : '');
        const known = readTemplate('template-with-preexisting-rg.json').parameters;
        for (const name of Object.keys(parameters)) expect(known[name]!.type).to.equal('securestring');
        expect(existsSync(path)).to.equal(false);
      }
      expect(readdirSync(join(folder, 'tmp'))).to.deep.equal([]);
    });

    it('only looks when it is asked what would change', async () => {
      const { code, out, calls } = await deploy({ ...group, location: 'westeurope', whatIf: true });
      expect(code).to.equal(0);
      expect(calls).to.have.length(2);
      for (const call of calls) expect(call).to.match(/^deployment group what-if /);
      expect(out).to.contain('13 to create').and.not.to.contain('Next,');
      expect(existsSync(join(folder, 'tokens'))).to.equal(false);
    });

    it('deploys one bot alone, and its code with it', async () => {
      const { calls } = await deploy(
        { ...group, only: 'secondary', zip: script.path },
        {
          SECONDARY_FACEBOOK_APP_SECRET: 'fake-app-secret-2',
          SECONDARY_FACEBOOK_PAGE_TOKEN: 'fake-page-token-2',
        },
      );
      expect(calls.filter((call) => call.startsWith('deployment group create'))).to.have.length(1);
      expect(calls.find((call) => call.startsWith('webapp deploy'))).to.contain('--name my-handover-secondary-abc');
    });

    it('says which secrets are missing, all at once, and calls nobody', async () => {
      const { code, err, calls } = await deploy(group, { PRIMARY_FACEBOOK_APP_SECRET: 'fake-app-secret-1' });
      expect(code).not.to.equal(0);
      expect(calls).to.deep.equal([]);
      expect(err).to.match(
        /PRIMARY_FACEBOOK_PAGE_TOKEN.*SECONDARY_FACEBOOK_APP_SECRET.*SECONDARY_FACEBOOK_PAGE_TOKEN/s,
      );
      expect(err).not.to.contain('fake-app-secret-1');
    });

    const steps = ['deployment group create', 'outputs.siteName', 'webapp deploy', 'account show', 'verifyToken'];
    for (const step of steps) {
      it(`stops when az fails at ${step}, and leaves no secrets behind`, async () => {
        const { code, calls, out, err } = await deploy(
          { ...group, zip: script.path },
          { ...secrets, AZ_FAILS_AT: step },
        );
        expect(code).not.to.equal(0);
        expect(calls.at(-1)).to.contain(step);
        expect(calls.some((call) => call.includes('handover-secondary'))).to.equal(false);
        expect(err).to.contain('the stand-in fails');
        expect(out).not.to.contain('Next,');
        expect(readdirSync(join(folder, 'tmp'))).to.deep.equal([]);
        expect(existsSync(join(folder, 'tokens'))).to.equal(false);
      });
    }

    it('says so when Azure tells no callback URL, in place of an empty line', async () => {
      const { code, out, err } = await deploy(group, { ...secrets, AZ_IS_SILENT_AT: 'callbackUrl' });
      expect(code).not.to.equal(0);
      expect(err).to.contain('callbackUrl');
      expect(out).not.to.contain('Callback URL');
    });

    for (const [what, args] of Object.entries({
      'no resource group': [],
      'an option that does not exist': [...argumentsOf(script, group), '--everything'],
      'an option without its value': [script.spelling.resourceGroup],
      'a bot that does not exist': argumentsOf(script, { ...group, only: 'third' }),
      'a zip file that does not exist': argumentsOf(script, { ...group, zip: '/nowhere.zip' }),
    })) {
      it(`refuses ${what}`, async () => {
        const { code, calls, err } = await run(args);
        expect(code).not.to.equal(0);
        expect(calls).to.deep.equal([]);
        expect(err).not.to.equal('');
      });
    }
  });
}

describe('deploymentTemplates/deploy.sh and deploy.ps1', () => {
  const [bash, powershell] = [readTemplateText('deploy.sh'), readTemplateText('deploy.ps1')];

  it('make the same calls in the same order, with the same options', () => {
    const calls = azCallsIn(bash);
    expect(calls.map(({ command }) => command)).to.deep.equal([
      'group create',
      'deployment group what-if',
      'deployment group create',
      'deployment group show',
      'webapp deploy',
      'account show',
      'rest',
    ]);
    expect(calls[2]!.options).to.deep.equal([
      '--resource-group',
      '--name',
      '--template-file',
      '--parameters',
      '--parameters',
      '--output',
    ]);
    expect(azCallsIn(powershell)).to.deep.equal(calls);
  });

  it('ask the same of what Azure answers', () => {
    const asked = (source: string): string[] =>
      [
        ...source.matchAll(
          /(?:resource\.properties|properties\.outputs)[^"']*|listChannelWithKeys\?api-version=[\d-]+/g,
        ),
      ].map(([part]) => part.replaceAll('$Name', '$1'));
    expect(asked(bash)).to.have.length(3);
    expect(asked(powershell)).to.deep.equal(asked(bash));
  });

  it('fill the same secure parameters from the same variables', () => {
    const pairs = (source: string): string[] =>
      [
        ...source.matchAll(
          /(facebook\w+|microsoft\w+|ownSettings)\W[^\n]*?\b(FACEBOOK_\w+|MICROSOFT_\w+|OWN_SETTINGS)/g,
        ),
      ].map(([, parameter = '', variable = '']) => `${parameter} from ${variable}`);
    expect(pairs(bash)).to.have.length(4);
    expect(pairs(powershell)).to.deep.equal(pairs(bash));
  });

  it('end with the same words', () => {
    const next = (source: string): string => /Next, for each Meta app[\s\S]*?is well\./.exec(source)![0];
    expect(next(powershell)).to.equal(next(bash));
  });

  // PowerShell itself goes on when a program fails.
  it('look at the result of every program that PowerShell runs', () => {
    const code = powershell.replaceAll(/<#[\s\S]*?#>|@'[\s\S]*?'@/g, '').replaceAll(/^\s*#.*$/gm, '');
    const programs = [...code.matchAll(/(?:^|[=|(;{])\s*(az|chmod|icacls) /gm)].map(([, program]) => program);
    expect(programs).to.deep.equal(['az', 'icacls', 'chmod', 'chmod']);
    expect(code.split('$LASTEXITCODE -ne 0').length - 1).to.equal(3);
  });
});
