import type { EmulatorEvent } from '../emulator/startPlatform.ts';
import { at } from './json.ts';

type Delivered = Extract<EmulatorEvent, { readonly type: 'webhookDelivered' }>;
type Refused = Extract<EmulatorEvent, { readonly type: 'refused' }>;
type GraphCall = Extract<EmulatorEvent, { readonly type: 'graphCall' }>;
type Other = Exclude<EmulatorEvent, Delivered | Refused | GraphCall>;

/** What a person reads as one thing. */
export type ReadingItem =
  /** One event of Messenger, told to one or several apps. */
  | { readonly type: 'told'; readonly at: number; readonly deliveries: readonly Delivered[] }
  /** A call with the reason of its refusal. */
  | { readonly type: 'called'; readonly at: number; readonly call: GraphCall; readonly refused?: Refused }
  | { readonly type: 'other'; readonly at: number; readonly event: Other };

/**
 * Puts events into the groups in which they are read: deliveries of the same webhook together, where the first one was, and
 * a refusal with its call.
 */
export function inReadingOrder(events: readonly EmulatorEvent[]): readonly ReadingItem[] {
  const items: ReadingItem[] = [];
  const groups = new Map<string, Delivered[]>();

  for (const event of events) {
    if (event.type === 'webhookDelivered') {
      const key = `${event.kind} ${String(at(event.payload, 'timestamp'))}`;
      const group = groups.get(key);
      if (group !== undefined) group.push(event);
      else {
        const deliveries = [event];
        groups.set(key, deliveries);
        items.push({ type: 'told', at: event.at, deliveries });
      }
    } else if (event.type === 'graphCall') {
      items.push({ type: 'called', at: event.at, call: event });
    } else if (event.type === 'refused') {
      const last = items.at(-1);
      if (last?.type === 'called' && last.call.appId === event.by) items.splice(-1, 1, { ...last, refused: event });
    } else {
      items.push({ type: 'other', at: event.at, event });
    }
  }
  return items;
}
