import { applyAppCommand } from './applyApp.ts';
import { applyCustomerCommand } from './applyCustomer.ts';
import { applyInboxCommand } from './applyInbox.ts';
import { applyMetaAiCommand } from './applyMetaAi.ts';
import { applyPageCommand, expireThreads } from './applyPage.ts';
import type { Command } from './commands.ts';
import { createDraft, type Draft } from './draft.ts';
import type { Applied, Result } from './effects.ts';
import type { MessengerState } from './state.ts';

/**
 * The whole of the emulated Messenger: what a command does at a time. Pure: the same arguments give the same answer, and the
 * state that comes in is not changed.
 *
 * @param now milliseconds since 1970
 */
export function apply(state: MessengerState, command: Command, now: number): Applied {
  const draft = createDraft(state, now);
  expireThreads(draft);
  const result = dispatch(draft, command);
  return { state: draft.state, result, effects: draft.effects };
}

function dispatch(draft: Draft, command: Command): Result {
  switch (command.type) {
    case 'pass':
    case 'take':
    case 'request':
    case 'release':
    case 'extend':
    case 'threadOwner':
    case 'send':
    case 'senderAction':
    case 'pageReaction':
      return applyAppCommand(draft, command);
    case 'reply':
    case 'markAsDone':
    case 'moveToMain':
    case 'openConversation':
      return applyInboxCommand(draft, command);
    case 'aiTake':
    case 'aiAnswer':
    case 'aiHandBack':
    case 'notice':
      return applyMetaAiCommand(draft, command);
    case 'say':
    case 'tap':
    case 'postback':
    case 'getStarted':
    case 'react':
    case 'follow':
    case 'sendUnsupported':
    case 'optIn':
    case 'read':
    case 'receive':
      return applyCustomerCommand(draft, command);
    case 'secondaryReceivers':
    case 'addCustomer':
    case 'addPersona':
    case 'deletePersona':
    case 'saveAsset':
    case 'addMessageTemplate':
    case 'deleteMessageTemplate':
    case 'setMode':
    case 'setPrimary':
    case 'setMayTakeControl':
    case 'setMetaAi':
    case 'setEntryPoints':
    case 'setSwitches':
    case 'subscribe':
    case 'setProfile':
    case 'expire':
      return applyPageCommand(draft, command);
  }
}
