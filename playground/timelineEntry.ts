/** What kind of thing happened, for its colour. */
export type Tone = 'speech' | 'delivery' | 'call' | 'refusal' | 'ownership' | 'action' | 'trouble';

/** A row of the timeline: who does what. */
export interface TimelineEntry {
  /** The emulator's time in ms since 1970. */
  readonly at: number;
  /** Who owns the thread after it, in words. */
  readonly owner: string;
  /** Who does it. */
  readonly who: string;
  /** The verb. */
  readonly does: string;
  readonly what: string;
  readonly tone: Tone;
  /** More about it, each on lines of its own. */
  readonly more?: readonly { readonly does: string; readonly what: string }[];
}
