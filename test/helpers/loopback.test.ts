import { expect } from 'chai';
import { isLoopbackAuthority, isLoopbackHost, isLoopbackUrl } from '../../helpers/loopback.ts';

describe('isLoopbackHost', () => {
  it('knows the names and addresses of the machine itself', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.255.0.3', '::1', '[::1]']) {
      expect(isLoopbackHost(host), host).to.equal(true);
    }
  });

  it('takes no other for it, however alike', () => {
    for (const host of [
      '',
      '0.0.0.0',
      '::',
      '10.0.0.1',
      '127.0.0.1.example',
      '127.example',
      'localhost.example',
      '1::1',
    ]) {
      expect(isLoopbackHost(host), host).to.equal(false);
    }
  });
});

describe('isLoopbackUrl', () => {
  it('looks at the host of the address alone, as a client would read it', () => {
    for (const url of [
      'http://localhost:1/x',
      'https://127.0.0.1',
      'http://[::1]:3000/',
      'http://0x7f000001/',
      'http://2130706433/',
    ]) {
      expect(isLoopbackUrl(url), url).to.equal(true);
    }
    for (const url of ['https://a.example/127.0.0.1', 'http://127.0.0.1@a.example/', 'localhost', 'http://']) {
      expect(isLoopbackUrl(url), url).to.equal(false);
    }
  });
});

describe('isLoopbackAuthority', () => {
  it('reads a Host header as a server has to, with and without a port', () => {
    for (const host of ['localhost', '127.0.0.1:3978', '[::1]:1', 'LocalHost:80']) {
      expect(isLoopbackAuthority(host), host).to.equal(true);
    }
    for (const host of [undefined, '', 'a b', 'bot.example', '127.0.0.1.example:80', 'localhost@bot.example', '::1']) {
      expect(isLoopbackAuthority(host), host).to.equal(false);
    }
  });
});
