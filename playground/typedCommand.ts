import { msUntilTimeOfDay, readSpan } from '../emulator/narration/time.js';
import { modes, type Mode } from '../emulator/startPlatform.ts';
import { paragraph, table } from './paragraph.ts';

/** What a person typed at the prompt. */
export type TypedCommand =
  | { readonly type: 'nothing' }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'tap'; readonly number: number }
  | { readonly type: 'reply'; readonly text: string }
  | { readonly type: 'markAsDone' }
  | { readonly type: 'moveToMain' }
  /** Meta's AI takes the thread, if it has not, and answers. Without a text it only takes it. */
  | { readonly type: 'ai'; readonly text?: string }
  | { readonly type: 'aiBack'; readonly event: 'pass' | 'none'; readonly note?: string }
  /** Without a mode: which one is it? */
  | { readonly type: 'mode'; readonly mode?: Mode }
  | { readonly type: 'owner' }
  /** What time is it? */
  | { readonly type: 'clock' }
  | { readonly type: 'moveClock'; readonly ms: number }
  /** To when the clock next shows this time of day, in UTC. */
  | { readonly type: 'moveClockTo'; readonly timeOfDay: string }
  | { readonly type: 'restart' }
  | { readonly type: 'log' }
  | { readonly type: 'help' }
  | { readonly type: 'quit' }
  | { readonly type: 'wrong'; readonly problem: string };

/** The first lines of help, of at most `width` columns. */
export const shortHelp = (width: number): string =>
  paragraph(
    `Type something and the customer says it; a number taps the quick reply with that number.
/inbox <text> answers as a person in the Page Inbox; /mode changes the rules; /help shows the rest; /quit or Ctrl-C stops everything.
`,
    width,
  );

const commandRows = [
  ['2', 'taps the quick reply with this number'],
  ['/inbox <text>', 'an agent answers in the Page Inbox'],
  ['/done', 'the agent clicks "Mark as done"'],
  ['/main', 'the agent clicks "Move to Main"'],
  ['/ai <text>', "Meta's AI takes the thread, if it has not, and answers"],
  ['/ai-back <note>', 'it passes the thread back; the note is optional'],
  ['/ai-leave', 'it gives the thread back without an event, with a notice alone'],
  ['/owner', 'who owns the thread, and until when'],
  ['/mode', 'by whose rules the Page works'],
  ['/mode <mode>', `changes them: ${modes.join(' or ')}`],
  ['/clock', "what time it is on the emulator's clock"],
  ['/clock <time>', "moves the clock ahead, and the bots' clocks with it: 30m, 24h, 2d, or to the next 18:30 UTC"],
  ['/say <text>', 'the customer says this, also when it is a number or begins with a slash'],
  ['/restart', 'starts the bots again: after one has ended, or when you have changed their code'],
  ['/log', 'the last lines that each bot has logged or printed'],
  ['/help', 'shows this'],
  ['/quit', 'stops everything, as Ctrl-C does'],
];

/** All commands, in lines of at most `width` columns. */
export const commandHelp = (width: number): string =>
  `${paragraph('Type something and the customer says it.', width)}\n${table(commandRows, [18], width)}\n`;

const wrong = (problem: string): TypedCommand => ({ type: 'wrong', problem });

export function readTypedCommand(line: string): TypedCommand {
  const text = line.trim();
  if (text === '') return { type: 'nothing' };
  if (/^\d{1,3}$/.test(text)) return { type: 'tap', number: Number(text) };
  if (!text.startsWith('/')) return { type: 'say', text };

  const [name = '', rest = ''] = text.slice(1).split(/\s+(.*)/s, 2);
  switch (name.toLowerCase()) {
    case 'say':
      return rest === '' ? wrong('/say needs a text.') : { type: 'say', text: rest };
    case 'inbox':
      return rest === '' ? wrong('/inbox needs the text of the answer.') : { type: 'reply', text: rest };
    case 'done':
      return { type: 'markAsDone' };
    case 'main':
      return { type: 'moveToMain' };
    case 'ai':
      return rest === '' ? { type: 'ai' } : { type: 'ai', text: rest };
    case 'ai-back':
      return { type: 'aiBack', event: 'pass', ...(rest === '' ? {} : { note: rest }) };
    case 'ai-leave':
      return { type: 'aiBack', event: 'none' };
    case 'owner':
      return { type: 'owner' };
    case 'restart':
      return { type: 'restart' };
    case 'log':
      return { type: 'log' };
    case 'mode': {
      if (rest === '') return { type: 'mode' };
      const mode = modes.find((known) => known === rest);
      return mode === undefined ? wrong(`/mode is followed by ${modes.join(' or ')}.`) : { type: 'mode', mode };
    }
    case 'clock': {
      if (rest === '') return { type: 'clock' };
      const ms = readSpan(rest);
      if (ms !== undefined) return { type: 'moveClock', ms };
      return msUntilTimeOfDay(rest, 0) === undefined
        ? wrong('/clock is followed by a span such as 30m, 24h or 2d, or by a time of day such as 18:30.')
        : { type: 'moveClockTo', timeOfDay: rest };
    }
    case 'help':
      return { type: 'help' };
    case 'quit':
    case 'exit':
      return { type: 'quit' };
    default:
      return wrong(`There is no command /${name}; /help shows all.`);
  }
}
