import { expect } from 'chai';
import type { ReadBack } from '../../helpers/sentMessages.ts';
import { earliestNow } from '../../store/earliestNow.ts';
import { createMemoryJournal } from '../../store/memoryJournal.ts';
import { createSettleSend, userIdOf, type SentQuestion, type SettleSendOptions } from '../../store/settleSend.ts';
import type { EchoNote, SentNote } from '../../store/store.ts';

const conversation = 'facebook 1 customer';
const begunAt = 1_700_000_000_000;

interface Known {
  echoes?: EchoNote[];
  sent?: Omit<SentNote, 'conversation'>[];
  readBack?: ReadBack;
  /** What comes while it waits for the echo. */
  whileWaiting?: EchoNote;
}

async function settle(known: Known, question: Partial<SentQuestion> = {}, options: Partial<SettleSendOptions> = {}) {
  const journal = createMemoryJournal({ isInWork: () => true, known: () => new Map() });
  for (const echo of known.echoes ?? []) journal.noteEcho(conversation, echo);
  const entry = { kind: 'send', hash: '', detail: '{}', at: 0, outcome: 'open', result: '' } as const;
  for (const [ordinal, note] of (known.sent ?? []).entries()) {
    await journal.table.begin(1, { ordinal, ...entry });
    await journal.table.end(1, ordinal, 'done', '{}', { conversation, ...note });
  }
  const { readBack } = known;
  let waitedMs = 0;
  const ask = createSettleSend({
    table: journal.table,
    ...(readBack === undefined ? {} : { sentMessages: { recent: async () => readBack } }),
    now: () => begunAt,
    sleep: async (ms) => {
      waitedMs += ms;
      if (known.whileWaiting !== undefined) journal.noteEcho(conversation, known.whileWaiting);
    },
    ...options,
  });
  const about = { conversation, userId: 'customer', text: 'hello', mark: 'once-mine', at: begunAt };
  const settled = await ask({ ...about, ...question });
  return { ...settled, waitedMs };
}

const nothing: ReadBack = { messages: [], completeSince: 0 };
const readMessage = (mid: string, text: string, at = begunAt) => ({ mid, text, at });

describe('what became of a message whose answer was lost', () => {
  it('is told by the echo with its mark, without waiting or reading', async () => {
    const known = await settle({ echoes: [{ mid: 'm_1', mark: 'once-mine', at: begunAt }] });
    expect(known).to.deep.equal({ state: 'done', result: { id: 'm_1' }, waitedMs: 0 });
  });

  it('is told by an echo with its mark that comes late', async () => {
    const known = await settle({ whileWaiting: { mid: 'm_1', mark: 'once-mine', at: begunAt } });
    expect(known).to.deep.include({ state: 'done', result: { id: 'm_1' } });
    expect(known.waitedMs).to.be.greaterThan(0);
  });

  it('is told by an echo with its words where marks do not come back', async () => {
    const known = await settle({ echoes: [{ mid: 'm_1', text: 'hello', at: begunAt }] });
    expect(known).to.deep.include({ state: 'done', result: { id: 'm_1' } });
  });

  it('is told by an echo with its words that comes late', async () => {
    const known = await settle({ whileWaiting: { mid: 'm_1', text: 'hello', at: begunAt } });
    expect(known).to.deep.include({ state: 'done', result: { id: 'm_1' }, waitedMs: 250 });
  });

  it('is waited for in full also after a call that took long, since it may have arrived at its end', async () => {
    const after = async (ms: number) =>
      (await settle({ readBack: nothing }, {}, { now: () => begunAt + ms, echoWaitMs: 5000 })).waitedMs;
    expect(await after(10)).to.equal(5000);
    expect(await after(15_000)).to.equal(5000);
    expect(await after(18_000)).to.equal(2000);
    expect(await after(60_000)).to.equal(0);
    // The clock was set back.
    expect(await after(-3_600_000)).to.equal(5000);
  });

  it('is waited for in full also after the clock of the system was put forward', async () => {
    const wallNow = Date.now;
    Date.now = () => wallNow() + 3_600_000;
    try {
      const { waitedMs } = await settle({ readBack: nothing }, { at: earliestNow() }, { now: undefined });
      expect(waitedMs).to.equal(5000);
    } finally {
      Date.now = wallNow;
    }
  });

  it('is not told by an echo with its words that has the mark of another message', async () => {
    const echoes = [{ mid: 'm_1', mark: 'once-other', text: 'hello', at: begunAt }];
    expect(await settle({ echoes, readBack: nothing })).to.deep.include({ state: 'absent' });
  });

  it('is told by an echo with its words that has metadata of the bot', async () => {
    const echoes = [{ mid: 'm_1', mark: 'campaign 7', text: 'hello', at: begunAt }];
    expect(await settle({ echoes, readBack: nothing })).to.deep.include({ state: 'done', result: { id: 'm_1' } });
  });

  it('is told by the conversation when that has its words', async () => {
    const readBack = { messages: [readMessage('m_1', 'hello')], completeSince: 0 };
    expect(await settle({ readBack })).to.deep.include({ state: 'done', result: { id: 'm_1' } });
  });

  it('is not told by words of long before, nor by those of a message that is known', async () => {
    const old = { messages: [readMessage('m_1', 'hello', begunAt - 60_000)], completeSince: 0 };
    expect(await settle({ readBack: old })).to.deep.include({ state: 'absent' });
    const known = { messages: [readMessage('m_1', 'hello')], completeSince: 0 };
    const sent = [{ text: 'hello', mid: 'm_1', at: begunAt - 5 }];
    expect(await settle({ readBack: known, sent })).to.deep.include({ state: 'absent' });
  });

  describe('among messages with the same words whose ids are not known', () => {
    const sent = [
      { text: 'before', mid: 'm_0', at: begunAt - 50 },
      { text: 'hello', at: begunAt - 5 },
    ];
    const before = readMessage('m_0', 'before', begunAt - 1000);
    const [one, other] = [readMessage('m_1', 'hello'), readMessage('m_2', 'hello')];

    it('is told by their number', async () => {
      const two = { messages: [other, one, before], completeSince: begunAt };
      expect(await settle({ sent, readBack: two })).to.deep.include({ state: 'done', result: { id: 'm_2' } });
      const none = { messages: [one, before], completeSince: begunAt };
      expect(await settle({ sent, readBack: none })).to.deep.include({ state: 'absent' });
    });

    it('is unknown when some of them are out of sight', async () => {
      const readBack = { messages: [one], completeSince: begunAt };
      expect(await settle({ sent, readBack })).to.deep.include({ state: 'unknown' });
      const fewer = { messages: [before], completeSince: 0 };
      expect(await settle({ sent, readBack: fewer })).to.deep.include({ state: 'unknown' });
    });

    it('is told by the echoes when there is one more of them', async () => {
      const echoOf = (mid: string) => ({ mid, text: 'hello', at: begunAt });
      const both = await settle({ sent, echoes: [echoOf('m_1'), echoOf('m_2')] });
      expect(both).to.deep.include({ state: 'done', result: { id: 'm_2' } });
      expect(await settle({ sent, echoes: [echoOf('m_1')] })).to.deep.include({ state: 'unknown' });
    });

    it('is told by what is read when echoes name the others', async () => {
      const echoes = [{ mid: 'm_1', text: 'hello', at: begunAt }];
      const readBack = { messages: [other, one], completeSince: begunAt };
      expect(await settle({ sent, echoes, readBack })).to.deep.include({ state: 'done', result: { id: 'm_2' } });
      const absent = { messages: [one], completeSince: begunAt };
      expect(await settle({ sent, echoes, readBack: absent })).to.deep.include({ state: 'absent' });
    });

    it('does not believe an id under which nothing is seen, as Azure may give one', async () => {
      const strange = [sent[0]!, { text: 'hello', mid: 'azure-7', at: begunAt - 5 }];
      const echoes = [{ mid: 'm_1', text: 'hello', at: begunAt - 6 }];
      const absent = { messages: [one, before], completeSince: begunAt };
      expect(await settle({ sent: strange, echoes, readBack: absent })).to.deep.include({ state: 'absent' });
      expect(await settle({ sent: strange, readBack: absent })).to.deep.include({ state: 'absent' });
      const two = { messages: [other, one, before], completeSince: begunAt };
      expect(await settle({ sent: strange, echoes, readBack: two })).to.deep.include({ result: { id: 'm_2' } });
      expect(await settle({ sent: strange, readBack: two })).to.deep.include({ result: { id: 'm_2' } });
    });

    it('takes no echo of another time for the name of one', async () => {
      const echoes = [{ mid: 'm_1', text: 'hello', at: begunAt - 60_000 }];
      const readBack = { messages: [other, before], completeSince: begunAt };
      expect(await settle({ sent, echoes, readBack })).to.deep.include({ state: 'absent' });
    });

    it('counts none of a time at which no note would be left of it', async () => {
      const longAgo = readMessage('m_9', 'hello', begunAt - 3 * 24 * 60 * 60 * 1000);
      const readBack = { messages: [one, before, longAgo], completeSince: 0 };
      expect(await settle({ sent, readBack })).to.deep.include({ state: 'absent' });
    });

    it('is not mistaken for one of long ago', async () => {
      const longAgo = [{ text: 'hello', at: begunAt - 60_000 }];
      const readBack = { messages: [one], completeSince: 0 };
      expect(await settle({ readBack, sent: longAgo })).to.deep.include({ state: 'done', result: { id: 'm_1' } });
    });
  });

  it('is unknown for a message without words when anything unknown is there', async () => {
    const readBack = { messages: [readMessage('m_1', 'a caption')], completeSince: 0 };
    expect(await settle({ readBack }, { text: '' })).to.deep.include({ state: 'unknown' });
    expect(await settle({ readBack: nothing }, { text: '' })).to.deep.include({ state: 'absent' });
  });

  it('is unknown when what can be read does not reach back to its beginning', async () => {
    const readBack = { messages: [readMessage('m_20', 'later', begunAt + 9000)], completeSince: begunAt + 10_000 };
    expect(await settle({ readBack })).to.deep.include({ state: 'unknown' });
  });

  it('allows for clocks that differ when it asks how far back that is', async () => {
    const reaching = (ms: number) => settle({ readBack: { messages: [], completeSince: begunAt - ms } });
    expect(await reaching(9_000)).to.deep.include({ state: 'unknown' });
    expect(await reaching(10_000)).to.deep.include({ state: 'absent' });
  });

  it('is absent when a message from before its beginning can be read, however near that is', async () => {
    const readBack = {
      messages: [readMessage('m_2', 'from the inbox', begunAt + 500), readMessage('m_1', 'before')],
      completeSince: begunAt + 1000,
    };
    const before = { text: 'before', mid: 'm_1' };
    expect(await settle({ readBack, sent: [{ ...before, at: begunAt - 1 }] })).to.deep.include({ state: 'absent' });
    // It was under way at the same time, so it may have come later.
    expect(await settle({ readBack, sent: [{ ...before, at: begunAt + 1 }] })).to.deep.include({ state: 'unknown' });
  });

  it('is unknown where no conversation can be read', async () => {
    expect(await settle({})).to.deep.include({ state: 'unknown' });
    expect(await settle({ readBack: nothing }, { userId: undefined })).to.deep.include({ state: 'unknown' });
  });

  it('is left open when the conversation cannot be read now', async () => {
    const asked = settle({}, {}, { sentMessages: { recent: () => Promise.reject(new Error('Graph is down')) } });
    expect(await asked.catch((error: unknown) => String(error))).to.equal('Error: Graph is down');
  });
});

describe('the customer of a conversation', () => {
  it('is known on Facebook alone', () => {
    expect(userIdOf('facebook 108 7004')).to.equal('7004');
    expect(userIdOf('emulator 108 7004')).to.equal(undefined);
  });
});
