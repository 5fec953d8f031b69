import { pageInboxAppId } from '../../emulator/core/state.ts';
import type { Mode } from '../../emulator/core/state.ts';
import type { EmulatorEvent } from '../../emulator/trace/emulatorEvent.ts';

export interface Seen {
  /** Who has to own the thread now, worked out from what was asked and granted; `null` is idle. */
  owner: string | null;
  /** Sentences about what must not have happened. */
  wrong: string[];
  /** App ids of sends that Messenger refused, one for each. */
  refusedSends: string[];
  /** How many messages of apps reached the customer. */
  said: number;
  /** Texts of passes and of what the bots said about them, to find doubles. */
  greetings: number;
  passesToBots: number;
}

/**
 * Reads a conversation out of the event stream with rules of its own, simpler than the emulator's: who passed, took, replied
 * and wrote, in the order in which Messenger saw it.
 */
export function readConversation(
  events: readonly EmulatorEvent[],
  psid: string,
  { mode, primary, owner: first }: { mode: Mode; primary: string; owner: string | null },
): Seen {
  const seen: Seen = { owner: first, wrong: [], refusedSends: [], said: 0, greetings: 0, passesToBots: 0 };
  /** Apps that gave the thread away and did not get it back. */
  const gone = new Set<string>();
  const own = (owner: string | null): void => {
    seen.owner = owner;
    gone.delete(owner ?? primary);
  };
  for (const event of events) {
    if (!('psid' in event) && event.type !== 'graphCall') continue;
    if ('psid' in event && event.psid !== psid) continue;
    switch (event.type) {
      case 'customerMessage':
        if (seen.owner === null) own(primary);
        break;
      case 'inboxAction':
        if (event.action === 'markAsDone' && seen.owner === pageInboxAppId) own(primary);
        if (event.action !== 'markAsDone' && mode === 'routing') own(pageInboxAppId);
        break;
      case 'graphCall': {
        const call = controlCall(event, psid);
        if (call === undefined) break;
        if (call.edge === 'pass_thread_control') {
          gone.add(call.appId);
          own(call.target ?? primary);
          if (seen.owner !== pageInboxAppId) seen.passesToBots += 1;
        }
        if (call.edge === 'take_thread_control') own(call.appId);
        if (call.edge === 'release_thread_control') own(null);
        break;
      }
      case 'pageMessage': {
        const by = event.appId;
        if (by === pageInboxAppId) break;
        seen.said += 1;
        if (event.text.includes('The thread was passed')) seen.greetings += 1;
        if (gone.has(by)) seen.wrong.push(`app ${by} said "${event.text}" after its own pass`);
        if (mode === 'routing' && by !== (seen.owner ?? primary)) {
          seen.wrong.push(`app ${by} said "${event.text}" while ${seen.owner ?? 'nobody'} owned the thread`);
        }
        break;
      }
      default:
        break;
    }
  }
  for (const event of events) {
    if (event.type !== 'graphCall' || event.status === 200 || !event.path.endsWith('/messages')) continue;
    if (recipientOf(event.params) === psid && event.appId !== undefined) seen.refusedSends.push(event.appId);
  }
  return seen;
}

type GraphCallEvent = Extract<EmulatorEvent, { type: 'graphCall' }>;

function controlCall(event: GraphCallEvent, psid: string) {
  if (event.status !== 200 || event.appId === undefined || recipientOf(event.params) !== psid) return undefined;
  const { target_app_id: target } = event.params as { target_app_id?: string };
  return { edge: event.path.split('/').at(-1) ?? '', appId: event.appId, target };
}

function recipientOf(params: unknown): string | undefined {
  const { recipient } = params as { recipient?: { id?: string } | string };
  return typeof recipient === 'string' ? recipient : recipient?.id;
}
