import { clearLine, createInterface, cursorTo } from 'node:readline';
import { runCommand } from './runCommand.ts';
import type { Playground } from './startPlayground.ts';
import { printLive, type PrinterOptions } from './timelinePrinter.ts';
import { paragraph } from './paragraph.ts';
import { readTypedCommand } from './typedCommand.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Lets a person play the customer and the agent. Resolves on `/quit`, Ctrl-C or Ctrl-D. */
export function playInteractively(
  playground: Playground,
  { input, output }: Terminal,
  options: PrinterOptions,
  until: Promise<unknown>,
): Promise<void> {
  const { print, width } = options;
  const prompt = createInterface({ input, output, prompt: 'you > ' });
  let closed = false;
  const printAbove = (text: string): void => {
    if (closed) return;
    clearLine(output, 0);
    cursorTo(output, 0);
    print(text);
    prompt.prompt(true);
  };
  const live = printLive(playground, { ...options, print: printAbove });
  playground.onBotEnded((sentence) => {
    printAbove(`${paragraph(`${sentence} /restart starts the bots again, /quit stops everything.`, width())}\n`);
  });
  return new Promise((resolve, reject) => {
    // Commands run one after the other, however long one takes.
    let last = Promise.resolve();
    prompt.on('line', (line) => {
      const command = readTypedCommand(line);
      last = last
        .then(async () => {
          if (command.type === 'quit') prompt.close();
          else printAbove(await runCommand(playground, command, width()));
        })
        .catch((error: unknown) => {
          reject(error instanceof Error ? error : new Error(String(error)));
          prompt.close();
        });
    });
    // In a terminal, readline receives Ctrl-C instead of the process.
    prompt.on('SIGINT', () => prompt.close());
    prompt.on('close', () => {
      closed = true;
      live.end();
      void last.then(resolve);
    });
    void until.then(() => prompt.close());
    prompt.prompt();
  });
}
