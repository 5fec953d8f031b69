import type { Terminal } from '../../commands/terminal.ts';

/** A terminal that keeps what was printed, in order. */
export interface RecordingTerminal extends Terminal {
  readonly printed: string[];
  readonly complained: string[];
}

export function recordingTerminal(): RecordingTerminal {
  const printed: string[] = [];
  const complained: string[] = [];
  return {
    printed,
    complained,
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
  };
}
