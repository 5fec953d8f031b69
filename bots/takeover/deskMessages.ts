import { EventFactory, type Activity, type Transcript, type TurnContext } from 'botbuilder';
import { present } from '../../models/present.ts';
import { sha256 } from '../../models/sha256.ts';
import type { Thread } from '../threadNotes.ts';
import type { Handover } from './record.ts';

/** An event for the desk. */
export type DeskEvent = Readonly<Record<string, unknown>> & { readonly id: string };

/** Less than what is common as the limit of a request. */
const mostTranscriptBytes = 256 * 1024;

/**
 * Bot Framework's `handoff.initiate`: the same in each attempt, but for what is no longer kept of what was said.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-design-pattern-handoff-human
 */
export function initiation(
  context: TurnContext,
  thread: Thread,
  handover: Handover,
  transcript: Transcript | undefined,
): DeskEvent {
  const { reason, reasonText, intent, summary, language, to, askedAt, handedAt = askedAt } = handover;
  const told = {
    ...{ reason: reasonText ?? reason, ...present('intent', intent), ...present('summary', summary), language },
    ...{ ...present('to', to), askedAt: new Date(askedAt), handedAt: new Date(handedAt), ...thread },
  };
  const kept = transcript && { activities: newestOf(transcript.activities) };
  const {
    replyToId: _timer,
    localTimezone: _zone,
    ...event
  } = EventFactory.createHandoffInitiation(context, told, kept);
  const { activityId: _turn, ...relatesTo } = event.relatesTo ?? {};
  return { ...event, id: initiationId(thread, handover.id), timestamp: new Date(handedAt), relatesTo };
}

/** Bot Framework's `handoff.status`, from the bot: the handover has ended without the desk. */
export function ending(
  { activity: { channelId, conversation, from } }: TurnContext,
  thread: Thread,
  { id, end, endedAt: at = 0 }: Handover,
): DeskEvent {
  const endedAt = new Date(at);
  return {
    ...{ type: 'event', name: 'handoff.status', id: idOf('handoff-end', thread, id) },
    ...{ replyToId: initiationId(thread, id), timestamp: endedAt, channelId, conversation, from },
    value: { state: 'completed', end, endedAt, ...thread },
  };
}

/** Names the handover to the desk, and nobody else can guess whose it is. */
export function initiationId(thread: Thread, handover: string): string {
  return idOf('handoff', thread, handover);
}

function idOf(what: string, { pageId, psid }: Thread, handover: string): string {
  return `${what}-${sha256(JSON.stringify([pageId, psid, handover]))}`;
}

/** The newest that are small enough together, the oldest first. */
function newestOf(activities: readonly Activity[]): Activity[] {
  let bytes = 0;
  const first = activities.findLastIndex((activity) => {
    bytes += Buffer.byteLength(JSON.stringify(activity));
    return bytes > mostTranscriptBytes;
  });
  return activities.slice(first + 1);
}
