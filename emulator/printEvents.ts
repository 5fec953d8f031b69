import { eventLine, type EventNames } from './eventLines.ts';
import { printable } from './printable.ts';
import { metaAiAppId, pageInboxAppId, type Platform } from './startPlatform.ts';

/**
 * Writes a line for each thing that happens from now on, with the event's id in front. `botUrls` are the addresses of the
 * bots by the ids of their Facebook apps, as they were given to `connect`. The answer ends it.
 */
export function printEvents(
  { emulator, bots }: Pick<Platform, 'emulator' | 'bots'>,
  botUrls: ReadonlyMap<string, string>,
  write: (line: string) => void,
): () => void {
  const names: EventNames = {
    receiver(appId) {
      if (appId === null || appId === undefined) return 'nobody';
      if (appId === pageInboxAppId) return 'Page Inbox';
      if (appId === metaAiAppId) return "Meta's AI";
      return emulator.apps.find(({ id }) => id === appId)?.name ?? `app ${appId}`;
    },
    customer: (psid) =>
      emulator.state().customers.find((customer) => customer.psid === psid)?.name ?? `customer ${psid}`,
    bot(botAppId) {
      const bot = bots.find(({ settings }) => settings['MicrosoftAppId'] === botAppId);
      const url = botUrls.get(bot?.app.id ?? '');
      return {
        name: bot?.app.name ?? 'nobody known',
        endpoint: url === undefined ? 'no address' : `${url}/api/messages`,
      };
    },
    callback: (appId) => emulator.state().apps.find(({ id }) => id === appId)?.callbackUrl ?? 'no address',
  };
  return emulator.on((event) => {
    const line = eventLine(event, names);
    if (line !== undefined) write(`${String(event.id).padStart(5)}  ${printable(line)}`);
  });
}
