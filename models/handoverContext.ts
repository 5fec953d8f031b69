import { present } from './present.ts';
import { isJsonObject, parseJson, readText } from './readJson.ts';
import { brokenLimitOf } from './scanJson.ts';

/** What one receiver tells the next about a conversation that it hands over, as JSON in the metadata. */
export interface HandoverContext {
  /** Why: a word such as `phrase`, or a sentence of the bot's. */
  reason?: string;
  /** What the customer wants, in a word of the bot's. */
  intent?: string;
  /** What was said so far. It may have been cut. */
  summary?: string;
  /** The customer's language, such as `de`. */
  language?: string;
}

/** More than Meta transports. */
const longest = 8_000;
const limits = { depth: 8, values: 200 };

/** Any receiver may write anything there: metadata that is not such a context has none. */
export function readHandoverContext(metadata: string | undefined): HandoverContext | undefined {
  if (metadata === undefined || metadata.length > longest || !metadata.trimStart().startsWith('{')) return undefined;
  if (brokenLimitOf(metadata, limits) !== undefined) return undefined;
  let json: unknown;
  try {
    json = parseJson(metadata);
  } catch {
    return undefined;
  }
  if (!isJsonObject(json)) return undefined;
  const context = {
    ...present('reason', readText(json, 'reason')),
    ...present('intent', readText(json, 'intent')),
    ...present('summary', readText(json, 'summary')),
    ...present('language', readText(json, 'language')),
  };
  return Object.keys(context).length === 0 ? undefined : context;
}
