import { expect } from 'chai';
import { createIncomingRules, type Incoming } from '../../../adapters/http/incomingRules.ts';
import { furthestAheadMs, oldestMs } from '../../../adapters/http/timeRule.ts';
import { parseFacebookEvent } from '../../../models/parseFacebookEvent.ts';

const now = 1_795_740_000_000;
const own = '104857600012345';
const psid = '7601000000000001';

const between = (sender: string, recipient: string, body: object = { message: { text: 'hi' } }, timestamp = now) =>
  parseFacebookEvent({ sender: { id: sender }, recipient: { id: recipient }, timestamp, ...body }, 'messaging');
const says = (timestamp: number) => between(psid, own, undefined, timestamp);

type Known = ReturnType<Parameters<typeof createIncomingRules>[0]['ownPage']['known']>;

function reasons(events: readonly Incoming[], known: Known, times: 'checked' | 'unchecked' = 'checked') {
  const rules = createIncomingRules({ ownPage: { known: () => known }, times, now: () => now });
  return events.map((event) => [rules(event, 'webhook')?.reason, rules(event, 'azure')?.reason]);
}

const bySetting: Known = { id: own, by: 'setting' };

describe('the rules for what comes in', () => {
  it('let everything through that is for the own Page, from its customer, and of today', () => {
    const events = [
      says(now),
      between(own, psid, { message: { is_echo: true, text: 'hello' } }),
      between(psid, own, { read: { watermark: now } }),
      parseFacebookEvent({ recipient: { id: own }, timestamp: now, app_roles: {} }, 'messaging'),
    ];
    for (const known of [bySetting, { id: own, by: 'token' } as const, undefined]) {
      expect(reasons(events, known)).to.deep.equal(events.map(() => [undefined, undefined]));
    }
  });

  it('keep back what is for another Page, and name it', () => {
    const events = [between(psid, '204857600099999'), between('204857600099999', psid, { message: { is_echo: true } })];
    expect(reasons(events, bySetting)).to.deep.equal(events.map(() => ['otherPage', 'otherPage']));
    // Behind Azure one bot may serve several Pages; the token is for thread control alone.
    expect(reasons(events, { id: own, by: 'token' })).to.deep.equal(events.map(() => ['otherPage', undefined]));
    expect(reasons(events, undefined)).to.deep.equal(events.map(() => [undefined, undefined]));
    const rules = createIncomingRules({ ownPage: { known: () => bySetting }, times: 'checked', now: () => now });
    const sentences = [between(psid, '204857600099999'), between(psid, 'x'.repeat(400))].map(
      (event) => rules(event, 'webhook')?.sentence,
    );
    expect(sentences).to.deep.equal([
      `The event is for the Page 204857600099999, and this bot works for the Page ${own}.`,
      `The event is for another Page, and this bot works for the Page ${own}.`,
    ]);
  });

  it('keep back what the Page itself is the sender of, but for its echoes and notices', () => {
    const bodies: object[] = [
      { message: { text: 'hi' } },
      { message: { mid: 'm_1' } },
      { postback: { payload: 'x' } },
      { read: { watermark: now } },
      { pass_thread_control: {} },
      { something: {} },
    ];
    const events = bodies.flatMap((body) => {
      const item = { sender: { id: own }, recipient: { id: psid }, timestamp: now, ...body };
      return [between(own, psid, body), between(own, own, body), parseFacebookEvent(item, 'standby', { pageId: own })];
    });
    expect(reasons(events, bySetting)).to.deep.equal(events.map(() => ['pageIsSender', 'pageIsSender']));
    const unknown = events.filter((event) => event.pageId === own);
    expect(reasons(unknown, undefined)).to.deep.equal(unknown.map(() => ['pageIsSender', 'pageIsSender']));
    const notice = { sender: { id: own }, recipient: { id: psid }, timestamp: now, message: { admin_text: 'x' } };
    const allowed = [
      between(own, psid, { message: { is_echo: true, text: 'hello' } }),
      parseFacebookEvent(notice, 'messaging', { pageId: own }),
    ];
    expect(reasons(allowed, bySetting)).to.deep.equal(allowed.map(() => [undefined, undefined]));
  });

  it('keep back what is too old to be recognised, or not yet, to the millisecond', () => {
    const events = [
      says(now - oldestMs),
      says(now - oldestMs - 1),
      says(now + furthestAheadMs),
      says(now + furthestAheadMs + 1),
      says(1_420_070_400_000),
      says(4_070_908_800_000),
      // In seconds, as some of Meta's events carry it.
      says(now / 1000),
      says(now / 1000 - 5 * 86_400),
      between(psid, own, undefined, 0),
    ];
    const expected = [
      undefined,
      'tooOld',
      undefined,
      'inTheFuture',
      'tooOld',
      'inTheFuture',
      undefined,
      'tooOld',
      undefined,
    ];
    expect(reasons(events, bySetting)).to.deep.equal(expected.map((reason) => [reason, reason]));
    expect(reasons(events, bySetting, 'unchecked')).to.deep.equal(events.map(() => [undefined, undefined]));
    // Half of seven days: what is repeated later than that is too old before its key is forgotten.
    expect([oldestMs / 3_600_000, furthestAheadMs / 60_000]).to.deep.equal([84, 5]);
  });
});
