import { readInteger, readObject, readText } from '../models/readJson.ts';
import type { JournalEntry, SentNote } from './store.ts';

/** The note about the message that an effect is about to send; undefined for every other effect. */
export function sendingOf({ kind, detail, at }: JournalEntry): SentNote | undefined {
  if (kind !== 'send') return undefined;
  const known: unknown = JSON.parse(detail);
  const about = readObject(known, 'about');
  const [correlationId, conversation] = [readText(known, 'mark'), readText(about, 'conversation')];
  if (correlationId === undefined || conversation === undefined) return undefined;
  const earliest = readInteger(about, 'earliest');
  const text = readText(about, 'text') ?? '';
  return {
    conversation,
    text,
    correlationId,
    at,
    begunAt: at,
    state: 'open',
    ...(earliest === undefined ? {} : { earliest }),
  };
}
