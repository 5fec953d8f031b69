import { createNames } from './narration/names.js';
import { RowBuilder } from './narration/rows.js';
import { isToldElsewhere, sentenceOf } from './narration/words.js';
import { printable } from './printable.ts';
import type { EmulatorEvent, Platform } from './startPlatform.ts';

const maxLength = 240;

/**
 * Writes one line per event from now on, with the event's id in front. `botUrls` are the addresses of the bots by the ids of
 * their Facebook apps, as given to `connect`. Returns a function that stops it.
 */
export function printEvents(
  { emulator, bots }: Pick<Platform, 'emulator' | 'bots'>,
  botUrls: ReadonlyMap<string, string>,
  write: (line: string) => void,
): () => void {
  const appOf = (botAppId: unknown) => bots.find(({ settings }) => settings['MicrosoftAppId'] === botAppId)?.app;
  const names = createNames(
    () => emulator.state(),
    (botAppId) => `the bot of ${appOf(botAppId)?.name ?? 'an unknown app'}`,
  );
  /** The address that could not be reached or that refused, which is what to check first. */
  const addressIn = (event: EmulatorEvent): string | undefined => {
    if (event.type === 'webhookFailed') return event.post?.url;
    if (event.type !== 'azureChannel.activitySent' || Number(event['status']) < 300) return undefined;
    const url = botUrls.get(appOf(event['botAppId'])?.id ?? '');
    return url === undefined ? undefined : `${url}/api/messages`;
  };
  return emulator.on((event) => {
    const builder = new RowBuilder();
    builder.add(event);
    const [row] = builder.rows;
    // Receipts of receipts would be half of all lines.
    if (row === undefined || isToldElsewhere(row) || (row.shape === 'webhook' && row.subject === 'receipt')) return;
    const address = addressIn(event);
    const line = printable(`${sentenceOf(row, names)}${address === undefined ? '' : ` [${address}]`}`);
    const shown = line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
    write(`${String(event.id).padStart(5)}  ${shown}`);
  });
}
