import { outcomeOfPass, type ThreadOwner } from '../../helpers/threadOwner.ts';
import type { ThreadNote } from '../../store/store.ts';

export type ControlCommand = 'pass_thread_control' | 'take_thread_control' | 'release_thread_control';

/** The call in question. */
export interface ControlInQuestion {
  command: ControlCommand;
  targetAppId?: string | undefined;
  /** The earliest and latest time at which it was begun, by the platform's clock, in milliseconds since 1970. */
  earliest: number;
  latest: number;
}

export interface ControlEvidence {
  /** This app's id. Without it, the app cannot tell itself from others. */
  appId: string | undefined;
  owner: ThreadOwner;
  /** What was heard since the call was begun. */
  handovers: readonly ThreadNote[];
  /** When people or other apps of the Page spoke to the customer, by the platform's clock. */
  othersSpokeAt: readonly number[];
  /** Everything before this time, by the platform's clock, has been heard of. In milliseconds since 1970. */
  heardUntil: number;
  /** `still`: an event about something from before the owner was asked may still arrive. */
  moreMayCome: 'still' | 'no';
}

/** `done`: the call moved the thread. `listen`: an event that is still on its way may tell. */
export type ControlVerdict = 'done' | 'absent' | 'unknown' | 'listen';

/**
 * What became of a call that moves control of a thread, judged by who owns it now and what was heard since. Without an event that explains it,
 * the call is `absent` only if no more events can come.
 */
export function judgeControl(question: ControlInQuestion, evidence: ControlEvidence): ControlVerdict {
  const verdict = judgeFinally(question, evidence);
  if (evidence.moreMayCome === 'no' || isProven(question, evidence)) return verdict;
  return 'listen';
}

/** Whether the call happened, whatever events are still to come. */
function isProven(question: ControlInQuestion, evidence: ControlEvidence): boolean {
  const { command, targetAppId } = question;
  const [back, taken] = [cameBack(question, evidence), wasTaken(question, evidence)];
  if (command === 'take_thread_control') return isOurs(evidence) || taken === 'surely';
  if (command === 'release_thread_control') return !isOurs(evidence) || back === 'surely';
  // Whoever passes it back had it. That it came back from somebody proves nothing, nor does that it was taken.
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
      // If it came back just now, it may have been taken just before that, and that event may still be on its way.
      if (back === 'surely') return cameBackBefore(evidence.heardUntil, question, evidence) ? 'done' : 'unknown';
      if (isOurs(evidence)) return 'absent';
      return isElsewhere(question, evidence) ? 'done' : 'unknown';
  }
}

/** The thread was this app's before the pass, so an owner that Meta does not name must be the target; see {@link outcomeOfPass}. */
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

/** Whether this app got the thread after the call was begun, so the thread had left it. */
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

/** Whether somebody took the thread from this app after the call was begun, so this app had it. */
function wasTaken(question: ControlInQuestion, { appId, handovers }: ControlEvidence): Heard {
  const isFromUs = ({ kind, previousOwner }: ThreadNote) =>
    kind === 'take_thread_control' && (previousOwner === undefined || appId === undefined || previousOwner === appId);
  return heard(question, handovers.filter(isFromUs));
}

function heard({ earliest, latest }: ControlInQuestion, notes: readonly ThreadNote[]): Heard {
  if (notes.some(({ at }) => at >= latest)) return 'surely';
  return notes.some(({ at }) => at >= earliest) ? 'maybe' : 'no';
}
