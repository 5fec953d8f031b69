import type { EffectJournal, RecordedEffect, SentMessage, Reconciliation } from './effect.ts';
import type { JournaledSend, SentResult } from './outgoingMessage.ts';
import { relayedRefusal } from '../../helpers/graph/relayedRefusal.ts';
import { createPlatformClock, type PlatformClock } from '../../helpers/graph/platformClock.ts';
import { readArray, readFlag, readId, readInteger, readProperty, readText } from '../../models/readJson.ts';
import { outcomeOfFailedCall } from '../callOutcome.ts';
import { conservativeNow } from '../reconcile/grace.ts';
import type { Rendering } from '../reconcile/renderedWords.ts';
import { mirrored, psidOf } from '../../models/conversationKey.ts';
import type { ReconcileSend } from '../reconcile/reconcileSend.ts';
import type { TurnScopes } from '../turnScope.ts';

export interface JournaledSendOptions {
  journal: EffectJournal;
  scopes: TurnScopes;
  reconcile: ReconcileSend;
  /** Default: a clock that nothing is known about. */
  clock?: PlatformClock;
  /** The clock that tells when effects begin, in milliseconds since 1970. Default: {@link conservativeNow}. */
  now?: () => number;
  /** Called for each message that the platform accepted. */
  observe?: () => void;
}

/** Sends through the turn's journal. */
export function createJournaledSend(options: JournaledSendOptions): JournaledSend {
  const { journal, scopes, reconcile, now = () => conservativeNow(), clock = createPlatformClock(now) } = options;
  const { observe = () => undefined } = options;

  async function reconcileRecorded({ args, about, ...begun }: RecordedEffect): Promise<Reconciliation<SentResult>> {
    const message = messageOf(args, about, scopes.current()?.conversation);
    const found = await reconcile({ ...begun, ...message, userId: psidOf(message.conversation) });
    // This is only one of its parts, and nothing is known about the others.
    return found.state === 'done' && message.parts === 'several' ? { state: 'unknown' } : found;
  }

  function sent(
    { id, isGuess }: SentResult,
    { args, about }: Pick<RecordedEffect, 'args' | 'about'>,
    startedAt?: number,
  ): SentMessage {
    const { conversation, text } = messageOf(args, about, scopes.current()?.conversation);
    const { min, max } = clock.offset(startedAt);
    return {
      ...{ conversation, text, latest: now() + max },
      ...(startedAt === undefined ? {} : { earliest: startedAt + min }),
      ...(id === '' || isGuess === true ? {} : { mid: id }),
    };
  }

  journal.reconciles?.('send', {
    reconcile: reconcileRecorded,
    sent: (result, begun) => sent(readSent(result), begun),
  });

  return ({ content, text, duplicate, parts = 'one', rendering = 'exact', ...to }, perform) => {
    const turnOf = scopes.current()?.conversation;
    if (turnOf === undefined) return journal.perform(effectOf(content, perform));
    if (duplicate === 'harmless') {
      const effect = effectOf(content, perform);
      return journal.perform({ ...effect, role: 'harmless', repetition: 'safe', failureOf: () => 'refused' });
    }
    const conversation = addressed(to.conversation, turnOf);
    const about: RecordedMessage = { conversation, text, parts, rendering, earliest: now() + clock.offset().min };
    let startedAt: number | undefined;
    const effect = effectOf(content, async (correlationId) => {
      startedAt = now();
      const result = await perform(correlationId);
      observe();
      return result;
    });
    return journal.perform({
      ...effect,
      ...{ about, to: recipientOf(content) ?? conversation },
      reconcile: (begun) => reconcileRecorded({ args: content, about, ...begun }),
      sent: (result, begun) => sent(result, begun, startedAt),
      failureOf: parts === 'one' ? outcomeOfFailedCall : failureOfParts,
    });
  };
}

interface RecordedMessage {
  conversation: string;
  text: string;
  parts: 'one' | 'several';
  rendering: Rendering;
  /** The earliest time at which it was begun, by the platform's clock. */
  earliest?: number | undefined;
}

/** What was recorded with a message. Earlier versions recorded only its content. */
function messageOf(content: unknown, about: unknown, turnOf = ''): RecordedMessage {
  const ownText = readText(content, 'text') ?? readText(readProperty(content, 'message'), 'text') ?? '';
  const hasAttachments = ownText !== '' && readArray(content, 'attachments').length > 0;
  return {
    conversation: readText(about, 'conversation') ?? turnOf,
    text: readText(about, 'text') ?? ownText,
    parts: readText(about, 'parts') === 'several' || (about === undefined && hasAttachments) ? 'several' : 'one',
    // A call of the Send API contains the message; an activity is the message.
    rendering: readProperty(content, 'message') === undefined ? 'channel' : 'exact',
    earliest: readInteger(about, 'earliest'),
  };
}

/** The conversation key of a message. The turn's own, even if the channel names Page and customer the other way round. */
function addressed(given: string | undefined, turnOf: string): string {
  return given === undefined || given === mirrored(turnOf) ? turnOf : given;
}

/** Whom a message goes to, as a call of the Send API and an activity name it. */
function recipientOf(content: unknown): string | undefined {
  return readId(readProperty(content, 'conversation'), 'id') ?? readId(readProperty(content, 'recipient'), 'id');
}

/** Graph may have refused a later part for a reason that will pass. A retry would send the earlier parts twice. */
function failureOfParts(error: unknown): 'refused' | 'unknown' {
  const reason = relayedRefusal(error)?.reason;
  return reason === 'rateLimited' || reason === 'temporary' ? 'unknown' : outcomeOfFailedCall(error);
}

function readSent(json: unknown): SentResult {
  return { id: readId(json, 'id') ?? '', ...(readFlag(json, 'isGuess') ? { isGuess: true } : {}) };
}

function effectOf(content: unknown, perform: (correlationId: string) => Promise<SentResult>) {
  return {
    kind: 'send',
    args: content,
    perform,
    read: readSent,
    failureOf: outcomeOfFailedCall,
    repetition: 'never',
    whenUnknown: 'park',
  } as const;
}
