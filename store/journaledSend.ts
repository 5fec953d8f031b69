import type { EffectJournal } from '../helpers/effects.ts';
import { readId } from '../models/readJson.ts';
import { failureOfCall } from './definiteFailure.ts';
import { userIdOf, type SentResult, type SettleSend } from './settleSend.ts';
import type { TurnScopes } from './turnScope.ts';

/** One message on its way out, as the adapter is about to send it. */
export interface OutgoingMessage {
  /** What is sent, as JSON: whatever tells it from another message. Nothing in it may change from one run of the turn to the next. */
  content: unknown;
  /** Its words as the platform will show them; empty when it has none. */
  text: string;
  /** Whether the customer minds getting it twice: a typing indicator is `harmless`. */
  twice: 'harmless' | 'noticed';
}

export interface JournaledSendOptions {
  journal: EffectJournal;
  scopes: TurnScopes;
  settle: SettleSend;
}

/**
 * Sends one message, once: `perform` makes the one call for it, with the mark as the message's `metadata` where the platform takes
 * one, and gives the platform's id of the message.
 */
export type JournaledSend = (
  message: OutgoingMessage,
  perform: (mark: string) => Promise<SentResult>,
) => Promise<SentResult>;

export function createJournaledSend({ journal, scopes, settle }: JournaledSendOptions): JournaledSend {
  return ({ content, text, twice }, perform) => {
    const conversation = scopes.current()?.conversation;
    if (conversation === undefined) return journal.perform(effectOf(content, perform));
    const effect = effectOf(content, perform);
    if (twice === 'harmless') return journal.perform({ ...effect, repetition: 'safe', failureOf: () => 'refused' });
    return journal.perform({
      ...effect,
      settle: (begun) => settle({ ...begun, conversation, userId: userIdOf(conversation), text }),
      sent: ({ id }) => ({ conversation, text, ...(id === '' ? {} : { mid: id }) }),
    });
  };
}

function effectOf(content: unknown, perform: (mark: string) => Promise<SentResult>) {
  return {
    kind: 'send',
    args: content,
    perform,
    read: (json: unknown): SentResult => ({ id: readId(json, 'id') ?? '' }),
    failureOf: failureOfCall,
    repetition: 'never',
    whenUnknown: 'park',
  } as const;
}
