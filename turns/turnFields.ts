import { readObject, readText } from '../models/readJson.ts';
import type { Delivery } from '../store/store.ts';

/** Log fields to find a turn by in Azure's logs and at Meta: its endpoint and the id of its message. */
export function turnFieldsOf(delivery: Pick<Delivery, 'endpoint' | 'turn'>): {
  endpoint: 'webhook' | 'messages';
  mid?: string;
} {
  const endpoint = delivery.endpoint === 'webhook' ? 'webhook' : 'messages';
  const mid = midOf(delivery.turn);
  return mid === undefined ? { endpoint } : { endpoint, mid };
}

function midOf(turn: string): string | undefined {
  const activity = readObject(parsed(turn), 'activity');
  const data = readObject(activity, 'channelData') ?? readObject(activity, 'value');
  return readText(readObject(data, 'message'), 'mid') ?? readText(activity, 'id');
}

/** Logging must not fail because of a turn's content. */
function parsed(turn: string): unknown {
  try {
    return JSON.parse(turn);
  } catch {
    return undefined;
  }
}
