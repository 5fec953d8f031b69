import { isJsonObject, readProperty, readText } from '../models/readJson.ts';
import type { Scrubber } from './logging/scrubLine.ts';

export interface ParentChannel {
  on: (event: 'message', listener: (message: unknown) => void) => unknown;
  /** Absent in a process that has no such channel. */
  send?: ((message: string) => unknown) | undefined;
}

export interface Answers {
  plansOf: (thread: { pageId: string; psid: string }) => Promise<object>;
}

/**
 * Answers the process that started this one, over the channel that only those two have: `{ plansOf: { pageId, psid } }` asks what is to come in a
 * conversation. The playground asks that; a process that was started in another way has no such channel, and nobody else can ask.
 */
export function answerParent(channel: ParentChannel, { plansOf }: Answers, scrubber: Pick<Scrubber, 'line'>): void {
  if (channel.send === undefined) return;
  channel.on('message', (message) => {
    const asked = isJsonObject(message) ? readProperty(message, 'plansOf') : undefined;
    const [pageId, psid] = [readText(asked, 'pageId'), readText(asked, 'psid')];
    if (pageId === undefined || psid === undefined) return;
    const answer = (plans: object): void =>
      void channel.send?.(scrubber.line(JSON.stringify({ of: { pageId, psid }, ...plans })));
    // A store that is closing has no answer.
    plansOf({ pageId, psid }).then(answer, () => answer({}));
  });
}
