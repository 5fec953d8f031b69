import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { InboxEvent, Store } from '../../store/store.ts';
import { cast } from './cast.ts';
import { psidOf } from './events.ts';

/**
 * Fills a store with conversations that had one event each: accepted, answered with a message, and done, with a value in the bot's state. Its
 * arguments are the file and how many.
 */
const [path = '', total = '0'] = process.argv.slice(2);
const atOnce = 1_000;
const store = await openSqliteStore(path);
for (let done = 0; done < Number(total); done += atOnce) {
  const events = Array.from({ length: Math.min(atOnce, Number(total) - done) }, (_, n) => eventOf(done + n));
  await store.accept(events);
  await Promise.all(events.map(() => live(store)));
}
await store.close();

function eventOf(n: number): InboxEvent {
  const conversation = `facebook ${cast.pageId} ${psidOf(n)}`;
  return {
    key: `seed ${n}`,
    conversation,
    kind: 'message',
    via: 'messaging',
    endpoint: 'webhook',
    payload: JSON.stringify({ n }),
  };
}

async function live(store: Store): Promise<void> {
  const claimed = await store.claim();
  if (claimed === undefined) return;
  const { id, event } = claimed;
  const { conversation } = event;
  const now = Date.now();
  const effect = { kind: 'send', hash: 'seed', detail: '{}', at: now, outcome: 'open', result: '' } as const;
  await store.journal.begin(id, { ordinal: 0, ...effect });
  const sent = { conversation, text: 'Good morning, on Sunday we are closed.', mid: `m_seed-${id}`, at: now };
  const ended = store.journal.end(id, 0, 'done', '{}', sent);
  const value = JSON.stringify({ lastSeen: now, language: 'en' });
  await Promise.all([ended, store.complete(id, [{ key: `${conversation}/state`, value, expected: undefined }])]);
}
