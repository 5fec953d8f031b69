import type { Effect } from '../core/effects.ts';

export type Webhook = Extract<Effect, { readonly type: 'webhook' }>;

/** How several waiting webhooks of one app go out: one POST each, or together as entries, or as items of one entry. */
export const batchings = ['none', 'entries', 'items'] as const;
export type Batching = (typeof batchings)[number];

interface About {
  readonly appId: string;
  readonly channel: Webhook['channel'];
  readonly kind: Webhook['kind'];
  readonly psid?: string;
  readonly payload: unknown;
}

/** What the event stream says about each webhook of a POST. */
export function forEachWebhook(webhooks: readonly Webhook[], add: (about: About) => void): void {
  for (const { appId, channel, kind, psid, item } of webhooks) {
    add({ appId, channel, kind, ...(psid === undefined ? {} : { psid }), payload: item });
  }
}

/** An entry that carries only standby items has no `messaging` key, as on Meta's wire. */
export function entriesOf(pageId: string, webhooks: readonly Webhook[], batching: Batching): readonly object[] {
  const groups: Webhook[][] = [];
  for (const webhook of webhooks) {
    const last = groups.at(-1);
    if (batching === 'items' && last?.[0] !== undefined && isSameEntry(last[0], webhook)) last.push(webhook);
    else groups.push([webhook]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const items = group.map(({ item }) => item);
    const lists = first.lists ?? [first.channel];
    return [
      {
        id: pageId,
        time: first.timestamp,
        ...Object.fromEntries(lists.map((list) => [list, items])),
        ...(first.hopContext === undefined ? {} : { hop_context: first.hopContext }),
      },
    ];
  });
}

const isSameEntry = (one: Webhook, other: Webhook): boolean =>
  one.channel === other.channel &&
  one.lists?.join() === other.lists?.join() &&
  one.hopContext?.is_ai_thread_owner === other.hopContext?.is_ai_thread_owner;
