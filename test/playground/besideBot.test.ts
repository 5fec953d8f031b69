import { expect } from 'chai';
import { besideBot } from '../../playground/besideBot.ts';
import { sampleBots } from '../../playground/scenarios.ts';

describe('the bot beside the one that a user writes', () => {
  it('is the one of the samples when the user gives a module', () => {
    for (const module of ['./my/bot.ts', sampleBots])
      expect(besideBot(module, () => 'export const roles = {};')).to.equal(sampleBots);
  });

  it('is the one of bots/createBot.ts when that has roles', () => {
    for (const text of [
      'export const roles = {',
      'const roles = {};\nexport { createBot, roles };',
      'export {\n  roles,\n} from "./my.ts";',
    ]) {
      expect(
        besideBot(undefined, () => text),
        text,
      ).to.equal(undefined);
    }
  });

  it('is the one of the samples when bots/createBot.ts makes one bot for all roles, which would talk to itself', () => {
    for (const text of [
      'export function createBot() {}',
      '// export const roles = {};\nexport const createBot = () => roles;',
      'const roles = {};',
    ]) {
      expect(
        besideBot(undefined, () => text),
        text,
      ).to.equal(sampleBots);
    }
  });
});
