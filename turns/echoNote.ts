import { isCorrelationId } from './journal/effect.ts';
import { PAGE_INBOX_APP_ID, type FacebookEvent } from '../models/facebookEvent.ts';
import { META_AI_APP_ID } from '../models/metaReceivers.ts';
import type { EchoNote, ThreadNote } from '../store/store.ts';

/**
 * What an event says about a message of the Page; undefined for other events.
 *
 * @param ownAppId this bot's Facebook app; empty if unknown, and then its messages cannot be told from those of others
 */
export function echoNoteOf(event: FacebookEvent, ownAppId: string): EchoNote | undefined {
  if (event.kind !== 'echo' || event.mid === undefined || event.timestamp === undefined) return undefined;
  const { mid, metadata, text, timestamp: at, appId } = event;
  const correlationId = metadata === undefined ? {} : { correlationId: metadata };
  const words = text === undefined ? {} : { text };
  if (appId === ownAppId) return { mid, at, ...correlationId, ...words };
  if (ownAppId === '') return { mid, at, ...correlationId, ...words, author: 'unknown' };
  const note = {
    mid,
    at,
    ...(metadata !== undefined && isCorrelationId(metadata) ? correlationId : {}),
    author: 'other',
  } as const;
  // It is quicker than people, and speaks under the Page Inbox's id.
  if (event.author === 'metaAi') return { ...note, appId: META_AI_APP_ID };
  // A person's echo may have no app id. What another app said may be the bot's own, if its settings do not name the app that the channel
  // sends with.
  return appId === undefined || appId === PAGE_INBOX_APP_ID ? note : { ...note, ...words, appId };
}

/** What an event says about control of its thread; undefined for other events. */
export function threadNoteOf(event: FacebookEvent): ThreadNote | undefined {
  const { kind, timestamp: at } = event;
  if ((kind !== 'pass_thread_control' && kind !== 'take_thread_control') || at === undefined) return undefined;
  const { newOwnerAppId: newOwner, previousOwnerAppId: previousOwner } = event;
  return {
    ...{ kind, at },
    ...(newOwner === undefined ? {} : { newOwner }),
    ...(previousOwner === undefined ? {} : { previousOwner }),
  };
}
