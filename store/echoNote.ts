import type { FacebookEvent } from '../models/facebookEvent.ts';
import type { EchoNote } from './store.ts';

/** What an event tells about a message that this bot's app sent; undefined for every other event. */
export function echoNoteOf(event: FacebookEvent, ownAppId: string): EchoNote | undefined {
  if (event.kind !== 'echo' || event.mid === undefined || event.timestamp === undefined) return undefined;
  if (event.appId !== ownAppId) return undefined;
  const { mid, metadata, text, timestamp } = event;
  return {
    mid,
    at: timestamp,
    ...(metadata === undefined ? {} : { mark: metadata }),
    ...(text === undefined ? {} : { text }),
  };
}
