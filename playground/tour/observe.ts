import type { EmulatorEvent } from '../../emulator/startPlatform.ts';
import { describeGraphCall } from '../describeGraphCall.ts';
import { textAt } from '../json.ts';
import { receivers, type Names, type Receiver } from '../names.ts';
import { inReadingOrder, type ReadingItem } from '../readingOrder.ts';
import { hearersOf } from '../timeline.ts';
import type { Outcome, Seen } from './expectations.ts';

/** Somebody who takes no part in the tour would be a mistake of the tour. */
function receiverOf(names: Names, appId: string | null): Receiver {
  const name = names.receiver(appId);
  const found = receivers.find((receiver) => receiver === name);
  if (found === undefined) throw new Error(`Nobody in the tour is called ${name}.`);
  return found;
}

/** What happened in these events, and how the thread is now. */
export function observe(
  events: readonly EmulatorEvent[],
  thread: { readonly owner: string | null; readonly folder: 'Main' | 'Done' },
  names: Names,
): Outcome {
  const items = inReadingOrder(events);
  return {
    owner: receiverOf(names, thread.owner),
    folder: thread.folder,
    seen: events.flatMap((event) => seenIn(event, names)),
    webhooks: items
      .filter((item) => item.type === 'told')
      .sort((one, other) => timestampOf(one) - timestampOf(other))
      .map(({ deliveries }) => `${deliveries[0]?.kind ?? ''} to ${hearersOf(deliveries, names)}`),
    graph: items.flatMap((item) => (item.type === 'called' ? graphIn(item, names) : [])),
  };
}

function seenIn(event: EmulatorEvent, names: Names): readonly Seen[] {
  if (event.type !== 'pageMessage') return [];
  const by = receiverOf(names, event.appId);
  const { text, quickReplies: choices } = event;
  return [choices.length === 0 ? { by, text } : { by, text, choices }];
}

/**
 * Deliveries run at the same time, so the order in which they ended tells nothing; Messenger's own timestamps do. What Meta's AI takes
 * is told in whole seconds, and comes before the rest of its second.
 */
function timestampOf({ deliveries }: Extract<ReadingItem, { readonly type: 'told' }>): number {
  const timestamp = Number(textAt(deliveries[0]?.payload, 'timestamp'));
  return timestamp < firstMs ? timestamp * 1000 : timestamp;
}

/** Below this a time is counted in seconds. */
const firstMs = 100_000_000_000;

function graphIn(item: Extract<ReadingItem, { readonly type: 'called' }>, names: Names): readonly string[] {
  const { by, edge, call, answer } = describeGraphCall(item, names);
  return edge === 'messages' && answer === 'ok' ? [] : [`${by}: ${call} → ${answer}`];
}
