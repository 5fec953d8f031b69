import { createInterface } from 'node:readline';
import { printable } from '../emulator/printable.ts';
import { runCommand } from './runCommand.ts';
import type { Playground } from './startPlayground.ts';
import { printLive, type PrinterOptions } from './timelinePrinter.ts';
import { readTypedCommand } from './typedCommand.ts';

/**
 * Takes the lines of an input that is no terminal as typed, each one when nothing is under way any more because of the one before.
 * Resolves when everything has settled after the last one or after `/quit`, or when `until` does. An input without any line is
 * nobody who plays, such as the one of a service: then this goes on showing what happens until it is stopped.
 */
export async function playFromPipe(
  playground: Playground,
  input: NodeJS.ReadableStream,
  options: PrinterOptions,
  until: Promise<unknown>,
): Promise<void> {
  const { print, width } = options;
  const live = printLive(playground, options);
  const lines = createInterface({ input });
  const stopped = until.then(() => {
    lines.close();
    return 'stopped' as const;
  });
  const play = async (): Promise<'played' | 'nothing'> => {
    let typed = 0;
    for await (const line of lines) {
      typed += 1;
      print(`you > ${printable(line)}\n`);
      const command = readTypedCommand(line);
      if (command.type === 'quit') break;
      print(await runCommand(playground, command, width()));
      await playground.untilIdle();
      live.flush();
    }
    return typed > 0 ? 'played' : 'nothing';
  };
  try {
    if ((await Promise.race([play(), stopped])) === 'nothing') await stopped;
  } finally {
    live.end();
    lines.close();
  }
}
