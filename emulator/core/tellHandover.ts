import { nextTimestamp, pushWebhook, wireAppId, type Draft } from './draft.ts';
import type { WebhookKind } from './webhookKinds.ts';
import type { Told } from './rule.ts';
import { metaAiAppId, pageInboxAppId, threadOf } from './state.ts';
import { controlItem, type WebhookItem } from './webhookItems.ts';

export interface Handover {
  readonly psid: string;
  /** App ids; `null` is idle. */
  readonly actor: string;
  readonly previousOwner: string | null;
  readonly newOwner: string | null;
  /** `undefined` when the call had none; the Page Inbox has `null`. */
  readonly metadata: string | null | undefined;
  /** Of Meta's AI: what goes along in a field of its own. */
  readonly note?: string;
}

/** Tells the apps of a handover, as the rule says. Handover events always come on `messaging`. */
export function tellHandover(draft: Draft, told: Told, handover: Handover): void {
  const { switches, primaryAppId } = draft.state;
  switch (told) {
    case 'nobody':
      return;
    case 'passToNewOwner':
      send(draft, 'pass_thread_control', handover, switches.passNotifies === 'everyApp' ? 'all' : [handover.newOwner]);
      return;
    case 'passToActor':
      send(draft, 'pass_thread_control', handover, [handover.actor]);
      return;
    case 'takeToLosingApp': {
      // From idle nobody loses a thread, but the default app loses the right to send.
      const loser = handover.previousOwner ?? primaryAppId;
      const losers = loser === handover.actor ? [] : [loser];
      send(draft, 'take_thread_control', handover, switches.takeNotifies === 'everyApp' ? 'all' : losers);
      return;
    }
    case 'requestToPrimary':
      send(draft, 'request_thread_control', handover, [primaryAppId]);
      return;
    case 'requestToOwner':
      send(draft, 'request_thread_control', handover, [threadOf(draft.state, handover.psid).owner ?? primaryAppId]);
      return;
  }
}

type HandoverKind = Extract<WebhookKind, `${string}_thread_control`>;

function send(draft: Draft, kind: HandoverKind, handover: Handover, to: 'all' | readonly (string | null)[]): void {
  const apps = draft.state.apps.filter((app) => app.id !== pageInboxAppId && (to === 'all' || to.includes(app.id)));
  if (apps.length === 0) return;
  const timestamp = nextTimestamp(draft);
  const item = handoverItem(draft, kind, handover, timestamp);
  const copies =
    kind === 'take_thread_control' && draft.state.switches.takeDeliveries === 'fourTimes' ? { copies: 3 } : {};
  for (const { id: appId } of apps) {
    pushWebhook(draft, { appId, channel: 'messaging', kind, psid: handover.psid, timestamp, item, ...copies });
  }
}

function handoverItem(draft: Draft, kind: HandoverKind, handover: Handover, timestamp: number): WebhookItem {
  const { mode, page, switches } = draft.state;
  const byAi = handover.actor === metaAiAppId;
  // What Meta's AI takes is told in seconds.
  const takenByAi = byAi && kind === 'take_thread_control';
  const ends = {
    pageId: page.id,
    psid: handover.psid,
    timestamp: takenByAi ? Math.floor(timestamp / 1000) : timestamp,
  };
  const metadata = handover.metadata ?? (switches.missingMetadata === 'null' ? null : handover.metadata);
  const previous = wireAppId(draft, handover.previousOwner);
  const next = wireAppId(draft, takenByAi ? switches.aiTakeNames : handover.newOwner);
  switch (kind) {
    case 'pass_thread_control':
      // The classic event names only the new owner, its counterpart only the previous one.
      return controlItem(ends, kind, {
        previous_owner_app_id: mode === 'classic' ? undefined : previous,
        new_owner_app_id: next,
        metadata,
        thread_control_metadata: handover.note === undefined ? undefined : { text: handover.note },
      });
    case 'take_thread_control':
      return controlItem(ends, kind, {
        previous_owner_app_id: previous,
        new_owner_app_id: mode === 'classic' ? undefined : next,
        metadata,
      });
    case 'request_thread_control':
      return controlItem(ends, kind, { requested_owner_app_id: wireAppId(draft, handover.actor), metadata });
  }
}
