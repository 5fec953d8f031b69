import { setTimeout as wait } from 'node:timers/promises';
import { printableLines } from '../emulator/printable.ts';
import type { PlaygroundArguments, PlaygroundTask } from './arguments.ts';
import { playInteractively } from './interactive.ts';
import { introductionOf } from './introduction.ts';
import { receiversOf } from './names.ts';
import { paragraph } from './paragraph.ts';
import { playFromPipe } from './pipedInput.ts';
import { startPlayground, type Playground } from './startPlayground.ts';
import { columnsOf } from './textWidth.ts';
import { guessedNote, legend, paintForTerminal } from './timelineLayout.ts';
import { createTimelinePrinter, type PrinterOptions } from './timelinePrinter.ts';
import { playTour } from './tour/playTour.ts';
import { stepsOf } from './tour/tourOfPage.ts';
import { shortHelp } from './typedCommand.ts';
import type { ShutdownSignal } from './onShutdownSignal.ts';

export type RunArguments = Extract<PlaygroundArguments, { readonly type: 'run' }>;

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };
type Output = NodeJS.WritableStream & { readonly columns?: number };

export interface RunParts {
  readonly shutdown: Pick<ShutdownSignal, 'signal' | 'exitCode'>;
  readonly stdin?: Input;
  readonly stdout?: Output;
  readonly stderr?: NodeJS.WritableStream;
  readonly start?: typeof startPlayground;
}

const lastWordsMs = 1000;

/** Starts everything, does the task and stops everything. Returns the exit code. */
export async function runTask({ task, ...options }: RunArguments, parts: RunParts): Promise<number> {
  const {
    shutdown,
    stdin = process.stdin,
    stdout = process.stdout,
    stderr = process.stderr,
    start = startPlayground,
  } = parts;
  // Events during the shutdown are not worth printing.
  let stopping = false;
  const print = (text: string): void => {
    if (!stopping) stdout.write(text);
  };
  const complain = (error: unknown): number => {
    // It may end with what a bot printed last.
    stderr.write(`${printableLines(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  };
  let playground: Playground;
  try {
    playground = await start({
      ...options,
      // Receipts would get in the way of what a tour shows and compares.
      receipts: task.type === 'interactive' ? 'automatic' : 'onCommand',
      notice: (sentence) => print(`${sentence}\n`),
      signal: shutdown.signal,
    });
  } catch (error) {
    return shutdown.signal.aborted ? shutdown.exitCode : complain(error);
  }
  const broken = new Promise<string>((resolve) => playground.onBotEnded(resolve));
  try {
    const printing: PrinterOptions = { print, paint: paintForTerminal, width: () => columnsOf(stdout) };
    print(introductionOf(playground, printing.width(), task.type === 'interactive' ? 'stays' : 'goes'));
    const ends = [doTask(playground, task, printing, parts)];
    // At a prompt a person decides what to do about it.
    if (!hasPrompt(task, stdin)) {
      if (task.type === 'interactive' && options.own.restart === 'onSave')
        playground.onBotEnded((sentence) =>
          print(`${sentence} The bots start again when you save one of their files.\n`),
        );
      else ends.push(broken.then(complain));
    }
    // Stopping an interactive session is not a failure; stopping a tour is, because it was not played to the end.
    return await Promise.race(task.type === 'interactive' ? ends : [...ends, shutdown.exitCode]);
  } catch (error) {
    // Others notice first that a bot has ended, but its own last log line says more.
    return complain(await Promise.race([broken, wait(lastWordsMs, error, { ref: false })]));
  } finally {
    stopping = true;
    await playground.stop();
  }
}

const hasPrompt = (task: PlaygroundTask, stdin: Input): boolean => task.type === 'interactive' && stdin.isTTY === true;

async function doTask(
  playground: Playground,
  task: PlaygroundTask,
  printing: PrinterOptions,
  { shutdown, stdin = process.stdin, stdout = process.stdout }: RunParts,
): Promise<number> {
  switch (task.type) {
    case 'tour': {
      const { mode } = playground.platform.emulator.state();
      const steps = stepsOf(playground.scenario, playground.firstSetup);
      const { different } = await playTour(playground, { ...printing, mode, steps });
      return different.length === 0 ? 0 : 1;
    }
    case 'say':
      await sayOnce(playground, task.text, printing);
      return 0;
    case 'interactive':
      await play(playground, printing, { shutdown, stdin, stdout });
      return 0;
  }
}

async function play(
  playground: Playground,
  printing: PrinterOptions,
  { shutdown, stdin, stdout }: Required<Pick<RunParts, 'shutdown' | 'stdin' | 'stdout'>>,
): Promise<void> {
  const width = printing.width();
  const owners = legend(receiversOf(playground.platform), width, printing.paint);
  printing.print(`${owners}\n${paragraph(guessedNote, width)}\n\n`);
  if (stdin.isTTY === true) {
    printing.print(`${shortHelp(width)}\n`);
    await playInteractively(playground, { input: stdin, output: stdout }, printing, shutdown.exitCode);
  } else {
    const note =
      'There is no terminal to type in. Each line of the input counts as typed; without any, this shows what happens until it is stopped.';
    printing.print(`${paragraph(note, width)}\n\n`);
    await playFromPipe(playground, stdin, printing, shutdown.exitCode);
  }
}

async function sayOnce(playground: Playground, text: string, printing: PrinterOptions): Promise<void> {
  const { emulator } = playground.platform;
  const printEvents = createTimelinePrinter(playground, printing);
  const lastId = emulator.events().at(-1)?.id ?? 0;
  emulator.customer().say(text);
  await playground.untilIdle();
  const events = emulator.events(lastId);
  printEvents(events);
  if (!events.some(({ type }) => type === 'pageMessage')) printing.print('Nobody answered.\n');
}
