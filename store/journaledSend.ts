import type { EffectJournal } from '../helpers/effects.ts';
import type { SendOnce, SentResult } from '../helpers/sendOnce.ts';
import { relayedRefusal } from '../helpers/refusedSend.ts';
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
  return ({ content, text, twice, parts = 'one' }, perform) => {
    const conversation = scopes.current()?.conversation;
    if (conversation === undefined) return journal.perform(effectOf(content, perform));
    const effect = effectOf(content, perform);
    if (twice === 'harmless') return journal.perform({ ...effect, repetition: 'safe', failureOf: () => 'refused' });
    return journal.perform({
      ...effect,
      failureOf: parts === 'one' ? failureOfCall : failureOfParts,
      settle: async (begun) => {
        const settled = await settle({ ...begun, conversation, userId: userIdOf(conversation), text });
        // What was found is one of its parts, and nobody knows of the others.
        return settled.state === 'done' && parts === 'several' ? { state: 'unknown' } : settled;
      },
      sent: ({ id }) => ({ conversation, text, ...(id === '' ? {} : { mid: id }) }),
    });
  };
}

/** Graph may have refused a later part, with a reason that passes: tried again, the earlier ones would be sent twice. */
function failureOfParts(error: unknown): 'refused' | 'unknown' {
  const reason = relayedRefusal(error)?.reason;
  return reason === 'rateLimited' || reason === 'temporary' ? 'unknown' : failureOfCall(error);
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
