import type { PlaygroundArguments, PlaygroundTask } from './arguments.ts';
import { playInteractively } from './interactive.ts';
import { startPlayground, type Playground } from './startPlayground.ts';
import { legend, paintForTerminal } from './timelineLayout.ts';
import { createTimelinePrinter, printLive, type PrinterOptions } from './timelinePrinter.ts';
import { playTour } from './tour/playTour.ts';
import { commandHelp } from './typedCommand.ts';
import type { End } from './watchForEnd.ts';

export type RunArguments = Extract<PlaygroundArguments, { readonly type: 'run' }>;

const widest = 100;
const narrowest = 60;

const print = (text: string): void => void process.stdout.write(text);
const complain = (text: string): void => void process.stderr.write(text);

/** Starts everything, does the task, stops everything. The answer is the exit code. */
export async function runTask({ task, mode, ports }: RunArguments, end: End): Promise<number> {
  const width = Math.max(narrowest, Math.min(widest, process.stdout.columns));
  const printing: PrinterOptions = { print, paint: paintForTerminal, width: Number.isNaN(width) ? widest : width };
  let playground: Playground;
  try {
    playground = await startPlayground({
      mode,
      ports,
      notice: (sentence) => print(`${sentence}\n`),
      signal: end.signal,
    });
  } catch (error) {
    if (end.signal.aborted) return end.wanted;
    complain(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  try {
    print(introduction(playground));
    return await Promise.race([
      doTask(playground, task, printing, end),
      end.wanted,
      playground.broken.then((sentence) => {
        complain(`\n${sentence}\n`);
        return 1;
      }),
    ]);
  } catch (error) {
    if (end.signal.aborted) return await end.wanted;
    complain(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await playground.stop();
  }
}

async function doTask(
  playground: Playground,
  task: PlaygroundTask,
  printing: PrinterOptions,
  end: End,
): Promise<number> {
  switch (task.type) {
    case 'tour': {
      const { mode } = playground.platform.emulator.state();
      const { different } = await playTour(playground, { ...printing, mode });
      return different.length === 0 ? 0 : 1;
    }
    case 'say':
      await sayOnce(playground, task.text, printing);
      return 0;
    case 'interactive':
      print(`${legend(printing.paint)}\n\n`);
      if (process.stdin.isTTY) {
        print(`${commandHelp}\n`);
        await playInteractively(playground, { input: process.stdin, output: process.stdout }, printing, end.wanted);
        return 0;
      }
      print('There is no terminal to type in, so this shows what happens until it is stopped.\n');
      printLive(playground, printing);
      // Being stopped is how this ends, so it is no failure.
      await end.wanted;
      return 0;
  }
}

async function sayOnce(playground: Playground, text: string, printing: PrinterOptions): Promise<void> {
  const { emulator } = playground.platform;
  const printEvents = createTimelinePrinter(playground, printing);
  const lastId = emulator.events().at(-1)?.id ?? 0;
  emulator.customer().say(text);
  await playground.quiet();
  const events = emulator.events(lastId);
  printEvents(events);
  if (!events.some(({ type }) => type === 'pageMessage')) print('Nobody answered.\n');
}

function introduction({ platform, bots }: Playground): string {
  const { emulator, azure } = platform;
  const { mode, apps, customers } = emulator.state();
  const rules = {
    routing: "Conversation Routing, Meta's rules of today",
    classic: 'the classic Handover Protocol',
    exclusive: 'the Handover Protocol of 2021',
    open: 'no default app',
  };
  const rows = [
    ['Messenger', emulator.url, 'emulated; its control is under /_emulator'],
    ['Azure', azure.url, 'emulated; its Facebook channel, with tokens checked both ways'],
    ...bots.map(({ name, url, pid }) => [
      `${name} bot`,
      url,
      `process ${pid}, Facebook app ${apps.find((app) => app.role === name)?.id ?? ''}`,
    ]),
    ['customer', customers[0]?.name ?? '', 'who writes to the Page'],
  ];
  const lines = rows.map(([who = '', where = '', what = '']) => `  ${who.padEnd(14)}${where.padEnd(24)}${what}`);
  return [`A Facebook Page by the rules of mode ${mode}: ${rules[mode]}.`, ...lines, '', ''].join('\n');
}
