import type { RuledCommand } from './rule.ts';
import { ownerSeenBy, ruleFor } from './rules.ts';
import { metaAiAppId, pageInboxAppId, threadOf, type MessengerState } from './state.ts';

/** What a button of the Page Inbox does to a conversation as it is now. */
export interface InboxMeaning {
  /** One sentence for the agent. */
  readonly does: string;
  /** Nobody has seen Meta do it. */
  readonly guessed: boolean;
}

export interface InboxMeanings {
  readonly reply: InboxMeaning;
  readonly markAsDone: InboxMeaning;
  readonly moveToMain: InboxMeaning;
}

/** The table of rules in words, for the three things that an agent can do. */
export function inboxMeanings(state: MessengerState, psid: string): InboxMeanings {
  return {
    reply: meaningOf(state, psid, 'inboxReply', 'Sends the answer'),
    markAsDone: meaningOf(state, psid, 'inboxMarkAsDone', 'Files it under Done'),
    moveToMain: meaningOf(state, psid, 'inboxMoveToMain', 'Files it under Main'),
  };
}

function meaningOf(state: MessengerState, psid: string, command: RuledCommand, begins: string): InboxMeaning {
  const thread = threadOf(state, psid);
  const owner = ownerSeenBy(state, thread, pageInboxAppId);
  const { mode, switches } = state;
  const rule = ruleFor({ mode, role: 'inbox', owner, command, switches, mayTakeControl: 'no' });
  const guessed = rule.guessed === true;
  if (!('next' in rule.then)) return { does: `${begins}.`, guessed };
  const { next, told } = rule.then;
  const primary = nameOf(state, state.primaryAppId);
  const event = told.startsWith('pass') ? 'pass_thread_control' : 'take_thread_control';
  const hearer = told === 'takeToLosingApp' ? nameOf(state, thread.owner ?? state.primaryAppId) : primary;
  // Meta's AI has no webhook.
  const hears = told === 'nobody' || thread.owner === metaAiAppId ? '' : `; ${hearer} hears ${event}`;
  if (told.startsWith('request')) {
    const asked = told === 'requestToOwner' ? nameOf(state, thread.owner ?? state.primaryAppId) : primary;
    return { does: `${begins} and asks ${asked} for control with request_thread_control.`, guessed };
  }
  switch (next) {
    case 'actor':
      return { does: `${begins} and takes control at once${hears}.`, guessed };
    case 'primary':
    case 'entryPoint':
    case 'target':
    case 'targetOrSelf':
    case 'targetOrPrimary':
      return { does: `${begins} and passes it to ${primary}${hears}.`, guessed };
    case 'nobody':
      return { does: `${begins} and gives control up: nobody owns the conversation then.`, guessed };
    case 'same':
      return {
        does: `${begins}; ${owner === 'self' ? 'the inbox keeps control' : 'control stays where it is'}.`,
        guessed,
      };
  }
}

function nameOf(state: MessengerState, appId: string): string {
  if (appId === pageInboxAppId) return 'the Page Inbox';
  if (appId === metaAiAppId) return "Meta's AI";
  return state.apps.find(({ id }) => id === appId)?.name ?? `app ${appId}`;
}
