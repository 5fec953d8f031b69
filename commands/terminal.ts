/** Where a command line tool prints: results for a person or a program, and what went wrong. */
export interface Terminal {
  /** Standard output. A line break is added. */
  print(text: string): void;
  /** Standard error. A line break is added. */
  complain(text: string): void;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
};
