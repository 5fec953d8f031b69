import type { DeskAnswer, TellDesk } from '../../helpers/handoff/deskClient.ts';
import { readInteger, readText } from '../../models/readJson.ts';
import type { EffectJournal } from './effect.ts';

/**
 * Tells the desk through the turn's journal: a turn that runs again does not tell it again. If the process ended before the answer was recorded, the
 * desk is told once more and knows the message by its id.
 */
export function journaledDesk(inner: TellDesk, journal: EffectJournal): TellDesk {
  // Nobody has to know what became of an attempt that the turn no longer wants.
  journal.reconciles?.('handoff', { reconcile: () => Promise.resolve({ state: 'done', result: undefined }) });
  return (message) =>
    journal.perform<DeskAnswer>({
      kind: 'handoff',
      args: { id: message.id },
      perform: () => inner(message),
      read: answerFrom,
      failureOf: () => 'unknown',
      repetition: 'safe',
      whenUnknown: 'tell',
    });
}

function answerFrom(json: unknown): DeskAnswer {
  const [state, status] = [readText(json, 'state'), readInteger(json, 'status')];
  if (state === 'delivered') return { state };
  if (state === 'refused') return { state, status: status ?? 0 };
  return { state: 'unavailable', ...(status !== undefined && { status }) };
}
