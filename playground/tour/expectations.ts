import type { Receiver } from '../names.ts';

/** A message that the customer sees. */
export interface Seen {
  readonly by: Receiver;
  readonly text: string;
  readonly choices?: readonly string[];
}

/** What a step of the tour comes to: a row of the table. */
export interface Outcome {
  /** Who owns the thread afterwards. */
  readonly owner: Receiver;
  /** Where the Page Inbox shows the conversation. */
  readonly folder: 'Main' | 'Done';
  /** What the customer sees, in order. */
  readonly seen: readonly Seen[];
  /** Every webhook that was delivered, in Messenger's order: `message to primary on messaging, secondary on standby`. */
  readonly webhooks: readonly string[];
  /** Every Graph call except messages that were sent: who, what, and what Graph answered. */
  readonly graph: readonly string[];
}

/** Where the two differ, in sentences; none when they are the same. */
export function differences(expected: Outcome, happened: Outcome): readonly string[] {
  const inWords = (seen: Seen): string =>
    `${seen.by} said "${seen.text}"${seen.choices === undefined ? '' : ` and offered ${seen.choices.join(', ')}`}`;
  return [
    ...differentValue('owner', expected.owner, happened.owner),
    ...differentValue('folder', expected.folder, happened.folder),
    ...differentList('messages', expected.seen.map(inWords), happened.seen.map(inWords)),
    ...differentList('webhooks', expected.webhooks, happened.webhooks),
    ...differentList('Graph calls', expected.graph, happened.graph),
  ];
}

function differentValue(what: string, expected: string, happened: string): readonly string[] {
  return expected === happened ? [] : [`${what}: expected ${expected}, but it is ${happened}`];
}

function differentList(what: string, expected: readonly string[], happened: readonly string[]): readonly string[] {
  const rows = Math.max(expected.length, happened.length);
  const found: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    if (expected[row] === happened[row]) continue;
    found.push(
      `${what}, number ${row + 1}: expected ${expected[row] ?? 'nothing'}, but there was ${happened[row] ?? 'nothing'}`,
    );
  }
  return found;
}
