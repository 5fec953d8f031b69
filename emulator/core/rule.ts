import type { FaultName } from './graphFaults.ts';
import { errorDocs } from './ruleSources.ts';
import type { Mode, RuleSwitches } from './state.ts';

export type Role = 'primary' | 'secondary' | 'inbox' | 'metaAi' | 'customer' | 'time';

/** The owner as the actor sees it. `secondary` is another secondary receiver than the actor. */
export type OwnerSeen = 'self' | 'primary' | 'secondary' | 'inbox' | 'metaAi' | 'idle';

export type RuledCommand =
  | 'pass'
  | 'take'
  | 'request'
  | 'release'
  | 'extend'
  | 'send'
  | 'threadOwner'
  | 'secondaryReceivers'
  | 'inboxReply'
  | 'inboxMarkAsDone'
  | 'inboxMoveToMain'
  | 'aiTakes'
  | 'aiAnswers'
  | 'aiPassesBack'
  | 'aiLetsGo'
  | 'customerWrites'
  | 'dayPasses';

/**
 * Who owns the thread afterwards. A `target` is another receiver; only with `targetOrSelf` it may be the actor. An `entryPoint` is the
 * app of the way that the customer came.
 */
export type NextOwner =
  'same' | 'actor' | 'target' | 'targetOrSelf' | 'targetOrPrimary' | 'primary' | 'entryPoint' | 'nobody';

/** Which handover event tells of it, and whom. The Page Inbox has no webhook. */
export type Told =
  'nobody' | 'passToNewOwner' | 'takeToLosingApp' | 'passToActor' | 'requestToPrimary' | 'requestToOwner';

export type Outcome =
  | { readonly next: NextOwner; readonly told: Told }
  | { readonly answer: 'owner' | 'expirationOnly' | 'empty' | 'receivers' }
  | { readonly fault: FaultName; readonly because: string };

export type Condition =
  | {
      readonly [Name in keyof RuleSwitches]: { readonly switch: Name; readonly is: RuleSwitches[Name] };
    }[keyof RuleSwitches]
  | { readonly mayTakeControl: 'yes' | 'no' };

export interface Rule {
  readonly mode: Mode;
  readonly role: Role;
  readonly owners: readonly OwnerSeen[];
  readonly command: RuledCommand;
  readonly when?: Condition;
  readonly then: Outcome;
  readonly source: string;
  readonly guessed?: true;
}

/** A row of a mode's table: the actor and the command, whom the actor sees as the owner, and the outcome. */
type Row = (
  role: Role,
  owners: readonly OwnerSeen[],
  command: RuledCommand,
  then: Outcome,
  source: string,
  when?: Condition,
) => Rule;

/** Makes the rows of a mode: those that Meta has written down, and those that are guessed. */
export function rowsOf(mode: Mode): { readonly documented: Row; readonly guessed: Row } {
  const documented: Row = (role, owners, command, then, source, when) => ({
    ...{ mode, role, owners, command, then, source },
    ...(when === undefined ? {} : { when }),
  });
  return { documented, guessed: (...row) => ({ ...documented(...row), guessed: true }) };
}

// Outcomes that many rows share.
export const unchanged: Outcome = { next: 'same', told: 'nobody' };
const onlyOwner = 'Only the owner of the thread may do this.';
export const notOwner: Outcome = { fault: 'notThreadOwner', because: onlyOwner };
export const passNotOwner: Outcome = { fault: 'passNotOwner', because: onlyOwner };
export const releaseNotOwner: Outcome = { fault: 'releaseNotOwner', because: onlyOwner };
export const ownsAlready: Outcome = { fault: 'alreadyThreadOwner', because: 'The app owns the thread already.' };
export const anotherControls: Outcome = {
  fault: 'anotherAppControls',
  because: 'Another receiver owns the thread, and only its owner may send.',
};

/** Take by the app that owns the thread already, outside `classic`: Meta's pages do not say what it answers. */
export const takeWhenOwnerRules = (mode: Mode, role: 'primary' | 'secondary'): readonly Rule[] =>
  (['asMode', 'success', 'fault'] as const).map((way) =>
    rowsOf(mode).guessed(role, ['self'], 'take', way === 'success' ? unchanged : ownsAlready, errorDocs, {
      switch: 'takeWhenOwner',
      is: way,
    }),
  );

export const notInClassic: Outcome = {
  fault: 'noSuchObject',
  because: 'The classic Handover Protocol had no such call.',
};
