import { expect } from 'chai';
import { outcomeOfPass, type ThreadOwner } from '../../helpers/threadOwner.ts';

const named = (appId: string): ThreadOwner => ({ owner: 'app', appId });

describe('What the owner of a thread says about a pass', () => {
  const cases: [ThreadOwner, string | undefined, string | undefined, ReturnType<typeof outcomeOfPass>][] = [
    [named('2'), '2', '1', 'passed'],
    [named('2'), '2', undefined, 'passed'],
    [named('2'), undefined, '1', 'passed'],
    [named('1'), '2', '1', 'kept'],
    [named('1'), undefined, '1', 'kept'],
    [named('3'), '2', '1', 'unclear'],
    [named('2'), undefined, undefined, 'unclear'],
    [{ owner: 'idle' }, '2', '1', 'unclear'],
    [{ owner: 'other' }, '2', '1', 'unnamed'],
    [{ owner: 'other' }, undefined, undefined, 'unnamed'],
  ];
  for (const [owner, target = 'nobody in particular', own = 'an unknown app', outcome] of cases) {
    it(`is ${outcome} for ${JSON.stringify(owner)} after ${own} passed it to ${target}`, () => {
      const given = [target, own].map((id) => (/^\d$/.test(id) ? id : undefined));
      expect(outcomeOfPass(owner, given[0], given[1])).to.equal(outcome);
    });
  }
});
