import { clearLine, createInterface, cursorTo } from 'node:readline';
import { runCommand } from './runCommand.ts';
import type { Playground } from './startPlayground.ts';
import { printLive, type PrinterOptions } from './timelinePrinter.ts';
import { readTypedCommand } from './typedCommand.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** A person is the customer and the agent. Resolves when they have enough: `/quit`, Ctrl-C or Ctrl-D. */
export function playInteractively(
  playground: Playground,
  { input, output }: Terminal,
  options: PrinterOptions,
  until: Promise<unknown>,
): Promise<void> {
  const { print } = options;
  const prompt = createInterface({ input, output, prompt: 'you > ' });
  const printAbove = (text: string): void => {
    clearLine(output, 0);
    cursorTo(output, 0);
    print(text);
    prompt.prompt(true);
  };
  const endLive = printLive(playground, { ...options, print: printAbove });
  return new Promise((resolve, reject) => {
    prompt.on('line', (line) => {
      const command = readTypedCommand(line);
      if (command.type === 'quit') {
        prompt.close();
        return;
      }
      try {
        printAbove(runCommand(playground, command));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        prompt.close();
      }
    });
    // In a terminal the prompt gets Ctrl-C, not the process.
    prompt.on('SIGINT', () => prompt.close());
    prompt.on('close', () => {
      endLive();
      resolve();
    });
    void until.then(() => prompt.close());
    prompt.prompt();
  });
}
