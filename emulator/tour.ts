import type { Mode } from './core/state.ts';

/** Something that a customer or an agent does, as data. It is about the first customer. */
export type TourAction =
  | {
      readonly does: 'say' | 'tap' | 'reply' | 'aiAnswer';
      readonly text: string;
      /** How long after the step before; the clock is put forward by that. */
      readonly afterMs?: number;
      /** Or at what time of day, in UTC, such as `17:15`; the clock is put forward to when it next shows that. */
      readonly at?: string;
    }
  | { readonly does: 'markAsDone' | 'moveToMain' | 'aiTake' }
  /** Meta's AI gives the thread back: with a pass event that carries the note, or with a notice alone. */
  | { readonly does: 'aiHandBack'; readonly event: 'pass' | 'none'; readonly note?: string }
  /** Only time passes. */
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'wait'; readonly at: string };

/** A step of a conversation that the page can play: one sentence about what will happen and why, and the action. */
export interface TourStep {
  readonly tells: string;
  readonly action: TourAction;
  /** How the bots have to be set up for it, by a name of the caller's. Absent: as they were in the beginning. */
  readonly bots?: string;
}

/**
 * A conversation for each mode that has one. The emulator knows bots only as apps, so the caller, who knows what they understand, passes it in;
 * without one the page offers no tour.
 */
export type Tour = Readonly<Partial<Record<Mode, readonly TourStep[]>>>;

/** Sets the bots up for a step; resolves when they run so. */
export type SetUpBots = (bots: string | undefined) => Promise<void>;
