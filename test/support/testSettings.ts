import { readSettings } from '../../helpers/settings/settings.ts';
import type { Settings } from '../../helpers/settings/types.ts';

/** The settings of a bot on a free loopback port that nothing outside the test has a say in. The events of most tests are from January 2026. */
export function testSettings(env: Readonly<Record<string, string>> = {}, ownSettings?: unknown): Settings {
  const noFile = () => {
    throw Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
  };
  return readSettings({
    env: { BotRole: 'primary', Port: '0', Host: '127.0.0.1', EventTimes: 'unchecked', ...env },
    readFile: noFile,
    ownSettings,
  });
}
