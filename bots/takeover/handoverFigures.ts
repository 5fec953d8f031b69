import type { TurnContext } from 'botbuilder';
import { customerOf } from '../facebookTurn.ts';
import type { Handover } from './record.ts';
import type { TakeoverWatcher, WatchedTakeover } from './takeoverWatcher.ts';

/** What is told of handovers. */
export interface HandoverFiguresOptions {
  handoverBegan: (reason: string) => void;
  firstAnswer: (ms: number) => void;
  handoverEnded: (ended: { reason: string; end: string; answered: boolean }) => void;
}

/** A turn that runs again comes soon. */
const mostRemembered = 10_000;

/** Tells the metrics of each handover. A turn that runs again tells nothing twice. */
export class HandoverFigures implements TakeoverWatcher {
  readonly #options: HandoverFiguresOptions;
  /** The oldest first. */
  readonly #told = new Set<string>();

  constructor(options: HandoverFiguresOptions) {
    this.#options = options;
  }

  watch(takeover: WatchedTakeover): void {
    const { handoverBegan, firstAnswer, handoverEnded } = this.#options;
    const ended = (handover: Handover, context: TurnContext): Promise<void> =>
      this.#once('ended', handover, context, () => {
        const { reason, end = 'done', firstAnswerAt } = handover;
        handoverEnded({ reason, end, answered: firstAnswerAt !== undefined });
      });
    takeover.onHandedOver((handover, context) =>
      this.#once('begun', handover, context, () => handoverBegan(handover.reason)),
    );
    takeover.onPersonSpoke((handover, context) =>
      this.#once('answered', handover, context, () => {
        const { firstAnswerAt, handedAt } = handover;
        // Who began by himself has not let anybody wait.
        if (firstAnswerAt === undefined || handedAt === undefined || handover.reason === 'personSpoke') return;
        firstAnswer(firstAnswerAt - handedAt);
      }),
    );
    takeover.onHandedBack(ended);
    takeover.onHandoverDeclined(ended);
  }

  #once(what: string, { id }: Handover, context: TurnContext, tell: () => void): Promise<void> {
    const { pageId = '', psid = '' } = customerOf(context) ?? {};
    const key = JSON.stringify([what, pageId, psid, id]);
    if (!this.#told.has(key)) tell();
    this.#told.add(key);
    for (const oldest of this.#told) {
      if (this.#told.size <= mostRemembered) break;
      this.#told.delete(oldest);
    }
    return Promise.resolve();
  }
}
