import { inspect } from 'node:util';
import { expect } from 'chai';
import { Secret } from '../../helpers/secret.ts';

describe('Secret', () => {
  const secret = new Secret('fake-very-secret');

  it('tells its value to whoever asks for it by name', () => {
    expect(secret.reveal()).to.equal('fake-very-secret');
  });

  it('does not show its value in text, JSON, inspection or formatting', () => {
    const shown = [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret, list: [secret] }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: null, showHidden: true, getters: true }),
      inspect(new Map([['a', secret]])),
    ];
    for (const text of shown) {
      expect(text).to.contain('[redacted]');
      expect(text).not.to.contain('fake-very');
    }
  });

  it('has no property that a copy or a loop would find', () => {
    expect(Reflect.ownKeys(secret)).to.deep.equal([]);
    expect(Object.assign({}, secret)).to.deep.equal({});
  });
});
