import type { Activity } from 'botbuilder';
import { checkedTag } from '../../helpers/messageTag.ts';
import type { OutgoingMessage } from '../../turns/journal/outgoingMessage.ts';
import { conversationKeyOf } from '../../models/facebookActivity.ts';
import { readProperty, readText } from '../../models/readJson.ts';

/**
 * An outgoing activity as a message for the journal, without the ids and times that Bot Builder makes anew on each run.
 *
 * @throws UnsendableMessageError for a message tag that a bot may not use
 */
export function outgoingActivity(activity: Partial<Activity>): OutgoingMessage {
  if (activity.channelId === 'facebook') refuseTag(activity);
  const { id: _id, timestamp: _timestamp, localTimestamp: _localTimestamp, ...content } = activity;
  const duplicate = activity.type === 'message' ? 'visible' : 'harmless';
  const parts = partsOf(activity) > 1 ? 'several' : 'one';
  const conversation = conversationKeyOf(activity);
  return { content, text: activity.text ?? '', duplicate, parts, conversation, rendering: 'channel' };
}

/** The channel hands a tag on, and Meta's refusal would come back as a status that says nothing. */
function refuseTag({ channelData }: Partial<Activity>): void {
  const tag = readText(channelData, 'tag');
  if (tag !== undefined) checkedTag(tag);
}

/** Azure's Facebook channel sends the text and each attachment as separate messages. */
function partsOf({ text, attachments, channelData }: Partial<Activity>): number {
  const native = readProperty(channelData, 'attachment') === undefined ? 0 : 1;
  return (text === undefined || text === '' ? 0 : 1) + (attachments?.length ?? 0) + native;
}

/** Whether an activity never leaves this process, such as a pause between two messages. The journal does not need those. */
export function staysInside({ type }: Partial<Activity>): boolean {
  return type === 'delay' || type === 'invokeResponse' || type === 'trace';
}
