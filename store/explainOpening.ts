import type { StoreUnavailable, StoreUnavailableReason } from './storeErrors.ts';

const anotherFile = 'set StorePath to another file, on a local disk';

const cures: Record<StoreUnavailableReason, string> = {
  backlog: 'Wait until less is waiting.',
  full: 'Make room on the disk.',
  readOnly: 'Let the user who runs the bot write that folder and its files, or set StorePath to a file where it may.',
  busy: 'End the other process, perhaps a bot that was started twice, or set StorePath to another file.',
  corrupt: `Put a backup in its place, or keep it, with the files named after it, for a person to look at, and ${anotherFile}.`,
  detached: 'Put the file back where it was, with the files named after it, and start again.',
  notOwner: 'End the other process, perhaps a bot that was started twice, and start again.',
  newer:
    'Start the newer version again. Or put a copy from before in its place, without its -wal and -shm files beside it: then what was ' +
    'accepted since and not yet handled is lost, as is the state since then, and what Meta delivers again is answered again.',
  closed: 'Start again.',
  failed: `Mend that, or ${anotherFile}.`,
};

/** Why a store could not be opened and what to do about it, for the person who started the program. */
export function explainOpening(path: string, { reason, what }: StoreUnavailable): string {
  return `The store ${path} cannot be opened: ${what}. ${cures[reason]}`;
}
