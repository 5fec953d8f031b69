import type { Emulator } from '../emulator/emulator.ts';
import type { EmulatorEvent } from '../emulator/startPlatform.ts';
import { createNames } from '../emulator/narration/names.js';
import { RowBuilder, type Row } from '../emulator/narration/rows.js';
import { isToldElsewhere, sentenceOf } from '../emulator/narration/words.js';
import { alarmInWords, type LogLine } from './recordedLog.ts';

/** When the stage was opened. */
export interface Opening {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The last event before it. */
  readonly eventId: number;
}

/**
 * Everything that happened on the stage, a line each, with the seconds since it was opened: who said what, who owned the conversation, what
 * was called and refused, and what failed in the bots.
 */
export function timelineOf(emulator: Emulator, log: readonly LogLine[], opened: Opening): string {
  const names = createNames(() => emulator.state());
  const builder = new RowBuilder();
  for (const event of emulator.events(opened.eventId)) if (!isForNobody(event)) builder.add(event);
  const rows = builder.rows
    .filter((row) => !isNoise(row))
    .map((row) => ({ at: row.at, sentence: sentenceOf(row, names) }));
  const alarms = log.flatMap((line) => {
    const sentence = alarmInWords(line);
    return sentence === undefined ? [] : { at: line.at, sentence };
  });
  return [...rows, ...alarms]
    .sort((one, other) => one.at - other.at)
    .map(({ at, sentence }) => `${sinceOpening(at - opened.at)}  ${sentence}`)
    .join('\n');
}

/** The Page has two apps, and a stage may have a bot for one of them only. */
const isForNobody = (event: EmulatorEvent): boolean =>
  event.type === 'webhookNotSent' || (event.type === 'azureChannel.activitySent' && event['outcome'] === 'noEndpoint');

/** Receipts, and what goes well at Azure, which shows as webhooks and messages. */
const isNoise = (row: Row): boolean => row.subject === 'receipt' || row.subject === 'azure' || isToldElsewhere(row);

const sinceOpening = (ms: number): string => `+${(Math.max(0, ms) / 1000).toFixed(2)}s`.padStart(9);
