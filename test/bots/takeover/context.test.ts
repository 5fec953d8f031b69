import { expect } from 'chai';
import { passMetadata } from '../../../bots/takeover/context.ts';
import { readHandoverContext } from '../../../models/handoverContext.ts';

const family = '👨‍👩‍👧‍👦';

describe('The metadata of a handover', () => {
  it('is JSON that the next receiver reads as it was written', () => {
    const told = { reason: 'phrase', intent: 'refund', summary: 'Says "no" 😀', language: 'de_DE' };
    expect(readHandoverContext(passMetadata(told))).to.deep.equal(told);
  });

  it("has the bot's own words as the reason, and nothing of what is not told", () => {
    const handover = { reason: 'bot', reasonText: 'wants a refund', id: 'h1', askedAt: 5, language: 'en' };
    expect(passMetadata(handover)).to.equal('{"reason":"wants a refund","language":"en"}');
    expect(passMetadata({})).to.equal('{}');
  });

  it('stays within the limit, whatever is in it: the summary is cut first, in whole characters, then the others', () => {
    const texts = ['plain words and ', '"quoted" \\ ', family, '\ud800', 'line\n', '\u0000', 'ü', 'ช้าง'];
    for (const text of texts) {
      for (const limit of [120, 999, 2000]) {
        const long = text.repeat(Math.ceil(5_000 / text.length));
        const metadata = passMetadata({ reason: 'r', intent: 'i', summary: long, language: 'de' }, limit);
        expect(metadata.length, JSON.stringify(text)).to.be.within(limit - 30, limit);
        const { summary = '', ...others } = readHandoverContext(metadata) ?? {};
        expect(others).to.deep.equal({ reason: 'r', intent: 'i', language: 'de' });
        expect(summary.endsWith('…')).to.equal(true);
        expect(long.startsWith(summary.slice(0, -1))).to.equal(true);
      }
    }
    const whole = passMetadata({ summary: family.repeat(500) });
    expect(new Set(readHandoverContext(whole)?.summary?.split(family))).to.deep.equal(new Set(['', '…']));
  });

  it('gives up everything but valid JSON when even the other fields are too long', () => {
    const long = 'x'.repeat(100_000);
    const metadata = passMetadata({ reason: long, intent: long, summary: long, language: 'de' });
    expect(metadata.length).to.be.at.most(2000);
    expect(Object.keys(readHandoverContext(metadata) ?? {})).to.deep.equal(['reason', 'language']);
    expect(readHandoverContext(passMetadata({ summary: long, language: long }, 40))?.language).to.match(/^x+…$/);
    expect(passMetadata({ reason: family, language: 'en' }, 5)).to.equal('{}');
  });
});
