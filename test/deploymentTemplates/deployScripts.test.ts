import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readTemplate, readTemplateText } from './armTemplate.ts';

const script = fileURLToPath(new URL('../../deploymentTemplates/deploy.sh', import.meta.url));
const fakeAz = fileURLToPath(new URL('fixtures', import.meta.url));
const secrets = {
  PRIMARY_FACEBOOK_APP_SECRET: 'fake-"app"-secret-1',
  PRIMARY_FACEBOOK_PAGE_TOKEN: 'fake-page-token-1',
  SECONDARY_FACEBOOK_APP_SECRET: 'fake-app-secret-2',
  SECONDARY_FACEBOOK_PAGE_TOKEN: 'fake-page-token-2',
};

// Bash is everywhere this script is for; on Windows deploy.ps1 takes its place.
const describeWithBash = process.platform === 'win32' ? () => undefined : describe;
describeWithBash('deploymentTemplates/deploy.sh, with a stand-in for the Azure CLI', () => {
  let folder: string;
  const temporary = (): string => join(folder, 'tmp');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'deploy-'));
    mkdirSync(temporary());
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function deploy(args: readonly string[], env: Record<string, string> = secrets) {
    const child = spawn('bash', [script, ...args, '--out', join(folder, 'tokens')], {
      env: {
        PATH: `${fakeAz}:${process.env['PATH'] ?? ''}`,
        AZ_LOG: join(folder, 'log'),
        AZ_SECRETS: join(folder, 'secrets'),
        TMPDIR: temporary(),
        ...env,
      },
    });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    const read = (name: string): string =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
    return { code, out, err, calls: read('log').trim().split('\n').filter(Boolean), given: read('secrets') };
  }
  const group = ['--resource-group', 'handover'] as const;

  it('deploys the same template twice and ends with the callback URLs and the next step', async () => {
    const { code, out, calls } = await deploy([...group, '--location', 'westeurope']);
    expect(code).to.equal(0);
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

  it('keeps the verify tokens in files that only the user can read, and prints them only when asked', async () => {
    const { out } = await deploy(group);
    expect(out).not.to.contain('a-fake-verify-token');
    for (const role of ['primary', 'secondary']) {
      const file = join(folder, 'tokens', role);
      expect(readFileSync(file, 'utf8')).to.equal(`a-fake-verify-token-of-${role}\n`);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    }
    expect(statSync(join(folder, 'tokens')).mode & 0o777).to.equal(0o700);
    expect((await deploy([...group, '--print-verify-tokens'])).out).to.contain('a-fake-verify-token-of-secondary');
  });

  it('hands secrets to az in a private file that is gone afterwards, never in its arguments', async () => {
    const { calls, given, out } = await deploy(group);
    for (const secret of Object.values(secrets)) expect(calls.join() + out).not.to.contain(secret);
    const files = given.trim().split('\n');
    expect(files).to.have.length(2);
    for (const [index, line] of files.entries()) {
      const [, mode, json = ''] = /^secrets (\S+) (.*)$/.exec(line) ?? [];
      const { parameters } = JSON.parse(json) as { parameters: Record<string, { value: string }> };
      expect(mode).to.equal('-rw-------');
      const role = index === 0 ? 'PRIMARY' : 'SECONDARY';
      expect(parameters['facebookAppSecret']!.value).to.equal(secrets[`${role}_FACEBOOK_APP_SECRET`]);
      expect(parameters['facebookPageToken']!.value).to.equal(secrets[`${role}_FACEBOOK_PAGE_TOKEN`]);
      const known = readTemplate('template-with-preexisting-rg.json').parameters;
      for (const name of Object.keys(parameters)) expect(known[name]!.type).to.equal('securestring');
    }
    const paths = calls.flatMap((call) => [...call.matchAll(/@(\S*\/tmp\.\S+)/g)].map(([, path = '']) => path));
    for (const path of paths) expect(existsSync(path)).to.equal(false);
    expect(readdirSync(temporary())).to.deep.equal([]);
  });

  it('only looks with --what-if', async () => {
    const { code, out, calls } = await deploy([...group, '--location', 'westeurope', '--what-if']);
    expect(code).to.equal(0);
    expect(calls).to.have.length(2);
    for (const call of calls) expect(call).to.match(/^deployment group what-if /);
    expect(out).to.contain('13 to create').and.not.to.contain('Next,');
    expect(existsSync(join(folder, 'tokens'))).to.equal(false);
  });

  it('deploys one bot with --only, and its code with --zip', async () => {
    const { calls } = await deploy([...group, '--only', 'secondary', '--zip', script], {
      SECONDARY_FACEBOOK_APP_SECRET: 'fake-app-secret-2',
      SECONDARY_FACEBOOK_PAGE_TOKEN: 'fake-page-token-2',
    });
    expect(calls.filter((call) => call.startsWith('deployment group create'))).to.have.length(1);
    expect(calls.find((call) => call.startsWith('webapp deploy'))).to.contain('--name my-handover-secondary-abc');
  });

  it('says which secrets are missing, all at once, and calls nobody', async () => {
    const { code, err, calls } = await deploy(group, { PRIMARY_FACEBOOK_APP_SECRET: 'fake-app-secret-1' });
    expect([code, calls]).to.deep.equal([2, []]);
    expect(err).to.match(/PRIMARY_FACEBOOK_PAGE_TOKEN.*SECONDARY_FACEBOOK_APP_SECRET.*SECONDARY_FACEBOOK_PAGE_TOKEN/);
    expect(err).not.to.contain('fake-app-secret-1');
  });

  it('stops at the first thing that fails, and leaves no secrets behind', async () => {
    const { code, calls, out } = await deploy(group, { ...secrets, AZ_FAILS_AT: 'deployment group create' });
    expect(code).not.to.equal(0);
    expect(calls).to.have.length(1);
    expect(out).not.to.contain('Next,');
    const path = /@(\S*\/tmp\.\S+)/.exec(calls[0]!)![1]!;
    expect(existsSync(path)).to.equal(false);
  });

  for (const [what, args] of Object.entries({
    'no resource group': [],
    'an option that does not exist': [...group, '--everything'],
    'an option without its value': ['--resource-group'],
    'a bot that does not exist': [...group, '--only', 'third'],
    'a zip file that does not exist': [...group, '--zip', '/nowhere.zip'],
  })) {
    it(`refuses ${what}`, async () => {
      const { code, calls, err } = await deploy(args);
      expect([code, calls]).to.deep.equal([2, []]);
      expect(err).not.to.equal('');
    });
  }
});

describe('deploymentTemplates/deploy.ps1', () => {
  const [bash, powershell] = [readTemplateText('deploy.sh'), readTemplateText('deploy.ps1')];

  it('makes the same calls as deploy.sh', () => {
    const callsIn = (source: string): string[] =>
      [
        ...new Set(
          [...source.replaceAll(/#.*$/gm, '').matchAll(/\baz ((?:[a-z]+(?:-[a-z]+)* )+)/g)].map(([, call = '']) =>
            call.trim(),
          ),
        ),
      ].sort();
    expect(callsIn(powershell)).to.deep.equal(callsIn(bash));
    for (const part of ['template-with-preexisting-rg.json', 'listChannelWithKeys?api-version=2022-09-15']) {
      expect(powershell).to.contain(part);
      expect(bash).to.contain(part);
    }
  });

  it('reads the same secrets and ends with the same words', () => {
    for (const name of ['FACEBOOK_APP_SECRET', 'FACEBOOK_PAGE_TOKEN', 'MICROSOFT_APP_PASSWORD']) {
      expect(powershell).to.contain(`'${name}'`);
    }
    const next = (source: string): string => /Next, for each Meta app[\s\S]*?is well\./.exec(source)![0];
    expect(next(powershell)).to.equal(next(bash));
  });

  it('has brackets that close', () => {
    const code = powershell
      .replaceAll(/<#[\s\S]*?#>|@'[\s\S]*?'@/g, '')
      .replaceAll(/'[^'\n]*'/g, '')
      .replaceAll(/#.*$/gm, '');
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => pair.split(''))) {
      expect(code.split(open!).length, open).to.equal(code.split(close!).length);
    }
  });
});
