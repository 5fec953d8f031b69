import { expect } from 'chai';
import { botEnvironment } from '../../playground/botEnvironment.ts';

describe('The environment of a bot of the playground', () => {
  const planted = { FacebookPageToken: 'a-planted-token', HTTPS_PROXY: 'http://127.0.0.1:9', NODE_ENV: 'production' };
  const before = { ...process.env };
  afterEach(() => {
    for (const name of [...Object.keys(planted), 'NODE_COMPILE_CACHE']) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  });

  it('has its settings, a store in memory and what Node compiled, and nothing of the user', () => {
    Object.assign(process.env, planted, { NODE_COMPILE_CACHE: '/compiled' });
    const { SystemRoot: _ofWindows, ...environment } = botEnvironment({ BotRole: 'primary' });
    expect(environment).to.deep.equal({
      BotRole: 'primary',
      // The emulator's clock can be put forward.
      EventTimes: 'unchecked',
      StorePath: ':memory:',
      NODE_COMPILE_CACHE: '/compiled',
    });
  });
});
