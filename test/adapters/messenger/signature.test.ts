import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { isSameSecret, signatureForm, verifySignature } from '../../../adapters/messenger/signature.ts';

const secret = 'fake-app-secret';
const hmac = (bytes: Uint8Array, key = secret, algorithm = 'sha256') =>
  createHmac(algorithm, key).update(bytes).digest('hex');

describe('verifySignature', () => {
  // As Meta escapes it: the text is "Grüße 👋 a/b".
  const bytes = Buffer.from('{"text":"Gr\\u00fc\\u00dfe \\ud83d\\udc4b a\\/b"}');
  const right = `sha256=${hmac(bytes)}`;

  it('accepts the signature of the bytes', () => {
    expect(verifySignature(bytes, right, secret)).to.equal('valid');
  });

  it('knows a signature that was computed elsewhere', () => {
    // The example of RFC 4231, section 4.3.
    const known = 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(verifySignature(Buffer.from('what do ya want for nothing?'), known, 'Jefe')).to.equal('valid');
  });

  it('refuses a body that was parsed and printed again', () => {
    const printed = Buffer.from(JSON.stringify(JSON.parse(bytes.toString())));
    expect(printed.equals(bytes)).to.equal(false);
    expect(verifySignature(printed, right, secret)).to.equal('wrong');
  });

  it('refuses the signature of another secret, and one that differs in one digit, wherever', () => {
    expect(verifySignature(bytes, `sha256=${hmac(bytes, 'fake-other-secret')}`, secret)).to.equal('wrong');
    for (const place of [7, 40, 70]) {
      const digit = right[place] === '0' ? '1' : '0';
      expect(verifySignature(bytes, right.slice(0, place) + digit + right.slice(place + 1), secret)).to.equal('wrong');
    }
  });

  it('calls everything malformed that is not exactly sha256= and 64 lower-case digits', () => {
    const digits = hmac(bytes);
    const malformed = [
      digits,
      `sha256=${digits.slice(1)}`,
      `sha256=${digits}0`,
      `sha256=${digits.slice(2)}`,
      `sha256=${digits.toUpperCase()}`,
      `SHA256=${digits}`,
      `sha256=${digits.slice(0, 63)}g`,
      `sha256= ${digits.slice(1)}`,
      `sha256=${digits}, sha256=${digits}`,
      `sha1=${hmac(bytes, secret, 'sha1')}`,
      `sha256=${digits}\n`,
      'sha256=',
    ];
    for (const header of malformed) {
      expect(signatureForm(header), header).to.equal('malformed');
      expect(verifySignature(bytes, header, secret), header).to.equal('malformed');
    }
  });

  it('calls it missing when there is none', () => {
    for (const header of [undefined, '']) {
      expect(signatureForm(header)).to.equal('missing');
      expect(verifySignature(bytes, header, secret)).to.equal('missing');
    }
  });
});

describe('isSameSecret', () => {
  it('compares texts of any length', () => {
    expect(isSameSecret('fake-token', 'fake-token')).to.equal(true);
    for (const other of ['', 'fake-token ', 'fake', 'Fake-token']) {
      expect(isSameSecret(other, 'fake-token')).to.equal(false);
    }
  });
});
