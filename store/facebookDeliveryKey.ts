import { createHash } from 'node:crypto';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { isArray, isJsonObject } from '../models/readJson.ts';

/**
 * The key under which an event is handled once. Meta gives deliveries no id and asks receivers to recognise repetitions:
 * by the message id where there is one, otherwise by what happened to whom and when. It does not depend on the entrance,
 * nor on how the payload was written: the order of properties, ids as numbers or as strings, and null or absent are one.
 * Undefined when the event has nothing that would tell it from the next.
 *
 * @param ownAppId the Facebook app of this bot: two bots that share a store each handle the event once
 */
export function facebookDeliveryKey(event: FacebookEvent, ownAppId: string): string | undefined {
  const { kind, via, pageId, timestamp } = event;
  const where = ['facebook', ownAppId, pageId, kind, via];
  if ('mid' in event && event.mid !== undefined && kind !== 'reaction') return JSON.stringify([...where, event.mid]);
  // A receipt is known by its watermark. It may have no time of its own, and then each entrance knows another one.
  if ('watermark' in event && event.watermark !== undefined) {
    return JSON.stringify([...where, hash({ ...fieldsOf(event), timestamp: undefined })]);
  }
  if (timestamp === undefined) return undefined;
  return JSON.stringify([...where, hash(fieldsOf(event))]);
}

/** What tells the event from others. */
function fieldsOf(event: FacebookEvent): Record<string, unknown> {
  const { raw, ...fields } = event;
  if (fields.kind === 'app_roles') return { ...fields, roles: Object.fromEntries(fields.roles) };
  // Of what is not understood, and of visitors who have no id yet, the payload alone tells one from another.
  return fields.kind === 'unsupported' || fields.psid === undefined ? { ...fields, raw } : fields;
}

function hash(value: object): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('base64url');
}

/** The same for all ways to write the same payload. */
function canonical(value: unknown): unknown {
  if (isArray(value)) return value.map(canonical);
  if (typeof value === 'number') return String(value);
  if (!isJsonObject(value)) return value;
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const part = value[name] ?? undefined;
      return part === undefined ? [] : [[name, canonical(part)]];
    });
}
