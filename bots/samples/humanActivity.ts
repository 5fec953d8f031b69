import type { Storage } from 'botbuilder';
import { ThreadNotes, type Thread } from '../threadNotes.ts';

/** Who, and when in milliseconds since 1970: any event that names its customer. */
export interface Moment extends Partial<Thread> {
  timestamp?: number | undefined;
}

export interface HumanActivityOptions {
  /** Where the times are kept. */
  storage: Storage;
  appId: string | undefined;
  /** What they are about, where there are several of a kind. */
  topic?: string;
}

/** When others last spoke with each customer, by the time of Messenger's events. */
export class HumanActivity {
  readonly #times: ThreadNotes<number>;

  constructor({ storage, appId, topic = 'last spoken' }: HumanActivityOptions) {
    const read = (json: unknown) => (typeof json === 'number' ? json : undefined);
    this.#times = new ThreadNotes({ storage, appId, topic, read });
  }

  async note(moment: Moment): Promise<void> {
    const { timestamp } = moment;
    const thread = threadOf(moment);
    if (thread === undefined || timestamp === undefined) return;
    const last = await this.#times.get(thread);
    await this.#times.set(thread, Math.max(timestamp, last ?? timestamp));
  }

  /** Milliseconds from the last note to this moment; 0 when there is none, and then counting begins with it. */
  async silence(moment: Moment): Promise<number> {
    const { timestamp } = moment;
    const thread = threadOf(moment);
    if (thread === undefined || timestamp === undefined) return 0;
    const last = await this.#times.get(thread);
    if (last === undefined) await this.#times.set(thread, timestamp);
    return last === undefined ? 0 : timestamp - last;
  }

  /** The same, and undefined when there is no note. */
  async silenceSince(moment: Moment): Promise<number | undefined> {
    const { timestamp } = moment;
    const thread = threadOf(moment);
    const last = thread === undefined ? undefined : await this.#times.get(thread);
    return last === undefined || timestamp === undefined ? undefined : timestamp - last;
  }

  async forget(moment: Moment): Promise<void> {
    const thread = threadOf(moment);
    if (thread !== undefined) await this.#times.forget(thread);
  }
}

function threadOf({ pageId = '', psid }: Moment): Thread | undefined {
  return psid === undefined ? undefined : { pageId, psid };
}
