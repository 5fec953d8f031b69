import type { StoreUnavailable, StoreUnavailableReason } from './storeErrors.ts';

const anotherFile = 'set StorePath to another file, on a local disk';

const cures: Record<StoreUnavailableReason, string> = {
  backlog: 'Wait until less is waiting.',
  full: 'Make room on the disk.',
  readOnly: 'Let the user who runs the bot write that folder and its files, or set StorePath to a file where it may.',
  busy: 'End the other process, perhaps a bot that was started twice, or set StorePath to another file.',
  corrupt: `Move it away, with the files named after it, for a person to look at. Then put a backup in its place with npm run store -- restore, or ${anotherFile}.`,
  detached: 'Put the file back where it was, with the files named after it, and start again.',
  notOwner: 'End the other process, perhaps a bot that was started twice, and start again.',
  newer:
    'Start the newer version again. Or move the file away, with its -wal and -shm, and put a copy from before in its place with npm run store -- restore: then what was ' +
    'accepted since and not yet handled is lost, as is the state since then, and what Meta delivers again is answered again.',
  foreignLog:
    'Move the log away, with the -shm file, and start again. npm run store -- restore puts a backup where nothing is left.',
  closed: 'Start again.',
  failed: `Mend that, or ${anotherFile}.`,
};

/** Why a store could not be opened and what to do about it, for the person who started the program. */
export function explainOpening(path: string, { reason, what }: StoreUnavailable): string {
  return `The store ${path} cannot be opened: ${what}. ${cures[reason]}`;
}
