/**
 * Why a store cannot commit.
 *
 * - `backlog`: too much is waiting already; the sender should come again later.
 * - `full`: the disk, or the size the file may have, is used up.
 * - `readOnly`: the file or its folder may not be written.
 * - `busy`: another program holds the file.
 * - `corrupt`: the file is damaged or is not a store.
 * - `detached`: its path no longer leads to the open file, which was removed, moved or replaced.
 * - `notOwner`: another process has taken the file over; this one is never its owner again.
 * - `newer`: a newer version of this program changed its tables.
 * - `foreignLog`: a write-ahead log of another file is beside it.
 * - `closed`: it was closed.
 * - `failed`: any other error of the system.
 */
export type StoreUnavailableReason =
  | 'backlog'
  | 'full'
  | 'readOnly'
  | 'busy'
  | 'corrupt'
  | 'detached'
  | 'notOwner'
  | 'newer'
  | 'foreignLog'
  | 'closed'
  | 'failed';

const sentences: Record<StoreUnavailableReason, string> = {
  backlog: 'too many events are waiting',
  full: 'the disk is full',
  readOnly: 'the file or its folder cannot be written',
  busy: 'another program holds the file',
  corrupt: 'the file is damaged or is not a store',
  detached: 'its path no longer leads to the open file',
  notOwner: 'another process has taken over the file',
  newer: 'a newer version of this program wrote it',
  foreignLog: 'a write-ahead log of another file is beside it',
  closed: 'it is closed',
  failed: 'the system refused',
};

/** Nothing was committed. An endpoint answers 503, so that the event is delivered again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailable';
  readonly reason: StoreUnavailableReason;
  /** What is wrong, as a part of a sentence. */
  readonly problem: string;

  constructor(reason: StoreUnavailableReason, detail = '') {
    const problem = `${sentences[reason]}${detail === '' ? '' : ` (${detail})`}`;
    super(`The store cannot commit: ${problem}.`);
    this.reason = reason;
    this.problem = problem;
  }
}

/** An effect of a running turn could not be recorded. The turn is not done, committing it again does not help, and it has to run again. */
export class EffectNotNotedError extends StoreUnavailableError {
  constructor(problem: unknown) {
    super(
      problem instanceof StoreUnavailableError ? problem.reason : 'failed',
      'an effect of the turn was not recorded',
    );
  }
}

/** A value of the bot's state was changed by somebody else since it was read. Nothing was written. */
export class StateConflictError extends Error {
  override readonly name = 'StateConflict';

  constructor(key: string) {
    super(`The state ${key} was changed since it was read.`);
  }
}

/** Somebody ended the turn of an event that is not in work. */
export class NotInWorkError extends Error {
  override readonly name = 'NotInWork';

  constructor(id: number) {
    super(`Event ${id} is not in work.`);
  }
}

const anotherFile = 'set StorePath to another file, on a local disk';

const fixes: Record<StoreUnavailableReason, string> = {
  backlog: 'Wait until less is waiting.',
  full: 'Make room on the disk.',
  readOnly: 'Let the user who runs the bot write that folder and its files, or set StorePath to a file where it may.',
  busy: 'End the other process, perhaps a bot that was started twice, or set StorePath to another file.',
  corrupt: `Move it away, with the files named after it, for somebody to look at. Then put a backup in its place with npm run store -- restore, or ${anotherFile}.`,
  detached: 'Put the file back where it was, with the files named after it, and start again.',
  notOwner: 'End the other process, perhaps a bot that was started twice, and start again.',
  newer:
    'Start the newer version again. Or move the file away, with its -wal and -shm, and put an older copy in its place with npm run store -- restore: events ' +
    'accepted since then and not yet handled are lost, as are changes of state, and events that Meta redelivers are answered again.',
  foreignLog:
    'Move the log away, with the -shm file, and start again. npm run store -- restore puts a backup where no file is left.',
  closed: 'Start again.',
  failed: `Fix that, or ${anotherFile}.`,
};

/** Why a store could not be opened and what to do about it, for the person who started the program. */
export function explainOpening(path: string, { reason, problem }: StoreUnavailableError): string {
  return `The store ${path} cannot be opened: ${problem}. ${fixes[reason]}`;
}
