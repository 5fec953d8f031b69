import { expect } from 'chai';
import { read, refusal, refused } from '../../support/settingsReader.ts';

const hours = { TakeoverHours: 'Mo-Fr 09:00-17:00', TakeoverTimeZone: 'Europe/Berlin' };

describe('The settings of a takeover', () => {
  it('say nothing unless one of them does', () => {
    expect(read({})).not.to.have.property('takeover');
    expect(read({ TakeoverReceivers: 'inbox', TakeoverReturn: 'withNextWord' })).not.to.have.property('takeover');
  });

  it('are read as what they mean', () => {
    const { takeover } = read({
      ...{ ...hours, TakeoverHolidays: '12-25', TakeoverOutsideHours: 'keep' },
      ...{ TakeoverPhrases: 'human, echte Person', TakeoverReceivers: 'Sales desk, 4711 , inbox' },
      ...{ TakeoverUnhelpfulAnswers: '3', TakeoverOnException: 'handOver', TakeoverReturn: 'atOnce' },
      ...{ TakeoverSilenceMinutes: '30', TakeoverHardLimitMinutes: '480', TakeoverNoticeMinutes: '0' },
    });
    expect(takeover).to.deep.equal({
      phrases: ['human', 'echte Person'],
      receivers: ['Sales desk', '4711', 'inbox'],
      unhelpfulAnswers: 3,
      onException: 'handOver',
      hours: { week: 'Mo-Fr 09:00-17:00', timeZone: 'Europe/Berlin', holidays: '12-25' },
      outsideHours: 'keep',
      silenceMs: 1_800_000,
      onSilence: 'atOnce',
      hardLimitMs: 28_800_000,
      noticeMs: undefined,
    });
    expect(read({ TakeoverPhrases: 'standard' }).takeover?.phrases).to.equal('standard');
    expect(read({ TakeoverPhrases: 'none' }).takeover?.phrases).to.deep.equal([]);
  });

  it('are refused where they make no sense, without a word of them', () => {
    expect(refused({ TakeoverHours: hours.TakeoverHours })).to.deep.equal(['TakeoverTimeZone']);
    expect(refused({ TakeoverTimeZone: 'Europe/Berlin' })).to.deep.equal(['TakeoverTimeZone']);
    expect(refused({ TakeoverHolidays: '12-25' })).to.deep.equal(['TakeoverHolidays']);
    expect(refused({ TakeoverReceivers: 'desk, inbox' })).to.deep.equal(['TakeoverReceivers']);
    const desk = { HandoffUrl: 'https://desk.example/', HandoffSecret: 'fake-secret' };
    expect(read({ ...desk, TakeoverReceivers: 'desk, inbox' }).takeover?.receivers).to.deep.equal(['desk', 'inbox']);
    const { receivers } = read({ ...desk, TakeoverReceivers: 'Inbox, DESK, Sales, Pause' }).takeover ?? {};
    expect(receivers).to.deep.equal(['inbox', 'desk', 'Sales', 'pause']);
    for (const [name, value] of [
      ['TakeoverHours', 'from nine to five'],
      ['TakeoverTimeZone', 'Europe/Bielefeld'],
      ['TakeoverHolidays', 'Christmas'],
      ['TakeoverOnException', 'hide'],
      ['TakeoverReturn', 'soon'],
      ['TakeoverOutsideHours', 'shout'],
      ['TakeoverUnhelpfulAnswers', '0'],
      ['TakeoverSilenceMinutes', 'ten'],
    ] as const) {
      const { problems, message } = refusal({ ...hours, [name]: value });
      expect(problems.map(({ setting }) => setting)).to.deep.equal([name]);
      if (value.length > 1) expect(message).not.to.contain(value);
    }
  });
});
