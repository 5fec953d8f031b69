import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';

describe('A call that is copied as curl', () => {
  let asCurl: (event: object) => string;
  before(async () => {
    Object.assign(globalThis, { location: { origin: 'http://127.0.0.1:4600' } });
    // By its address: the types of a browser are not those of the tests.
    const page = new URL('../../emulator/page/copies.js', import.meta.url).href;
    ({ asCurl } = (await import(page)) as { asCurl: typeof asCurl });
  });
  after(() => Reflect.deleteProperty(globalThis, 'location'));

  const call = (more: object): string =>
    asCurl({ type: 'graphCall', method: 'GET', path: '/v27.0/app/subscriptions', params: {}, ...more });
  /** What the shell gives to curl. */
  const script = (command: string): string => `curl() { printf '%s\\n' "$@"; }\n${command}`;

  it('takes the app of the call in place of a token', () => {
    expect(execFileSync('sh', ['-c', script(call({ appId: '7' }))]).toString()).to.contain(
      'Authorization: Bearer as-app-7',
    );
  });

  it('says which token it needs when that is not known, and calls nothing without it', () => {
    const env = { PATH: process.env['PATH'] };
    const without = spawnSync('sh', ['-c', script(call({}))], { env });
    expect(without.status).not.to.equal(0);
    expect(without.stdout.toString()).to.equal('');
    expect(without.stderr.toString()).to.match(/ACCESS_TOKEN.*<app id>\|<app secret>.*page token/);
    const given = spawnSync('sh', ['-c', script(call({ method: 'POST' }))], {
      env: { ...env, ACCESS_TOKEN: '1|fake' },
    });
    expect(given.stdout.toString()).to.contain('Authorization: Bearer 1|fake');
  });
});
