import { changeThread, nextTimestamp, tellEveryApp, type Draft } from './draft.ts';
import { threadOf } from './state.ts';
import { deliveryItem, readItem } from './webhookItems.ts';

/** The customer's phone has the Page's last message, or the customer has read it. What is known already is not told again. */
export function tellReceipt(draft: Draft, psid: string, receipt: 'read' | 'delivery'): void {
  const { messages, receivedUpTo, readUpTo } = threadOf(draft.state, psid);
  const last = messages.findLast(({ from }) => from === 'page');
  if (last === undefined || last.at <= (receipt === 'read' ? readUpTo : receivedUpTo)) return;
  const { at: upTo, mid } = last;
  changeThread(draft, psid, receipt === 'read' ? { readUpTo: upTo } : { receivedUpTo: upTo });
  draft.effects.push({ type: 'customerReceipt', psid, receipt, upTo });
  const timestamp = nextTimestamp(draft);
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  const item = receipt === 'read' ? readItem(ends, upTo) : deliveryItem(ends, [mid], upTo);
  tellEveryApp(draft, psid, receipt, timestamp, () => ({ item }));
}
