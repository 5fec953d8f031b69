import { expect } from 'chai';
import { besideBot } from '../../playground/besideBot.ts';

describe('bots/createBot.ts as it comes with the project', () => {
  it('has roles, so that the playground takes both of its bots', () =>
    expect(besideBot(undefined)).to.equal(undefined));
});
