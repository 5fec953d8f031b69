import type { EffectJournal, RecordedEffect, SentMessage, Settled } from '../helpers/effects.ts';
import type { SendOnce, SentResult } from '../helpers/sendOnce.ts';
import { relayedRefusal } from '../helpers/refusedSend.ts';
import { readArray, readId, readProperty, readText } from '../models/readJson.ts';
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
  async function settleRecorded({ args, about, ...begun }: RecordedEffect): Promise<Settled<SentResult>> {
    const { conversation, text, parts } = messageOf(args, about, scopes.current()?.conversation);
    const settled = await settle({ ...begun, conversation, userId: userIdOf(conversation), text });
    // What was found is one of its parts, and nobody knows of the others.
    return settled.state === 'done' && parts === 'several' ? { state: 'unknown' } : settled;
  }

  function sent({ id }: SentResult, { args, about }: Pick<RecordedEffect, 'args' | 'about'>): SentMessage {
    const { conversation, text } = messageOf(args, about, scopes.current()?.conversation);
    return { conversation, text, ...(id === '' ? {} : { mid: id }) };
  }

  journal.reconciles?.('send', { settle: settleRecorded, sent: (result, begun) => sent(readSent(result), begun) });

  return ({ content, text, twice, parts = 'one' }, perform) => {
    const conversation = scopes.current()?.conversation;
    if (conversation === undefined) return journal.perform(effectOf(content, perform));
    const effect = effectOf(content, perform);
    if (twice === 'harmless') {
      return journal.perform({ ...effect, role: 'harmless', repetition: 'safe', failureOf: () => 'refused' });
    }
    const about: RecordedMessage = { conversation, text, parts };
    return journal.perform({
      ...effect,
      ...{ about, to: recipientOf(content) ?? conversation },
      settle: (begun) => settleRecorded({ args: content, about, ...begun }),
      sent,
      failureOf: parts === 'one' ? failureOfCall : failureOfParts,
    });
  };
}

interface RecordedMessage {
  conversation: string;
  text: string;
  parts: 'one' | 'several';
}

/** What was noted beside a message; earlier versions noted its content alone. */
function messageOf(content: unknown, about: unknown, turnOf = ''): RecordedMessage {
  const ownText = readText(content, 'text') ?? readText(readProperty(content, 'message'), 'text') ?? '';
  const hasAttachments = ownText !== '' && readArray(content, 'attachments').length > 0;
  return {
    conversation: readText(about, 'conversation') ?? turnOf,
    text: readText(about, 'text') ?? ownText,
    parts: readText(about, 'parts') === 'several' || (about === undefined && hasAttachments) ? 'several' : 'one',
  };
}

/** Whom a message goes to, as a call of the Send API and an activity name it. */
function recipientOf(content: unknown): string | undefined {
  return readId(readProperty(content, 'conversation'), 'id') ?? readId(readProperty(content, 'recipient'), 'id');
}

/** Graph may have refused a later part, with a reason that passes: tried again, the earlier ones would be sent twice. */
function failureOfParts(error: unknown): 'refused' | 'unknown' {
  const reason = relayedRefusal(error)?.reason;
  return reason === 'rateLimited' || reason === 'temporary' ? 'unknown' : failureOfCall(error);
}

function readSent(json: unknown): SentResult {
  return { id: readId(json, 'id') ?? '' };
}

function effectOf(content: unknown, perform: (mark: string) => Promise<SentResult>) {
  return {
    kind: 'send',
    args: content,
    perform,
    read: readSent,
    failureOf: failureOfCall,
    repetition: 'never',
    whenUnknown: 'park',
  } as const;
}
