import type { EmulatorEvent, Mode } from '../../emulator/startPlatform.ts';
import { receiversOf, namesOf } from '../names.ts';
import { paragraph } from '../paragraph.ts';
import type { Playground } from '../startPlayground.ts';
import { wrap } from '../textWidth.ts';
import { guessedNote, legend } from '../timelineLayout.ts';
import { createTimelinePrinter, type PrinterOptions } from '../timelinePrinter.ts';
import { differences, type Outcome } from './expectations.ts';
import { observe } from './observe.ts';
import { performAction } from './tourActions.ts';
import type { TourStep } from './tourSteps.ts';

export interface TourOptions extends PrinterOptions {
  readonly mode: Mode;
  readonly steps: readonly TourStep[];
}

export interface TourResult {
  readonly steps: number;
  /** The numbers of the steps that came out differently than the table says. */
  readonly different: readonly number[];
}

/** Plays the conversation step by step, prints what happens, and holds it against the table of the mode. */
export async function playTour(playground: Playground, options: TourOptions): Promise<TourResult> {
  const { mode, print, steps, paint, width } = options;
  const { emulator } = playground.platform;
  const names = namesOf(playground.platform);
  const printEvents = createTimelinePrinter(playground, options);
  const { psid } = emulator.customer();
  const different: number[] = [];
  let number = 0;
  let setup: TourStep['bots'];
  let lastId = emulator.events().at(-1)?.id ?? 0;
  print(`${legend(receiversOf(playground.platform), width(), paint)}\n${paragraph(guessedNote, width())}\n`);
  print(`${paragraph(whoseBots, width())}\n`);

  const showNew = (): readonly EmulatorEvent[] => {
    const events = emulator.events(lastId);
    lastId = events.at(-1)?.id ?? lastId;
    printEvents(events);
    return events;
  };
  for (const step of steps) {
    const expected = step.expected[mode];
    if (expected === undefined) continue;
    if (step.bots !== setup) {
      ({ bots: setup } = step);
      await playground.setUpBots(setup);
      await playground.untilIdle();
      showNew();
    }
    number += 1;
    const tells = typeof step.tells === 'string' ? step.tells : (step.tells[mode] ?? '');
    const [first = '', ...others] = wrap(tells, width() - 4);
    print(
      `\n${paint('bold', [`${String(number).padStart(2)}. ${first}`, ...others.map((line) => `    ${line}`)].join('\n'))}\n`,
    );

    const failedBefore = await failedTurns(playground);
    const problems: string[] = [];
    try {
      performAction(emulator, step.action);
    } catch (error) {
      problems.push(`the step could not be done: ${error instanceof Error ? error.message : String(error)}`);
    }
    await playground.untilIdle();
    const events = showNew();
    const thread = emulator.state().threads[psid] ?? { owner: null, folder: 'Done' as const };
    problems.push(...differences(expected, observe(events, thread, names)));
    const failed = await failedTurns(playground);
    if (failed > failedBefore) problems.push(`${failed - failedBefore} turns of the bots ended with an error`);
    if (problems.length > 0) different.push(number);
    print(resultOf(expected, problems, options));
  }
  print(`\n${summaryOf(number, different, options)}\n`);
  return { steps: number, different };
}

/** Else somebody would think that it plays with the bot that they are writing. */
const whoseBots =
  'The tour plays with the bots that come with the project (bots/samples/), whatever bots/createBot.ts makes.';

async function failedTurns({ bots }: Playground): Promise<number> {
  const works = await Promise.all(bots.map((bot) => bot.work()));
  return works.reduce((sum, { failed }) => sum + failed, 0);
}

function resultOf(expected: Outcome, problems: readonly string[], { paint, width }: PrinterOptions): string {
  const indented = (text: string, indent: number): readonly string[] =>
    wrap(text, width() - indent).map((line) => `${' '.repeat(indent)}${line}`);
  if (problems.length === 0) {
    const lines = indented(`✓ as expected; the thread belongs to ${inWords(expected.owner)}`, 4);
    return `${paint('green', lines.join('\n'))}\n`;
  }
  const lines = ['    ✗ not as expected', ...problems.flatMap((problem) => indented(problem, 6))];
  return `${paint('red', lines.join('\n'))}\n`;
}

function inWords(owner: Outcome['owner']): string {
  if (owner === 'nobody') return 'nobody';
  if (owner === "Meta's AI") return owner;
  return owner === 'Page Inbox' ? 'the Page Inbox' : `the ${owner} bot`;
}

function summaryOf(steps: number, different: readonly number[], { mode, paint, width }: TourOptions): string {
  const summary = `${steps} steps in mode ${mode}, ${steps - different.length} as expected.`;
  return different.length === 0
    ? paint('green', paragraph(summary, width()))
    : paint('red', paragraph(`${summary} Different: ${different.join(', ')}.`, width()));
}
