import { expect } from 'chai';
import type { EchoNote, ThreadNote } from '../../../store/store.ts';
import { onlyWeCanHaveWritten, type SpeakerEvidence } from '../../../turns/reconcile/soleSpeaker.ts';

const begunAt = 1_700_000_000_000;
const appId = '1000';
const inbox = '263902037430900';

/** This app's last message before the one in question, and the one in question. */
const [ours, inQuestion] = ['m_ours', 'm_in_question'];
const readBack = {
  messages: [
    { mid: inQuestion, text: 'hello', at: begunAt },
    { mid: ours, text: 'first', at: begunAt - 1000 },
  ],
  completeSince: 0,
};
const sent = [{ conversation: 'c', text: 'first', mid: ours, at: begunAt - 500, state: 'done' as const }];
const given: ThreadNote = {
  ...{ kind: 'pass_thread_control', at: begunAt - 200, notedAt: begunAt - 100 },
  ...{ newOwner: appId, previousOwner: inbox },
};
const spoke = (at: number, more: Partial<EchoNote> = {}): EchoNote => ({ mid: 'm_0', at, author: 'other', ...more });

function isOurs(more: Partial<SpeakerEvidence> = {}, to = begunAt + 999): boolean {
  const alone = { appId, at: begunAt + 5_000 };
  const evidence = { alone, readBack, begunAt, sent, echoes: [], handovers: [], strangeAt: [] };
  return onlyWeCanHaveWritten({ ...evidence, ...more })({ mid: inQuestion, to });
}

describe('whether only this app can have written a message that was read back', () => {
  it('is so between a message of its own and a moment at which nobody else could write', () => {
    expect(isOurs()).to.equal(true);
  });

  it('is so behind a message of its own that only an echo tells of', () => {
    const echoes = [{ mid: ours, text: 'first', at: begunAt - 900 }];
    expect(isOurs({ sent: [], echoes })).to.equal(true);
  });

  it('is so after the thread was given to it', () => {
    expect(isOurs({ sent: [], handovers: [given] })).to.equal(true);
    expect(isOurs({ sent: [], handovers: [{ ...given, newOwner: '2000' }] })).to.equal(false);
  });

  it('is not known of what was written before the thread was given to it', () => {
    expect(isOurs({ sent: [], handovers: [given] }, given.at - 1)).to.equal(false);
  });

  it('is not known where nothing tells that it had the thread just before', () => {
    expect(isOurs({ sent: [] })).to.equal(false);
    const turned = { ...readBack, messages: readBack.messages.toReversed() };
    expect(isOurs({ readBack: turned })).to.equal(false);
  });

  it('is not known when so much time is between that somebody may have been there', () => {
    expect(isOurs({ alone: { appId, at: begunAt + 29_000 } })).to.equal(true);
    expect(isOurs({ alone: { appId, at: begunAt + 29_001 } })).to.equal(false);
  });

  it('is not known when the thread moved since, however quickly', () => {
    expect(isOurs({ handovers: [{ ...given, notedAt: begunAt }] })).to.equal(false);
    const taken: ThreadNote = { kind: 'take_thread_control', at: begunAt - 700, notedAt: begunAt - 600 };
    expect(isOurs({ handovers: [{ ...taken, previousOwner: appId }] })).to.equal(false);
    expect(isOurs({ handovers: [taken, given] })).to.equal(true);
  });

  it('is not known when somebody was heard or seen since', () => {
    expect(isOurs({ echoes: [spoke(begunAt - 1001)] })).to.equal(true);
    expect(isOurs({ echoes: [spoke(begunAt - 1000)] })).to.equal(false);
    expect(isOurs({ strangeAt: [begunAt - 1001] })).to.equal(true);
    expect(isOurs({ strangeAt: [begunAt + 1] })).to.equal(false);
  });

  it('is not known where another app has spoken, however long ago', () => {
    expect(isOurs({ echoes: [spoke(begunAt - 3_600_000, { appId: '2000' })] })).to.equal(false);
  });
});
