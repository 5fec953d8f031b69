import type { Effect, OwnershipCause, Result } from './effects.ts';
import type { Channel, WebhookKind } from './webhookKinds.ts';
import { graphFault, type FaultName } from './graphFaults.ts';
import type { Role, Rule, RuledCommand } from './rule.ts';
import { ownerSeenBy, ruleFor } from './rules.ts';
import { mayAnswer, metaAiAppId, pageInboxAppId, threadOf, type MessengerState, type Thread } from './state.ts';
import { fieldFor } from './subscribedFields.ts';
import type { WebhookItem, WireAppId } from './webhookItems.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * One command being worked out: the next state and the effects so far. It lives within one call of `apply`; the states it
 * reads and leaves are never changed in place.
 */
export interface Draft {
  readonly now: number;
  state: MessengerState;
  readonly effects: Effect[];
}

export const createDraft = (state: MessengerState, now: number): Draft => ({ now, state, effects: [] });

/** A timestamp later than every one before. */
export function nextTimestamp(draft: Draft): number {
  const timestamp = Math.max(draft.now, draft.state.lastTimestamp + 1);
  draft.state = { ...draft.state, lastTimestamp: timestamp };
  return timestamp;
}

/** A message id that was never used, in no run of another epoch: opaque, as Meta's are, and the same for the same beginning. */
export function nextMid(draft: Draft): string {
  const count = draft.state.messageCount + 1;
  draft.state = { ...draft.state, messageCount: count };
  return `m_emulated${draft.state.epoch}${String(count).padStart(8, '0')}`;
}

export function changeThread(draft: Draft, psid: string, change: Partial<Thread>): void {
  const thread = { ...threadOf(draft.state, psid), ...change };
  draft.state = { ...draft.state, threads: { ...draft.state.threads, [psid]: thread } };
}

export function moveToFolder(draft: Draft, psid: string, folder: Thread['folder']): void {
  if (threadOf(draft.state, psid).folder === folder) return;
  changeThread(draft, psid, { folder });
  draft.effects.push({ type: 'folderChanged', psid, folder });
}

/** Gives the thread an owner, or none, and one day from now in the modes in which ownership ends by itself. */
export function changeOwner(
  draft: Draft,
  psid: string,
  to: string | null,
  cause: OwnershipCause,
  rule?: Pick<Rule, 'guessed'>,
): void {
  const from = threadOf(draft.state, psid).owner;
  const expires = draft.state.mode !== 'classic' && to !== null;
  changeThread(draft, psid, { owner: to, expiresAt: expires ? draft.now + dayMs : null });
  if (from === to) return;
  draft.effects.push({ type: 'ownershipChanged', psid, from, to, cause, guessed: rule?.guessed === true });
  if (to === pageInboxAppId) moveToFolder(draft, psid, 'Main');
}

/** Puts off the end of ownership to a day from now, and never brings it nearer. */
export function postponeExpiry(draft: Draft, psid: string): void {
  const { owner, expiresAt } = threadOf(draft.state, psid);
  if (draft.state.mode === 'classic' || owner === null) return;
  changeThread(draft, psid, { expiresAt: Math.max(expiresAt ?? 0, draft.now + dayMs) });
}

export function wireAppId(draft: Draft, appId: string | null): WireAppId {
  return appId === null || draft.state.switches.webhookAppIds === 'string' ? appId : Number(appId);
}

/** Sends one event to every app: to the one that may answer on `messaging`, to the others on `standby`. */
export function tellEveryApp(
  draft: Draft,
  psid: string,
  kind: WebhookKind,
  timestamp: number,
  itemFor: (appId: string) => { readonly item: WebhookItem; readonly channel?: Channel },
): void {
  const thread = threadOf(draft.state, psid);
  for (const { id: appId } of draft.state.apps) {
    const { item, channel = mayAnswer(draft.state, thread, appId) ? 'messaging' : 'standby' } = itemFor(appId);
    pushWebhook(draft, { appId, channel, kind, psid, timestamp, item });
  }
}

/** Sends one event only to those who may answer: the kinds that Meta's page on standby does not name. */
export function tellWhoMayAnswer(
  draft: Draft,
  psid: string,
  kind: WebhookKind,
  item: WebhookItem,
  timestamp: number,
): void {
  const thread = threadOf(draft.state, psid);
  for (const { id: appId } of draft.state.apps) {
    if (mayAnswer(draft.state, thread, appId)) {
      pushWebhook(draft, { appId, channel: 'messaging', kind, psid, timestamp, item });
    }
  }
}

type Webhook = Omit<Extract<Effect, { type: 'webhook' }>, 'type' | 'hopContext' | 'lists'>;

/** Sends a webhook, if the app is subscribed to it. */
export function pushWebhook(draft: Draft, webhook: Webhook): void {
  const { appId, channel, kind, psid } = webhook;
  const field = fieldFor(channel, kind);
  const subscribed = draft.state.apps.some(
    ({ id, subscribedFields }) => id === appId && subscribedFields?.includes(field) === true,
  );
  if (subscribed) draft.effects.push({ type: 'webhook', ...webhook, ...entryOf(draft, webhook) });
  else
    draft.effects.push({
      type: 'webhookNotSubscribed',
      appId,
      channel,
      kind,
      field,
      ...(psid === undefined ? {} : { psid }),
    });
}

const handoverLists = {
  messaging: {},
  messaging_handovers: { lists: ['messaging_handovers'] },
  both: { lists: ['messaging', 'messaging_handovers'] },
} as const;

/** In which lists of the entry a webhook stands, and what is beside them. */
function entryOf(
  { state }: Draft,
  { kind, psid }: Webhook,
): Pick<Extract<Effect, { type: 'webhook' }>, 'lists' | 'hopContext'> {
  const { handoverList, hopContext } = state.switches;
  if (kind.endsWith('_thread_control')) return handoverLists[handoverList];
  const ownedByAi = psid !== undefined && threadOf(state, psid).owner === metaAiAppId;
  // No echo that was recorded had it.
  if (!ownedByAi || kind === 'echo' || hopContext === 'never') return {};
  return { hopContext: { is_ai_thread_owner: true } };
}

/** The rule for an app, the inbox, the customer or time, as the thread is now. */
export function ruleForActor(draft: Draft, psid: string, role: Role, actor: string, command: RuledCommand): Rule {
  const { state } = draft;
  return ruleFor({
    mode: state.mode,
    role,
    owner: ownerSeenBy(state, threadOf(state, psid), actor),
    command,
    switches: state.switches,
    mayTakeControl: state.apps.some((app) => app.id === actor && app.mayTakeControl) ? 'yes' : 'no',
  });
}

/** Records a refusal and returns it. */
export function refuse(
  draft: Draft,
  who: { readonly by: string; readonly command: string; readonly psid?: string },
  fault: FaultName,
  because: string,
  rule?: Pick<Rule, 'guessed'>,
): Result {
  const guessed = rule?.guessed === true || graphFault(fault).guessed === 'body';
  draft.effects.push({ type: 'refused', ...who, fault, because, guessed });
  return { type: 'refused', fault, because, guessed };
}
