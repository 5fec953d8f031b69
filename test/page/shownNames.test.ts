import { expect } from 'chai';
import { shownName } from '../../emulator/page/shownNames.js';

describe('A name on the page', () => {
  it('is as it is when it is no longer than nearly all names', () => {
    for (const name of ['Carla Customer', 'Zoë Åkesson-Müller', '王小明', 'x'.repeat(60)])
      expect(shownName(name)).to.equal(name);
  });

  it('is cut when it is longer, between characters as people see them', () => {
    expect(shownName('Ä'.repeat(200))).to.equal(`${'Ä'.repeat(59)}…`);
    const family = '👩‍👩‍👧‍👦';
    expect(shownName(family.repeat(20))).to.equal(family.repeat(20));
    expect(shownName(family.repeat(70))).to.equal(`${family.repeat(59)}…`);
  });

  it('turns nothing around it when it turns the direction of writing, or is written from right to left', () => {
    for (const name of ['A\u202elive', 'مريم بنت عبد الله', 'דנה', '\u2067x'])
      expect(shownName(name)).to.equal(`\u2068${name}\u2069`);
  });
});
