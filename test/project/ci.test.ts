import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readYaml } from '../support/readYaml.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}
interface Job {
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number;
  readonly if?: string;
  readonly permissions?: Record<string, string>;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly Step[];
}

const path = '.github/workflows/ci.yml';
const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { jobs, permissions } = readYaml(path) as { jobs: Record<string, Job>; permissions: Record<string, string> };
const runsOf = (job: string): string[] => jobs[job]!.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

describe('the CI workflow', () => {
  it('tests on Node 24 and 26, and asserts which one really ran', () => {
    expect(jobs['test']!.strategy?.matrix.node).to.deep.equal([24, 26]);
    expect(runsOf('test')[0]).to.equal('npm ci --omit=optional');
    expect(runsOf('test')[1]).to.contain('launch.js').and.to.contain('"version":"${{ matrix.node }}.');
    expect(runsOf('test').slice(-2)).to.deep.equal(['npm test', 'npm run test:programs']);
    expect(runsOf('older-node')).to.include.members(['npm ci', 'npm test', 'npm run test:programs']);
    expect(runsOf('check')).to.include('npm run check');
  });

  it('pins every action by commit, with its version behind it', () => {
    const uses = [...text.matchAll(/uses: (\S+)(.*)/g)];
    expect(uses).not.to.be.empty;
    for (const [, action = '', comment = ''] of uses) {
      expect(action).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(comment).to.match(/^ # v\d+\.\d+\.\d+$/);
    }
    const pins = new Set(uses.map(([, action = '']) => action));
    expect(new Set([...pins].map((pin) => pin.split('@')[0])).size, 'one pin for each action').to.equal(pins.size);
  });

  it('checks the packages for known holes and for their signatures', () => {
    expect(runsOf('packages')).to.include.members(['npm audit --audit-level=high', 'npm audit signatures']);
    expect(runsOf('packages').join()).to.contain('npm sbom --sbom-format cyclonedx');
  });

  it('runs each week too, and has its pins moved on', () => {
    expect(text).to.match(/schedule:\n\s+- cron: /);
    const { updates } = readYaml('.github/dependabot.yml') as { updates: { 'package-ecosystem': string }[] };
    expect(updates.map((update) => update['package-ecosystem'])).to.deep.equal(['npm', 'docker', 'github-actions']);
  });

  it('may only read, keeps no token in the checkout, and ends by itself', () => {
    expect(permissions).to.deep.equal({ contents: 'read' });
    for (const [name, job] of Object.entries(jobs)) {
      expect(job['timeout-minutes'], name).to.be.a('number');
      const checkout = job.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkout?.with, name).to.deep.equal({ 'persist-credentials': false });
    }
  });

  it('reads both deployment scripts with their own tools, and runs both', () => {
    const [shellcheck, parse, , run] = runsOf('scripts');
    expect(shellcheck).to.equal('shellcheck deploymentTemplates/deploy.sh');
    expect(parse).to.contain('deploymentTemplates/deploy.ps1').and.to.contain('if ($errors) { exit 1 }');
    expect(run).to.contain('pwsh').and.to.contain('test/deploymentTemplates/deployScripts.test.ts');
  });

  it('asks Azure only where there is a subscription, and never for a pull request', () => {
    expect(jobs['what-if']!.if).to.contain("vars.AZURE_CLIENT_ID != ''").and.to.contain('pull_request');
    expect(jobs['what-if']!.permissions).to.deep.equal({ contents: 'read', 'id-token': 'write' });
    expect(runsOf('what-if').join()).to.contain('--what-if');
  });

  it('puts nothing that others write into a shell', () => {
    for (const job of Object.keys(jobs)) {
      for (const run of runsOf(job)) expect(run).not.to.match(/\$\{\{\s*github\./);
    }
  });
});
