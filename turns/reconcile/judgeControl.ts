import { outcomeOfPass, type ThreadOwner } from '../../helpers/threadOwner.ts';
import type { ThreadNote } from '../../store/store.ts';

export type ControlCommand = 'pass_thread_control' | 'take_thread_control' | 'release_thread_control';

/** The call in question. */
export interface ControlInQuestion {
  command: ControlCommand;
  targetAppId?: string | undefined;
  /** When it was begun by the platform's clock: not before, and not after. In milliseconds since 1970. */
  earliest: number;
  latest: number;
}

export interface ControlEvidence {
  /** This app. Undefined: it cannot tell itself from others. */
  appId: string | undefined;
  owner: ThreadOwner;
  /** What was heard since the call was begun. */
  handovers: readonly ThreadNote[];
  /** When the Page's other apps, and people, spoke to the customer, by the platform's clock. */
  othersSpokeAt: readonly number[];
  /** Whatever happened before this time, by the platform's clock, has been heard of. In milliseconds since 1970. */
  heardUntil: number;
  /** `still`: an event about something from before the owner was asked may still arrive. */
  moreMayCome: 'still' | 'no';
}

/** `done`: the thread went, or came, where the call was to bring it. */
export type ControlVerdict = 'done' | 'absent' | 'unknown' | 'listen';

/**
 * What became of a call that moves the control of a thread, from who owns it now and what was heard since. Where nothing was heard that
 * explains it, a call did not happen only when nothing can come any more.
 */
export function judgeControl(question: ControlInQuestion, evidence: ControlEvidence): ControlVerdict {
  const verdict = judgeFinally(question, evidence);
  if (evidence.moreMayCome === 'no' || isProven(question, evidence)) return verdict;
  return 'listen';
}

/** What an event that comes late cannot change. */
function isProven(question: ControlInQuestion, evidence: ControlEvidence): boolean {
  const { command, targetAppId } = question;
  const [back, taken] = [cameBack(question, evidence), wasTaken(question, evidence)];
  if (command === 'take_thread_control') return isOurs(evidence) || taken === 'surely';
  if (command === 'release_thread_control') return !isOurs(evidence) || back === 'surely';
  // Whoever gives it back had it. That it came back alone says as little as that somebody took it before.
  const hadIt = ({ kind, previousOwner, at }: ThreadNote) =>
    kind === 'pass_thread_control' && previousOwner === targetAppId && at >= question.latest;
  if (targetAppId !== undefined && evidence.handovers.some(hadIt)) return true;
  return targetAppId !== undefined && passOutcome(question, evidence) === 'passed';
}

function judgeFinally(question: ControlInQuestion, evidence: ControlEvidence): ControlVerdict {
  if (isProven(question, evidence)) {
    const isNobodys = evidence.appId === undefined && evidence.owner.owner === 'app';
    return isNobodys && question.command === 'release_thread_control' ? 'unknown' : 'done';
  }
  const [back, taken] = [cameBack(question, evidence), wasTaken(question, evidence)];
  switch (question.command) {
    case 'take_thread_control': {
      const hasSpoken = evidence.othersSpokeAt.some((at) => at >= question.earliest);
      // Whoever has it now may have taken it after this app did.
      if (evidence.appId === undefined || back !== 'no' || taken !== 'no' || hasSpoken) return 'unknown';
      return 'absent';
    }
    case 'release_thread_control':
      return back === 'no' && taken === 'no' ? 'absent' : 'unknown';
    case 'pass_thread_control':
      if (taken !== 'no' || back === 'maybe') return 'unknown';
      // A thread that came back a moment ago may have been taken a moment before, and the event that says so is on its way.
      if (back === 'surely') return cameBackBefore(evidence.heardUntil, question, evidence) ? 'done' : 'unknown';
      if (isOurs(evidence)) return 'absent';
      return isElsewhere(question, evidence) ? 'done' : 'unknown';
  }
}

/** Before the pass the thread was this app's, so an owner that Meta does not name is whom it went to; see {@link outcomeOfPass}. */
function isElsewhere(question: ControlInQuestion, evidence: ControlEvidence): boolean {
  const outcome = passOutcome(question, evidence);
  return outcome === 'passed' || outcome === 'unnamed';
}

function passOutcome({ targetAppId }: ControlInQuestion, { owner, appId }: ControlEvidence) {
  return outcomeOfPass(owner, targetAppId, appId);
}

function isOurs({ appId, owner }: ControlEvidence): boolean {
  return owner.owner === 'app' && appId !== undefined && owner.appId === appId;
}

type Heard = 'surely' | 'maybe' | 'no';

/** Whether this app got the thread after the call was begun: then it had left it. */
function cameBack(question: ControlInQuestion, evidence: ControlEvidence): Heard {
  return heard(question, passesToUs(evidence));
}

function cameBackBefore(time: number, { latest }: ControlInQuestion, evidence: ControlEvidence): boolean {
  return passesToUs(evidence).some(({ at }) => at >= latest && at <= time);
}

function passesToUs({ appId, handovers }: ControlEvidence): readonly ThreadNote[] {
  return handovers.filter(
    ({ kind, newOwner }) =>
      kind === 'pass_thread_control' && (newOwner === undefined || appId === undefined || newOwner === appId),
  );
}

/** Whether somebody took it from this app after the call was begun: then this app had it. */
function wasTaken(question: ControlInQuestion, { appId, handovers }: ControlEvidence): Heard {
  const isFromUs = ({ kind, previousOwner }: ThreadNote) =>
    kind === 'take_thread_control' && (previousOwner === undefined || appId === undefined || previousOwner === appId);
  return heard(question, handovers.filter(isFromUs));
}

function heard({ earliest, latest }: ControlInQuestion, notes: readonly ThreadNote[]): Heard {
  if (notes.some(({ at }) => at >= latest)) return 'surely';
  return notes.some(({ at }) => at >= earliest) ? 'maybe' : 'no';
}
