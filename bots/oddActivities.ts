import type { Activity, ChannelAccount } from 'botbuilder';
import { isJsonObject } from '../models/readJson.ts';

/** Bot Builder reads the id of each member without looking what it is. */
export function dropMalformedMembers(activity: Activity): void {
  for (const name of ['membersAdded', 'membersRemoved'] as const) {
    const members: unknown = activity[name];
    if (Array.isArray(members)) activity[name] = members.filter(isJsonObject) as unknown as ChannelAccount[];
    else if (members !== undefined) activity[name] = [];
  }
}

/** Facebook's channel was seen to send messages in which nobody said anything. Elsewhere an empty message is one. */
export function saysSomething({ channelId, text, attachments, entities, value }: Partial<Activity>): boolean {
  const said: unknown[] = [text, attachments, entities, value];
  return (
    channelId !== 'facebook' ||
    said.some((part) => part !== undefined && part !== null && part !== '' && !isEmptyList(part))
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
