/** What kind of thing happened, for its colour. */
export type Tone = 'speech' | 'delivery' | 'call' | 'refusal' | 'ownership' | 'action' | 'trouble';

/** A row of the timeline: somebody does something. */
export interface TimelineEntry {
  /** The emulator's time in ms since 1970. */
  readonly at: number;
  /** Who owns the thread after it, in words. */
  readonly owner: string;
  /** Who does it. */
  readonly who: string;
  /** What kind of doing, one word. */
  readonly does: string;
  readonly what: string;
  readonly tone: Tone;
  /** More about it, each on lines of its own. */
  readonly more?: readonly { readonly does: string; readonly what: string }[];
}
