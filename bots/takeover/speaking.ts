import { ActionTypes, MessageFactory, type Activity, type TurnContext } from 'botbuilder';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { relayedRefusal } from '../../helpers/graph/relayedRefusal.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { OwnershipGuard } from '../ownershipGuard.ts';
import type { TakeoverAction } from './decision.ts';
import { closedUntil, openingText } from './hoursText.ts';
import { nextOpening, type OpeningHours } from './hours.ts';
import type { TakeoverRules } from './rules.ts';
import { fillIn, sentenceOf } from './texts.ts';

type Say = Extract<TakeoverAction, { do: 'say' }>;

/** The first of the sentences that the rules have in the language, as a message; undefined if they have none. */
export function messageFor(
  { texts, hours, language: usual }: TakeoverRules,
  { names, language, because }: Omit<Say, 'how' | 'do'>,
  now: number,
): Partial<Activity> | undefined {
  const own = texts[language] ?? texts[usual] ?? {};
  const [sentence] = names.flatMap((name) => sentenceOf(own, name) ?? []);
  if (sentence === undefined) return undefined;
  const text = fillIn(sentence.text, { because, ...(hours && timesOf(hours, language, now)) });
  const actions = (sentence.choices ?? []).map(({ title, payload: value }) => {
    return { type: ActionTypes.ImBack, title, value };
  });
  return actions.length === 0 ? MessageFactory.text(text) : MessageFactory.suggestedActions(actions, text);
}

function timesOf(hours: OpeningHours, language: string, now: number): Record<'closed' | 'opening', string | undefined> {
  const at = nextOpening(hours, now);
  return {
    closed: closedUntil(hours, now, language),
    opening: at === undefined ? undefined : openingText(hours, at, language, now),
  };
}

/** Refusals that are the customer's or the Page's: saying it again would not help. */
const unreachable: ReadonlySet<string> = new Set(['outsideWindow', 'userUnavailable', 'restricted']);

/**
 * Says it, if another receiver does not own the thread.
 *
 * @returns whether it went out, as far as can be told
 */
export async function speak(
  guard: OwnershipGuard | undefined,
  context: TurnContext,
  message: Partial<Activity>,
  { how, logger }: { how: 'asOwner' | 'ifAllowed'; logger: Logger },
): Promise<boolean> {
  const send = async (): Promise<boolean> => {
    if (guard !== undefined && !(await guard.maySpeak(context))) return false;
    try {
      await context.sendActivity(message);
    } catch (error) {
      const reason = error instanceof GraphApiError ? error.reason : relayedRefusal(error)?.reason;
      if (reason === undefined || !unreachable.has(reason)) throw error;
      logger.warn({ reason }, 'What was to be said about a handover was refused.');
      return true;
    }
    // Meta may have refused it.
    return (await guard?.maySpeak(context)) ?? true;
  };
  return guard === undefined ? send() : guard.speak(how, send);
}
