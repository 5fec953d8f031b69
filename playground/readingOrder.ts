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
 * Puts events into the order and the groups in which they are read: deliveries of the same webhook together, a refusal with
 * its call, and what a customer's message changed behind the message.
 */
export function inReadingOrder(events: readonly EmulatorEvent[]): readonly ReadingItem[] {
  const items: ReadingItem[] = [];
  const groups = new Map<string, Delivered[]>();
  let awoken: Other | undefined;
  const add = (event: Other, time = event.at): void => void items.push({ type: 'other', at: time, event });

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
    } else if (event.type === 'ownershipChanged' && event.cause === 'customer') {
      awoken = event;
    } else {
      add(event);
      if (awoken !== undefined) add(awoken, event.at);
      awoken = undefined;
    }
  }
  if (awoken !== undefined) add(awoken);
  return items;
}
