import type { EffectJournal } from '../helpers/effects.ts';
import type { SendOnce, SentResult } from '../helpers/sendOnce.ts';
import { readId } from '../models/readJson.ts';
import { failureOfCall } from './definiteFailure.ts';
import { userIdOf, type SettleSend } from './settleSend.ts';
import type { TurnScopes } from './turnScope.ts';

export interface JournaledSendOptions {
  journal: EffectJournal;
  scopes: TurnScopes;
  settle: SettleSend;
}

/** Sends through the turn's journal. */
export function createJournaledSend({ journal, scopes, settle }: JournaledSendOptions): SendOnce {
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
