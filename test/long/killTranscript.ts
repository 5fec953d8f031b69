/** A turn that a customer, or a person at the Page Inbox, brought about. */
export interface ExpectedTurn {
  /** What the bot has to say in it. */
  readonly texts: readonly string[];
  /** It was given up as unknowable, so part of it may be missing. */
  parked: boolean;
}

export interface TranscriptResult {
  /** Messages that are missing although nobody says that they may be. */
  lost: number;
  doubled: number;
  reordered: number;
}

/**
 * Holds what a customer saw against what was to be said. Words that are said again and again are told apart by what was said before
 * them.
 */
export function compareTranscript(turns: readonly ExpectedTurn[], seen: readonly string[]): TranscriptResult {
  const expected = named(turns.flatMap(({ texts, parked }) => texts.map((text) => ({ text, parked }))));
  const places = new Map(expected.map(({ name }, place) => [name, place]));
  const names = named(seen.map((text) => ({ text }))).map(({ name }) => name);
  const once = [...new Set(names)];
  const known = once.flatMap((name) => places.get(name) ?? []);
  return {
    lost: expected.filter(({ name, parked }) => !parked && !once.includes(name)).length,
    // What nobody asked for counts too: the customer saw something that was not to be said.
    doubled: names.length - known.length,
    reordered: known.filter((place, index) => place < (known[index - 1] ?? 0)).length,
  };
}

function named<T extends { text: string }>(messages: readonly T[]): (T & { name: string })[] {
  let before = '';
  return messages.map((message) => {
    if (/^\d/.test(message.text)) before = message.text;
    return { ...message, name: /^\d/.test(message.text) ? message.text : `${before} > ${message.text}` };
  });
}
