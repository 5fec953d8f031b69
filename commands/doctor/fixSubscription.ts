import type { GraphProbe } from './graphProbe.ts';
import { neededFields } from './neededFields.ts';

/** The result of `--fix`. */
export type Fix =
  | { readonly type: 'nothingMissing' }
  | { readonly type: 'declined' | 'nobodyToAsk'; readonly missing: readonly string[] }
  | { readonly type: 'subscribed'; readonly missing: readonly string[] };

export type Answer = 'yes' | 'no' | 'nobody';

/**
 * Subscribes the app to the Page's missing fields, if the answer to the question is yes. Existing subscriptions are sent again, because Meta
 * replaces the whole list.
 */
export async function fixSubscription(
  graph: Pick<GraphProbe, 'page' | 'pageFields' | 'subscribe'>,
  ask: (question: string) => Promise<Answer>,
): Promise<Fix> {
  const { name, id } = await graph.page();
  const present = (await graph.pageFields()) ?? [];
  const missing = neededFields.map((field) => field.name).filter((field) => !present.includes(field));
  if (missing.length === 0) return { type: 'nothingMissing' };
  const answer = await ask(`Subscribe the app to ${missing.join(', ')} of the Page ${name} (${id})?`);
  if (answer !== 'yes') return { type: answer === 'no' ? 'declined' : 'nobodyToAsk', missing };
  await graph.subscribe([...present, ...missing]);
  return { type: 'subscribed', missing };
}
