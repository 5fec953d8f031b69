import { createHash } from 'node:crypto';
import type { FacebookEvent } from '../models/facebookEvent.ts';

/**
 * The key under which an event is handled once. Meta gives deliveries no id and asks receivers to recognise repetitions:
 * by the message id where there is one, otherwise by what happened to whom and when. It does not depend on the entrance,
 * so the same event coming through both is one. Undefined when the event has nothing that would tell it from the next.
 *
 * @param ownAppId the Facebook app of this bot: two bots that share a store each handle the event once
 */
export function facebookDeliveryKey(event: FacebookEvent, ownAppId: string): string | undefined {
  const { kind, via, pageId, psid, timestamp } = event;
  const where = ['facebook', ownAppId, pageId, kind, via];
  if ('mid' in event && event.mid !== undefined && kind !== 'reaction') return JSON.stringify([...where, event.mid]);
  // A receipt is known by its watermark. It may have no time of its own, and then each entrance knows another one.
  if ('watermark' in event && event.watermark !== undefined) {
    return JSON.stringify([...where, hash([psid, event.watermark, event.raw])]);
  }
  if (timestamp === undefined) return undefined;
  return JSON.stringify([...where, hash([psid, timestamp, event.raw])]);
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
