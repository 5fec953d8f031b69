import { expect } from 'chai';
import { secretsOf } from '../../../helpers/settings/settings.ts';
import { read, refusal, refused } from '../../support/settingsReader.ts';

const desk = { HandoffUrl: 'https://desk.example/handoff', HandoffSecret: 'fake-desk-secret' };

describe('The settings of the desk', () => {
  it('are off without a value', () => {
    expect(read({})).not.to.have.any.keys('handoff', 'keepTranscriptsMs');
  });

  it('go together, and the secret is one of those that are kept out of the logs', () => {
    const settings = read(desk);
    expect(settings.handoff?.url).to.equal(desk.HandoffUrl);
    expect(secretsOf(settings).map((secret) => secret.reveal())).to.deep.equal([desk.HandoffSecret]);
    expect(refused({ HandoffUrl: desk.HandoffUrl })).to.deep.equal(['HandoffSecret']);
    expect(refused({ HandoffSecret: desk.HandoffSecret })).to.deep.equal(['HandoffUrl']);
  });

  it('show no secret and no address in what is wrong with them', () => {
    expect(refused({ ...desk, HandoffSecret: 'short' })).to.include('HandoffSecret');
    for (const url of [
      'desk',
      'ftp://desk.example/',
      'https://user:word@desk.example/',
      'https://desk.example/?key=1',
    ]) {
      const { problems, message } = refusal({ ...desk, HandoffUrl: url });
      expect(problems.map(({ setting }) => setting)).to.deep.equal(['HandoffUrl']);
      expect(message).not.to.contain(url);
    }
  });

  it('refuse plain http but on this machine, and there too in production', () => {
    expect(refused({ ...desk, HandoffUrl: 'http://desk.example/' })).to.deep.equal(['HandoffUrl']);
    expect(refused({ ...desk, HandoffUrl: 'http://169.254.169.254/latest' })).to.deep.equal(['HandoffUrl']);
    expect(read({ ...desk, HandoffUrl: 'http://127.0.0.1:4000/' }).handoff?.url).to.equal('http://127.0.0.1:4000/');
    expect(refused({ ...desk, HandoffUrl: 'http://127.0.0.1:4000/', NODE_ENV: 'production' })).to.include('HandoffUrl');
  });

  it('keep transcripts for as long as they say', () => {
    for (const [text, ms] of [
      ['90s', 90_000],
      ['20m', 1_200_000],
      ['2h', 7_200_000],
      ['30d', 2_592_000_000],
    ] as const) {
      expect(read({ KeepTranscripts: text }).keepTranscriptsMs).to.equal(ms);
    }
    for (const wrong of ['0d', '-1d', '30', 'for ever', '1000d', 'yes', '1h30m']) {
      expect(refused({ KeepTranscripts: wrong }), wrong).to.deep.equal(['KeepTranscripts']);
    }
  });
});
