import type { Storage } from 'botbuilder';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graph/graphErrors.ts';
import { ThreadNotes, type Thread } from './threadNotes.ts';

export interface ThreadOwnershipOptions {
  threadControl: ThreadControl;
  /** Remembers which threads were passed. */
  storage: Storage;
  appId: string | undefined;
  /** Whether an app id belongs to somebody else than this bot's app. */
  isAnotherReceiver: (appId: string) => boolean;
  /** When that storage was begun, in milliseconds since 1970: an earlier message may follow a pass that it does not know. */
  startedAt: number;
}

/**
 * Remembers which threads this bot has given away, so that it does not answer in them.
 *
 * A message that was on its way while the bot passed the thread still reaches it as one to be answered. Messenger refuses
 * the answer today; under the classic protocol the customer would read two receivers talking at once. So after a pass, and
 * for what was written before anything was remembered, the thread's owner is asked before anything is said.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class ThreadOwnership {
  readonly #options: ThreadOwnershipOptions;
  readonly #threads: ThreadNotes<'passed' | 'kept'>;

  constructor(options: ThreadOwnershipOptions) {
    this.#options = options;
    const { storage, appId } = options;
    const read = (json: unknown) => (json === 'passed' || json === 'kept' ? json : undefined);
    this.#threads = new ThreadNotes({ storage, appId, topic: 'own passes', read });
  }

  /** The given thread control, which also notes each pass and take of this thread. */
  threadControlOf(thread: Thread): ThreadControl {
    const { threadControl } = this.#options;
    return {
      passThreadControl: (...args) => this.#leave(thread, threadControl.passThreadControl(...args)),
      releaseThreadControl: (...args) => this.#leave(thread, threadControl.releaseThreadControl(...args)),
      takeThreadControl: async (...args) => {
        await threadControl.takeThreadControl(...args);
        await this.regained(thread);
      },
      requestThreadControl: (...args) => threadControl.requestThreadControl(...args),
      extendThreadControl: (...args) => threadControl.extendThreadControl(...args),
      getThreadOwner: (...args) => threadControl.getThreadOwner(...args),
      getSecondaryReceivers: () => threadControl.getSecondaryReceivers(),
    };
  }

  /** The thread belongs to this bot again. */
  async regained(thread: Thread): Promise<void> {
    await this.#threads.set(thread, 'kept');
  }

  /**
   * Whether this bot may still speak in the thread, as far as it can tell. When Graph refuses the question the answer is
   * yes; when Graph gives no answer it is no after an own pass.
   *
   * @param writtenAt the timestamp of what is to be answered, in milliseconds since 1970
   */
  async maySpeak(thread: Thread, writtenAt: number | undefined): Promise<boolean> {
    const known = await this.#threads.get(thread);
    const isOld = writtenAt !== undefined && writtenAt < this.#options.startedAt;
    if (known === 'kept' || (known === undefined && !isOld)) return true;
    try {
      const owner = await this.#options.threadControl.getThreadOwner(thread.psid);
      const isOurs = owner.owner === 'idle' || (owner.owner === 'app' && !this.#options.isAnotherReceiver(owner.appId));
      await this.#threads.set(thread, isOurs ? 'kept' : 'passed');
      return isOurs;
    } catch (error) {
      if (error instanceof GraphTransportError) return known !== 'passed';
      if (!(error instanceof GraphApiError)) throw error;
      await this.#threads.set(thread, 'kept');
      return true;
    }
  }

  /** A refused pass changed nothing; one without an answer may have. */
  async #leave(thread: Thread, call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (error) {
      if (!(error instanceof GraphApiError)) await this.#threads.set(thread, 'passed');
      throw error;
    }
    await this.#threads.set(thread, 'passed');
  }
}
