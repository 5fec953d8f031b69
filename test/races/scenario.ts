import type { Mode } from '../../emulator/core/state.ts';
import type { RaceStage, Role } from './raceStage.ts';
import type { Step } from './scheduler.ts';

/** Who may own the thread at the end. `primary` in `routing` includes idle, in which the default app speaks. */
export type Owner = Role | 'inbox';

/** What the actors of a race have in their hands. */
export interface Hands {
  stage: RaceStage;
  psid: string;
  /** A second customer. */
  otherPsid: string;
  say: (text: string, psid?: string) => Step;
  reply: Step;
  done: Step;
  moveToMain: Step;
  take: (role: Role) => Step;
  passTo: (role: Role, target: Owner) => Step;
  restart: (role: Role) => Step;
}

export interface Scenario {
  name: string;
  modes: readonly Mode[];
  /** Everything here is over before the race begins. */
  before?: (hands: Hands) => readonly Step[];
  /** Each actor's steps come in their order; those of different actors, and all deliveries, come in any order. */
  actors: (hands: Hands) => readonly (readonly Step[])[];
  owners: Readonly<Partial<Record<Mode, readonly Owner[]>>>;
  /** Of the second customer, when it takes part. */
  otherOwners?: readonly Owner[];
  /** Whose message may be refused in `routing`: somebody else took the thread while it was on its way. */
  mayBeRefused?: readonly Role[];
}
export const both = ['classic', 'routing'] as const;
export const same = (...owners: Owner[]): Scenario['owners'] => ({ classic: owners, routing: owners });
export const toSecondary = 'Pass to secondary';
export const toInbox = 'Pass to page inbox';
export const toPrimary = 'Pass to primary';
export const beTaken = 'Have control taken';
export const request = 'Receive request';
export const niceRequest = 'Receive nice request';

export const secondaryOwns = ({ say }: Hands): readonly Step[] => [say(toSecondary)];
export const inboxOwns = ({ say }: Hands): readonly Step[] => [say(toInbox)];
