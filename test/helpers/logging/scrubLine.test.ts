import { expect } from 'chai';
import { createScrubber } from '../../../helpers/logging/scrubLine.ts';
import { Secret } from '../../../helpers/secret.ts';

const secret = 'fake-opaque-secret "1" zebra';

describe('a scrubber', () => {
  const tokens = {
    'a token': 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl',
    'a token without a signature': 'eyJhbGciOi.eyJzdWIiOi.',
    'a token of five parts': 'eyJhbGciOi.a.b.c.d',
  };
  for (const [what, token] of Object.entries(tokens)) {
    for (const around of ['%', 'token=%', '-%', '_%', 'x%', '--%', 'a.%', '(%)', '"%"', 'eyJ-%', '%, %']) {
      it(`takes ${what} out of ${around}`, () => {
        const scrubbed = createScrubber([]).text(around.replaceAll('%', token));
        expect(scrubbed).to.include('[redacted]');
        expect(scrubbed).to.not.match(/eyJ[hz]|c2ln|\.b\.c/);
      });
    }
  }

  for (const text of ['eyJ', 'eyJ.a.b', 'my.site.example', 'eyJabc.def', 'the eyJ of', '1.2.3', 'keyJa and v1.2.3']) {
    it(`leaves ${text} alone`, () => expect(createScrubber([]).text(text)).to.equal(text));
  }

  it('takes out what it learns later, in every spelling', () => {
    const scrubber = createScrubber([]);
    expect(scrubber.text(`a ${secret}`)).to.include('zebra');
    scrubber.learn(secret);
    for (const spelled of [secret, encodeURIComponent(secret), JSON.stringify({ a: secret })]) {
      expect(scrubber.text(`a ${spelled}`)).to.not.include('zebra');
      expect(scrubber.line(JSON.stringify({ a: spelled }))).to.not.include('zebra');
    }
  });

  it('forgets the oldest of what it learnt beyond twenty, and never what it was made with', () => {
    const scrubber = createScrubber([new Secret('made-with-this')]);
    for (let i = 0; i < 100; i += 1) scrubber.learn(`learnt-secret-<${i}>`);
    expect(scrubber.text('made-with-this learnt-secret-<99>')).to.equal('[redacted] [redacted]');
    expect(scrubber.text('learnt-secret-<79>')).to.equal('learnt-secret-<79>');
    scrubber.learn('');
    expect(scrubber.text('abc')).to.equal('abc');
  });

  it('cuts no secret in two, wherever the end of a long text falls', () => {
    const scrubber = createScrubber([new Secret(secret)]);
    for (let before = 0; before < 60; before += 1) {
      for (const filler of ['x'.repeat(10_000), `${secret} `.repeat(1_000)]) {
        const text = `${'y'.repeat(100 - before)}${secret}${filler}`;
        const beginning = scrubber.beginning(text, 100);
        expect(beginning).to.not.match(/fake|opaque|zebra/);
        expect(beginning.length).to.be.below(130);
      }
      const far = `${'y'.repeat(8_292 - before)}${secret}`;
      expect(scrubber.beginning(far, 100)).to.equal(`${'y'.repeat(100)}… (${far.length} characters)`);
    }
  });

  it('keeps a short text whole', () => {
    expect(createScrubber([]).beginning('short', 10)).to.equal('short');
  });

  it('takes lines that are no JSON as texts', () => {
    const scrubber = createScrubber([new Secret('fake-secret-zebra')]);
    for (const line of [
      '"fake-secret-zebra',
      '{"a":"fake-secret-zebra',
      '"\\fake-secret-zebra\\',
      '"\\u12 fake-secret-zebra"',
    ]) {
      expect(scrubber.line(line), line).to.not.include('zebra');
    }
  });
});
