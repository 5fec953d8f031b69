import { maxMetadata } from '../../helpers/facebookThreadControlHelper.ts';
import { cutText } from '../../helpers/splitText.ts';
import type { HandoverContext } from '../../models/handoverContext.ts';
import { present } from '../../models/present.ts';

/** What of a handover the next receiver is told. */
export interface ToldHandover extends HandoverContext {
  /** The bot's own words, which then stand for the reason. */
  reasonText?: string;
}

/** What is given up first when there is no room for all. */
const dispensable = ['summary', 'intent', 'reason', 'language'] as const satisfies readonly (keyof HandoverContext)[];

/**
 * The context of a handover as metadata of thread control: JSON of at most `limit` characters. What has no room is cut, the summary first, and never
 * the JSON itself.
 *
 * @param limit in UTF-16 units, of which a text has at least as many as it has characters. Meta names no limit for Messenger: see
 * {@link maxMetadata}.
 */
export function passMetadata(handover: ToldHandover, limit = maxMetadata): string {
  const { reasonText, reason, intent, summary, language } = handover;
  const context: HandoverContext = {
    ...present('reason', reasonText ?? reason),
    ...present('intent', intent),
    ...present('summary', summary),
    ...present('language', language),
  };
  for (const field of dispensable) {
    if (JSON.stringify(context).length <= limit) break;
    const text = context[field];
    if (text === undefined) continue;
    const cut = longestFit(text, limit, (shorter) => JSON.stringify({ ...context, [field]: shorter }).length <= limit);
    if (cut === undefined) Reflect.deleteProperty(context, field);
    else context[field] = cut;
  }
  return JSON.stringify(context);
}

/** The longest beginning of a text that fits, with an ellipsis; undefined if not even one character does. */
function longestFit(text: string, limit: number, fits: (shorter: string) => boolean): string | undefined {
  let [shortest, longest] = [0, Math.min(text.length, limit)];
  while (shortest < longest) {
    const middle = Math.ceil((shortest + longest) / 2);
    if (fits(cutTo(text, middle))) shortest = middle;
    else longest = middle - 1;
  }
  return shortest === 0 ? undefined : cutTo(text, shortest);
}

function cutTo(text: string, length: number): string {
  // Only what is near the end decides where the last whole character ends.
  return `${cutText(text.slice(0, 2 * length + 64), length).trimEnd()}…`;
}
