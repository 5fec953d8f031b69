import { ownEventNames } from './ownEvents.ts';
import { present } from './present.ts';
import { readProperty, readText } from './readJson.ts';

/**
 * The states of a handover to a desk.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-design-pattern-handoff-human
 */
export const handoffStates = ['accepted', 'failed', 'completed'] as const;
export type HandoffState = (typeof handoffStates)[number];

/** What a desk says about a handover. */
export interface HandoffStatus {
  state: HandoffState;
  /** The desk's words, for the log. */
  message?: string;
  /** The id of the `handoff.initiate` that it answers, if it names one. */
  replyToId?: string;
}

/** The longest words of a desk that are kept. */
const longestMessage = 500;

/** What a desk said, read from the value of its event; undefined if it is nothing that a desk says. */
export function readHandoffStatus(value: unknown, replyToId?: string): HandoffStatus | undefined {
  const state = handoffStates.find((one) => one === readText(value, 'state'));
  if (state === undefined) return undefined;
  const message = readText(value, 'message')?.slice(0, longestMessage);
  const answered = replyToId ?? readText(value, 'replyToId');
  return { state, ...present('message', message), ...present('replyToId', answered) };
}

/** What the desk said, in the turn that it began; undefined in every other turn. */
export function handoffStatusOf({
  activity,
}: {
  activity: { type?: unknown; name?: unknown; value?: unknown };
}): HandoffStatus | undefined {
  const isStatus = activity.type === 'event' && activity.name === ownEventNames.handoff;
  return isStatus ? readHandoffStatus(readProperty(activity, 'value')) : undefined;
}
