import { expect } from 'chai';
import { facebookEventOf, splitStandby } from '../../models/facebookActivity.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';
import { parseJson } from '../../models/readJson.ts';
import { messageActivity, messageItem, onStandby } from '../support/facebookActivities.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { badInputs } from './badInput.ts';
import { runFuzz } from './fuzzRun.ts';
import { strangeJson, withStrangeValue } from './strangeJson.ts';

describe('Bad input', () => {
  it('comes in at least 24 classes', () => {
    expect(Object.keys(badInputs)).to.have.length.above(23);
  });

  for (const [access, seed] of [
    ['open', 11],
    ['authenticated', 12],
  ] as const) {
    it(`is refused or handled by a server in ${access} mode, which goes on`, async () => {
      const { wrong, counts } = await runFuzz({ access, rounds: 6, seed, goodEvery: 50 });
      expect(wrong).to.deep.equal([]);
      const sent = [...counts.values()].reduce((sum, count) => sum + count.sent, 0);
      expect(sent).to.be.at.least(250);
    });
  }

  it('never makes the parsers of Messenger events throw', () => {
    const random = seededRandom(13);
    for (let round = 0; round < 2_000; round += 1) {
      const base = random.pick([
        messageActivity(messageItem('hello', 'p'), 'hello'),
        onStandby([messageItem('hello')]),
      ]);
      const activity = JSON.parse(withStrangeValue(base, random)) as typeof base;
      facebookEventOf(activity);
      for (const part of splitStandby(activity)) facebookEventOf(part);
      parseFacebookEvent(parseJson(withStrangeValue(messageItem('hello', 'p'), random)), 'messaging');
      parseFacebookEvent(parseJson(strangeJson(random)), random.pick(['messaging', 'standby'] as const));
    }
  });
});
