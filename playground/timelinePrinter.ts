import type { EmulatorEvent } from '../emulator/startPlatform.ts';
import { namesOf } from './names.ts';
import type { Playground } from './startPlayground.ts';
import { createTimeline } from './timeline.ts';
import { layOut, type Paint } from './timelineLayout.ts';

export interface PrinterOptions {
  /** Writes text, line ends included. */
  readonly print: (text: string) => void;
  readonly paint: Paint;
  /** Columns of a line; a person may change the terminal's width while something is printed. */
  readonly width: () => number;
}

/** Prints events as a timeline whose time starts now. It has to get every event from now on, in order. */
export function createTimelinePrinter(
  { platform }: Pick<Playground, 'platform'>,
  { print, paint, width }: PrinterOptions,
): (events: readonly EmulatorEvent[]) => void {
  const { emulator } = platform;
  const timeline = createTimeline({
    names: namesOf(platform),
    mode: emulator.state().mode,
    primaryAppId: emulator.apps.find(({ role }) => role === 'primary')?.id ?? '',
  });
  const start = emulator.clock();
  return (events) => {
    const lines = timeline.entries(events).flatMap((entry) => layOut(entry, { start, paint, width: width() }));
    if (lines.length > 0) print(`${lines.join('\n')}\n`);
  };
}

export interface LivePrinter {
  /** Prints pending events immediately. */
  flush(): void;
  end(): void;
}

/** How long what happened in a bot waits, in ms: Messenger may be busy for long, and a failure should be seen at once. */
const longestWaitMs = 300;

/** Prints events once Messenger and Azure are idle, so that a webhook to several apps is one row. */
export function printLive({ platform }: Pick<Playground, 'platform'>, options: PrinterOptions): LivePrinter {
  const { emulator } = platform;
  const printEvents = createTimelinePrinter({ platform }, options);
  let waiting: EmulatorEvent[] = [];
  const flush = (): void => {
    const events = waiting;
    waiting = [];
    printEvents(events);
  };
  const end = emulator.on((event) => {
    waiting.push(event);
    if (event.type === 'botException' || event.type === 'botState') setTimeout(flush, longestWaitMs).unref();
    if (waiting.length === 1) void emulator.settled().then(flush);
  });
  return { flush, end };
}
