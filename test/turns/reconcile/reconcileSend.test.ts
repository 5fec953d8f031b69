import { expect } from 'chai';
import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import type { ReadBack } from '../../../helpers/graph/recentMessages.ts';
import { conservativeNow } from '../../../turns/reconcile/grace.ts';
import { createMemoryJournal } from '../../../store/memory/memoryJournal.ts';
import {
  createReconcileSend,
  type SentQuestion,
  type ReconcileSendOptions,
} from '../../../turns/reconcile/reconcileSend.ts';
import { createPlatformClock } from '../../../helpers/graph/platformClock.ts';
import { psidOf } from '../../../models/conversationKey.ts';
import type { EchoNote, SentNote } from '../../../store/store.ts';

const conversation = 'facebook 1 customer';
const begunAt = 1_700_000_000_000;
/** How far the platform's clock may be from ours. */
const clockMs = 10_000;

interface Known {
  echoes?: EchoNote[];
  sent?: Omit<SentNote, 'conversation'>[];
  readBack?: ReadBack;
  /** What comes while it waits for the echo. */
  whileWaiting?: EchoNote;
}

async function reconcile(
  known: Known,
  question: Partial<SentQuestion> = {},
  options: Partial<ReconcileSendOptions> = {},
) {
  const journal = createMemoryJournal({ isInWork: () => true });
  for (const echo of known.echoes ?? []) journal.noteEcho(conversation, echo);
  const entry = { kind: 'send', hash: '', detail: '{}', at: 0, outcome: 'open', result: '' } as const;
  for (const [ordinal, note] of (known.sent ?? []).entries()) {
    const { text, at, state, correlationId = `once-${ordinal}` } = note;
    const about = { conversation, text, earliest: at - 20 - clockMs };
    const detail = JSON.stringify({ mark: correlationId, about });
    await journal.table.begin(1, { ...entry, ordinal, detail, at: state === 'open' ? at : at - 20 });
    if (state === 'open') continue;
    await journal.table.end(1, ordinal, 'done', '{}', { conversation, latest: at + clockMs, ...note });
  }
  const { readBack } = known;
  let waitedMs = 0;
  const ask = createReconcileSend({
    table: journal.table,
    ...(readBack === undefined ? {} : { sentMessages: { recent: async () => readBack } }),
    now: () => begunAt,
    startedAt: begunAt - 60_000,
    clock: { now: () => begunAt, offset: () => ({ min: -clockMs, max: clockMs }), learn: () => undefined },
    sleep: async (ms) => {
      waitedMs += ms;
      if (known.whileWaiting !== undefined) journal.noteEcho(conversation, known.whileWaiting);
    },
    ...options,
  });
  const about = {
    conversation,
    userId: 'customer',
    text: 'hello',
    correlationId: 'once-mine',
    at: begunAt,
    endedAt: begunAt,
  };
  const found = await ask({ ...about, ...question });
  return { ...found, waitedMs };
}

const nothing: ReadBack = { messages: [], completeSince: 0 };
const readMessage = (mid: string, text: string, at = begunAt) => ({ mid, text, at });

describe('what became of a message whose answer was lost', () => {
  it('is told by the echo with its mark, without waiting or reading', async () => {
    const known = await reconcile({ echoes: [{ mid: 'm_1', correlationId: 'once-mine', at: begunAt }] });
    expect(known).to.deep.equal({ state: 'done', result: { id: 'm_1' }, by: 'mark', waitedMs: 0 });
  });

  it('is told by an echo with its mark that comes late', async () => {
    const known = await reconcile({ whileWaiting: { mid: 'm_1', correlationId: 'once-mine', at: begunAt } });
    expect(known).to.deep.include({ state: 'done', result: { id: 'm_1' } });
    expect(known.waitedMs).to.be.greaterThan(0);
  });

  it('is told by an echo with its words where marks do not come back', async () => {
    const known = await reconcile({ echoes: [{ mid: 'm_1', text: 'hello', at: begunAt }] });
    expect(known).to.deep.include({ state: 'done', result: { id: 'm_1' } });
  });

  it('is told by an echo with its words that comes late', async () => {
    const known = await reconcile({ whileWaiting: { mid: 'm_1', text: 'hello', at: begunAt } });
    expect(known).to.deep.include({ state: 'done', result: { id: 'm_1' }, waitedMs: 250 });
  });

  it('is waited for from the end of the last attempt on, however long ago the first one was', async () => {
    const after = async (ms: number, question: Partial<SentQuestion> = {}) =>
      (await reconcile({ readBack: nothing }, question, { now: () => begunAt + ms, echoWaitMs: 5000 })).waitedMs;
    expect(await after(10)).to.equal(4990);
    expect(await after(21_000, { endedAt: begunAt + 20_000 })).to.equal(4000);
    expect(await after(60_000)).to.equal(0);
    // The clock was set back.
    expect(await after(-3_600_000)).to.equal(5000);
  });

  it('is waited for from the start of the process on, when the one before ended in the middle of the call', async () => {
    const after = async (ms: number) => {
      const options = { startedAt: begunAt + 25_000, now: () => begunAt + 25_000 + ms };
      return (await reconcile({ readBack: nothing }, { endedAt: undefined }, options)).waitedMs;
    };
    expect(await after(0)).to.equal(5000);
    expect(await after(2000)).to.equal(3000);
    expect(await after(60_000)).to.equal(0);
  });

  it('is waited for in full also after the clock of the system was put forward', async () => {
    const wallNow = Date.now;
    Date.now = () => wallNow() + 3_600_000;
    try {
      const { waitedMs } = await reconcile(
        { readBack: nothing },
        { at: conservativeNow(), endedAt: conservativeNow() },
        { now: undefined },
      );
      // The clock that goes on is the real one.
      expect(waitedMs).to.be.within(4000, 5000);
    } finally {
      Date.now = wallNow;
    }
  });

  it('is not told by an echo with its words that has the mark of another message', async () => {
    const echoes = [{ mid: 'm_1', correlationId: 'once-other', text: 'hello', at: begunAt }];
    expect(await reconcile({ echoes, readBack: nothing })).to.deep.include({ state: 'absent' });
  });

  it('is told by an echo with its words that has metadata of the bot', async () => {
    const echoes = [{ mid: 'm_1', correlationId: 'campaign 7', text: 'hello', at: begunAt }];
    expect(await reconcile({ echoes, readBack: nothing })).to.deep.include({ state: 'done', result: { id: 'm_1' } });
  });

  it('is told by the conversation when that has its words', async () => {
    const readBack = { messages: [readMessage('m_1', 'hello')], completeSince: 0 };
    expect(await reconcile({ readBack })).to.deep.include({ state: 'done', result: { id: 'm_1' } });
  });

  it('is not told by words of long before, nor by those of a message that is known', async () => {
    const old = { messages: [readMessage('m_1', 'hello', begunAt - 60_000)], completeSince: 0 };
    expect(await reconcile({ readBack: old })).to.deep.include({ state: 'absent' });
    const known = { messages: [readMessage('m_1', 'hello')], completeSince: 0 };
    const sent = [{ text: 'hello', mid: 'm_1', at: begunAt - 5 }];
    expect(await reconcile({ readBack: known, sent })).to.deep.include({ state: 'absent' });
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
      expect(await reconcile({ sent, readBack: two })).to.deep.include({ state: 'done', by: 'reading' });
      const none = { messages: [one, before], completeSince: begunAt };
      expect(await reconcile({ sent, readBack: none })).to.deep.include({ state: 'absent' });
    });

    it('is unknown when some of them are out of sight', async () => {
      const readBack = { messages: [one], completeSince: begunAt };
      expect(await reconcile({ sent, readBack })).to.deep.include({ state: 'unknown' });
      const fewer = { messages: [before], completeSince: 0 };
      expect(await reconcile({ sent, readBack: fewer })).to.deep.include({ state: 'unknown' });
    });

    it('is told by the echoes when there is one more of them', async () => {
      const echoOf = (mid: string) => ({ mid, text: 'hello', at: begunAt });
      const both = await reconcile({ sent, echoes: [echoOf('m_1'), echoOf('m_2')] });
      expect(both).to.deep.include({ state: 'done', result: { id: 'm_2', isGuess: true } });
      expect(await reconcile({ sent, echoes: [echoOf('m_1')] })).to.deep.include({ state: 'unknown' });
    });

    it('is absent when all of them belong to others, and unknown when one more is there whose echo is missing', async () => {
      const echoes = [{ mid: 'm_1', text: 'hello', at: begunAt }];
      const absent = { messages: [one, before], completeSince: begunAt };
      expect(await reconcile({ sent, echoes, readBack: absent })).to.deep.include({ state: 'absent' });
      // Echoes are heard here, and this one would have told who wrote it.
      const readBack = { messages: [other, one, before], completeSince: begunAt };
      expect(await reconcile({ sent, echoes, readBack })).to.deep.include({ state: 'unknown', waitedMs: 35_000 });
    });

    it('does not believe an id under which nothing is seen, as Azure may give one', async () => {
      const strange = [sent[0]!, { text: 'hello', mid: 'azure-7', at: begunAt - 5 }];
      const echoes = [{ mid: 'm_1', text: 'hello', at: begunAt - 6 }];
      const absent = { messages: [one, before], completeSince: begunAt };
      expect(await reconcile({ sent: strange, echoes, readBack: absent })).to.deep.include({ state: 'absent' });
      expect(await reconcile({ sent: strange, readBack: absent })).to.deep.include({ state: 'absent' });
      const two = { messages: [other, one, before], completeSince: begunAt };
      expect(await reconcile({ sent: strange, readBack: two })).to.deep.include({ state: 'done' });
    });

    it('takes no echo of another time for the name of one', async () => {
      const echoes = [{ mid: 'm_1', text: 'hello', at: begunAt - 60_000 }];
      const readBack = { messages: [other, before], completeSince: begunAt };
      expect(await reconcile({ sent, echoes, readBack })).to.deep.include({ state: 'absent' });
    });

    it('counts none of a time at which no note would be left of it', async () => {
      const longAgo = readMessage('m_9', 'hello', begunAt - 3 * 24 * 60 * 60 * 1000);
      const readBack = { messages: [one, before, longAgo], completeSince: 0 };
      expect(await reconcile({ sent, readBack })).to.deep.include({ state: 'absent' });
    });

    it('is not mistaken for one of long ago', async () => {
      const longAgo = [{ text: 'hello', at: begunAt - 60_000 }];
      const readBack = { messages: [one], completeSince: 0 };
      expect(await reconcile({ readBack, sent: longAgo })).to.deep.include({ state: 'done', result: { id: 'm_1' } });
    });
  });

  it('is unknown for a message without words when anything unknown is there', async () => {
    const readBack = { messages: [readMessage('m_1', 'a caption')], completeSince: 0 };
    expect(await reconcile({ readBack }, { text: '' })).to.deep.include({ state: 'unknown' });
    expect(await reconcile({ readBack: nothing }, { text: '' })).to.deep.include({ state: 'absent' });
  });

  it('is unknown when what can be read does not reach back to its beginning', async () => {
    const readBack = { messages: [readMessage('m_20', 'later', begunAt + 9000)], completeSince: begunAt + 10_000 };
    expect(await reconcile({ readBack })).to.deep.include({ state: 'unknown' });
  });

  it('allows for clocks that differ when it asks how far back that is', async () => {
    const reaching = (ms: number) => reconcile({ readBack: { messages: [], completeSince: begunAt - ms } });
    expect(await reaching(9_000)).to.deep.include({ state: 'unknown' });
    expect(await reaching(10_000)).to.deep.include({ state: 'absent' });
  });

  describe('that came later than a call should take', () => {
    const at = begunAt + 60_000;
    const readBack = { messages: [readMessage('m_1', 'hello', at)], completeSince: 0 };

    it('is found by its echo', async () => {
      const found = await reconcile({ readBack, echoes: [{ mid: 'm_1', text: 'hello', at }] });
      expect(found).to.deep.include({ state: 'done', result: { id: 'm_1' }, by: 'echo' });
    });

    it('is not absent while nobody knows who wrote it', async () => {
      const known = { readBack, echoes: [{ mid: 'm_0', text: 'x', at: begunAt - 1 }] };
      expect(await reconcile(known)).to.deep.equal({ state: 'unknown', waitedMs: 35_000 });
      const echo = { mid: 'm_1', text: 'hello', at };
      expect(await reconcile({ ...known, whileWaiting: echo })).to.deep.include({ state: 'done', by: 'echo' });
    });

    it('is absent when it was a later message with the same words', async () => {
      const sent = [{ text: 'hello', mid: 'm_1', at }];
      expect(await reconcile({ readBack, sent })).to.deep.include({ state: 'absent' });
    });
  });

  it('is found, or unknown, although a clock jumped since it was begun', async () => {
    const aheadMs = 7 * 60_000;
    let now = begunAt - 1000;
    const clock = createPlatformClock(() => now);
    clock.learn(new Date(now).toUTCString(), now);
    now = begunAt;
    clock.offset();
    now = begunAt + 10_000;
    // The machine slept meanwhile.
    clock.learn(new Date(now + aheadMs).toUTCString(), now);
    const readBack = { messages: [readMessage('m_1', 'hello', begunAt + 500)], completeSince: 0 };
    const { state } = await reconcile({ readBack }, {}, { clock });
    expect(state).to.equal('done');
  });

  it('is absent when a message from before its beginning can be read, however near that is', async () => {
    const readBack = { messages: [readMessage('m_1', 'before')], completeSince: begunAt + 1000 };
    const before = { text: 'before', mid: 'm_1' };
    expect(await reconcile({ readBack, sent: [{ ...before, at: begunAt - 1 }] })).to.deep.include({ state: 'absent' });
    // It was under way at the same time, so it may have come later.
    expect(await reconcile({ readBack, sent: [{ ...before, at: begunAt + 1 }] })).to.deep.include({ state: 'unknown' });
  });

  describe('in a chat so quick that what can be read is all from the second in which the process ended', () => {
    const readBack = { messages: [readMessage('m_1', 'before')], completeSince: begunAt + 1000 };
    const before = { text: 'before', mid: 'm_1', at: begunAt - 1 };
    const mine = { text: 'hello', correlationId: 'once-mine', at: begunAt, state: 'open' } as const;
    const cutOff = { endedAt: undefined };

    it('is absent when a message can be read that was sent before it was begun', async () => {
      const found = await reconcile({ readBack, sent: [before, mine] }, cutOff);
      expect(found).to.deep.include({ state: 'absent' });
    });

    it('is unknown when that message was begun after it, and only a clock that was set says otherwise', async () => {
      const found = await reconcile({ readBack, sent: [mine, before] }, cutOff);
      expect(found).to.deep.include({ state: 'unknown' });
    });

    it('is unknown when nothing was written down of when it was begun', async () => {
      expect(await reconcile({ readBack, sent: [before] }, cutOff)).to.deep.include({ state: 'unknown' });
    });
  });

  describe('of which a crash left nothing but its words, where a person has spoken before', () => {
    const before = { text: 'before', mid: 'm_1', at: begunAt - 1 };
    const readBack = { messages: [readMessage('m_2', 'hello'), readMessage('m_1', 'before')], completeSince: 0 };
    const echoes = [
      { mid: 'm_0', at: begunAt - 60_000, author: 'other' } as const,
      { mid: 'm_1', at: begunAt - 1, text: 'before' },
    ];
    const cutOff = { endedAt: undefined, rendering: 'channel' } as const;
    const find = (isAlone: () => Promise<boolean>, more: Partial<Known> = {}) => {
      const clock = { now: () => begunAt, offset: () => ({ min: -2000, max: 2000 }), learn: () => undefined };
      const options = { clock, startedAt: begunAt, soleSpeaker: { appId: '1000', isAlone } };
      return reconcile({ readBack, sent: [before], echoes, ...more }, cutOff, options);
    };

    it('is found at once when only this app can have written them', async () => {
      const found = await find(() => Promise.resolve(true));
      expect(found).to.deep.equal({ state: 'done', result: { id: 'm_2' }, by: 'owner', waitedMs: 0 });
    });

    it('is unknown, after everything was waited for, when others can', async () => {
      const found = await find(() => Promise.resolve(false));
      expect(found).to.deep.equal({ state: 'unknown', waitedMs: 35_000 });
    });

    it('is not taken for another one with the same words that was lost beside it', async () => {
      const journal = createMemoryJournal({ isInWork: () => true });
      for (const echo of echoes) journal.noteEcho(conversation, echo);
      const entry = { kind: 'send', hash: '', at: begunAt, outcome: 'open', result: '' } as const;
      const about = { conversation, text: 'hello', earliest: begunAt - 2000 };
      for (const [ordinal, mark] of ['once-first', 'once-second'].entries()) {
        await journal.table.begin(1, { ...entry, ordinal, detail: JSON.stringify({ mark, about }) });
      }
      let polls = 0;
      const ask = createReconcileSend({
        ...{ table: journal.table, sentMessages: { recent: () => Promise.resolve(readBack) } },
        soleSpeaker: { appId: '1000', isAlone: () => Promise.resolve(true) },
        ...{ now: () => begunAt, startedAt: begunAt - 60_000 },
        clock: { now: () => begunAt, offset: () => ({ min: -2000, max: 2000 }), learn: () => undefined },
        sleep: async () => {
          polls += 1;
          const echo = { mid: 'm_2', text: 'hello', at: begunAt, correlationId: 'once-second' };
          if (polls === 60) journal.noteEcho(conversation, echo);
        },
      });
      const question = { conversation, userId: 'customer', text: 'hello', at: begunAt, endedAt: begunAt };
      const found = ['once-first', 'once-second'].map((correlationId) => ask({ ...question, correlationId }));
      expect((await Promise.all(found)).map(({ state }) => state)).to.deep.equal(['unknown', 'done']);
    });

    it('is waited for where nobody else was heard, since then its words count anyhow', async () => {
      const asked: string[] = [];
      const found = await find(
        () => {
          asked.push('who may write');
          return Promise.resolve(true);
        },
        { echoes: echoes.slice(1) },
      );
      expect(found).to.deep.equal({ state: 'done', result: { id: 'm_2' }, by: 'reading', waitedMs: 5000 });
      expect(asked).to.deep.equal([]);
    });
  });

  describe('beside others who speak', () => {
    const person = { mid: 'm_2', at: begunAt + 500, author: 'other' } as const;
    const read = (text: string) => ({ messages: [readMessage('m_2', text, begunAt + 500)], completeSince: 0 });

    it('is absent when a person, or another app, said the same', async () => {
      expect(await reconcile({ readBack: read('hello'), echoes: [person] })).to.deep.include({ state: 'absent' });
      const self = { mid: 'm_0', text: 'before', at: begunAt - 60_000 };
      const app = { ...person, text: 'hello', appId: '2000' };
      expect(await reconcile({ readBack: read('hello'), echoes: [self, app] })).to.deep.include({ state: 'absent' });
    });

    it('is unknown when the app that said the same may be this one, under another id than that of the settings', async () => {
      const app = { ...person, text: 'hello', appId: '2000' };
      expect(await reconcile({ readBack: read('hello'), echoes: [app] })).to.deep.include({ state: 'unknown' });
    });

    it('waits for the echo that tells who said it', async () => {
      const known = { readBack: read('hello'), echoes: [{ mid: 'm_0', text: 'x', at: begunAt - 60_000 }] };
      const late = await reconcile({ ...known, whileWaiting: person });
      expect(late).to.deep.include({ state: 'absent' });
      expect(await reconcile(known)).to.deep.include({ state: 'unknown', waitedMs: 35_000 });
    });

    it('is unknown when something new is there with other words, and nobody tells whose', async () => {
      expect(await reconcile({ readBack: read('from the inbox') })).to.deep.include({ state: 'unknown' });
      expect(await reconcile({ readBack: read('from the inbox'), echoes: [person] })).to.deep.include({
        state: 'absent',
      });
    });

    it('is unknown when nobody tells whether the customer said it', async () => {
      const [message] = read('hello').messages;
      const readBack = { messages: [{ ...message!, from: 'unknown' as const }], completeSince: 0 };
      expect(await reconcile({ readBack })).to.deep.include({ state: 'unknown' });
    });
  });

  it('is known under the words that the channel made of it', async () => {
    const text = '**Our** [shop](https://shop.example/?a=b)\n\n* is _open_ &amp; warm';
    const seen = 'Our shop https://shop.example/?a=b is open & warm';
    const readBack = { messages: [readMessage('m_1', seen)], completeSince: 0 };
    const inChannel = { text, rendering: 'channel' } as const;
    expect(await reconcile({ readBack }, inChannel)).to.deep.include({ state: 'done' });
    expect(await reconcile({ echoes: [{ mid: 'm_1', text: seen, at: begunAt }] }, inChannel)).to.include({
      by: 'echo',
    });
    expect(await reconcile({ readBack }, { text })).to.deep.include({ state: 'unknown' });
    const trimmed = { messages: [readMessage('m_1', 'hello')], completeSince: 0 };
    expect(await reconcile({ readBack: trimmed }, { text: ' hello ' })).to.deep.include({ state: 'done' });
  });

  it('is unknown, and not absent, when reading the conversation is refused for good', async () => {
    for (const reason of ['permission', 'invalidToken', 'unknown'] as const) {
      const refuse = () => Promise.reject(new GraphApiError({ status: 400, code: 10, reason }));
      const asked = await reconcile({}, {}, { sentMessages: { recent: refuse } });
      expect(asked).to.deep.include({ state: 'unknown' });
    }
  });

  it('is unknown where no conversation can be read', async () => {
    expect(await reconcile({})).to.deep.include({ state: 'unknown' });
    expect(await reconcile({ readBack: nothing }, { userId: undefined })).to.deep.include({ state: 'unknown' });
  });

  it('is left open when the conversation cannot be read now', async () => {
    const asked = reconcile({}, {}, { sentMessages: { recent: () => Promise.reject(new Error('Graph is down')) } });
    expect(await asked.catch((error: unknown) => String(error))).to.equal('Error: Graph is down');
  });
});

describe('the customer of a conversation', () => {
  it('is known on Facebook alone', () => {
    expect(psidOf('facebook 108 7004')).to.equal('7004');
    expect(psidOf('emulator 108 7004')).to.equal(undefined);
  });
});
