import { createInterface } from 'node:readline';
import { printable } from '../emulator/printable.ts';
import { runCommand } from './runCommand.ts';
import type { Playground } from './startPlayground.ts';
import { printLive, type PrinterOptions } from './timelinePrinter.ts';
import { readTypedCommand } from './typedCommand.ts';

/**
 * Runs the lines of an input that is not a terminal as commands, each once everything is idle after the previous one. Resolves
 * when everything is idle after the last line or after `/quit`, or when `until` does. With an empty input, such as that of a
 * service, it keeps showing events until it is stopped.
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
