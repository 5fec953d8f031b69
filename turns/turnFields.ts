import { readObject, readText } from '../models/readJson.ts';
import type { InboxEvent } from '../store/store.ts';

/** Log fields to find a turn by in Azure's logs and at Meta: its endpoint and the id of its message. */
export function turnFieldsOf(event: Pick<InboxEvent, 'endpoint' | 'payload'>): {
  endpoint: 'webhook' | 'messages';
  mid?: string;
} {
  const endpoint = event.endpoint === 'webhook' ? 'webhook' : 'messages';
  const mid = midOf(event.payload);
  return mid === undefined ? { endpoint } : { endpoint, mid };
}

function midOf(payload: string): string | undefined {
  const activity = readObject(parsed(payload), 'activity');
  const data = readObject(activity, 'channelData') ?? readObject(activity, 'value');
  return readText(readObject(data, 'message'), 'mid') ?? readText(activity, 'id');
}

/** Logging must not fail because of an event's content. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
