import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graphErrors.ts';

export interface OwnPassesOptions {
  threadControl: ThreadControl;
  /** Whether an app id belongs to somebody else than this bot's app. */
  isAnotherReceiver: (appId: string) => boolean;
  /** When this process began, in milliseconds since 1970: what was written before may follow a pass that it knows nothing of. */
  startedAt: number;
}

/** So many conversations are remembered; beyond it the oldest are forgotten first. */
const remembered = 10_000;

/**
 * Remembers which threads this bot has given away, so that it does not answer in them.
 *
 * A message that was on its way while the bot passed the thread still reaches it as one to be answered. Messenger refuses
 * the answer today; under the classic protocol the customer would read two receivers talking at once. So after a pass, and
 * for what was written before this process began, the thread's owner is asked before anything is said.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class OwnPasses {
  readonly #options: OwnPassesOptions;
  readonly #threads = new Map<string, 'passed' | 'kept'>();
  /** Thread control as it was given, with each pass and take noted. */
  readonly threadControl: ThreadControl;

  constructor(options: OwnPassesOptions) {
    this.#options = options;
    const { threadControl } = options;
    this.threadControl = {
      passThreadControl: (psid, ...rest) => this.#leave(psid, threadControl.passThreadControl(psid, ...rest)),
      releaseThreadControl: (psid, ...rest) => this.#leave(psid, threadControl.releaseThreadControl(psid, ...rest)),
      takeThreadControl: async (psid, ...rest) => {
        await threadControl.takeThreadControl(psid, ...rest);
        this.noteReturn(psid);
      },
      requestThreadControl: (...args) => threadControl.requestThreadControl(...args),
      extendThreadControl: (...args) => threadControl.extendThreadControl(...args),
      getThreadOwner: (...args) => threadControl.getThreadOwner(...args),
      getSecondaryReceivers: () => threadControl.getSecondaryReceivers(),
    };
  }

  /** The thread belongs to this bot again. */
  noteReturn(psid: string): void {
    this.#note(psid, 'kept');
  }

  /**
   * Whether this bot may still speak in the thread, as far as it can tell. When Graph refuses the question the answer is
   * yes; when Graph gives no answer it is no after an own pass.
   *
   * @param writtenAt the timestamp of what is to be answered, in milliseconds since 1970
   */
  async maySpeak(psid: string, writtenAt: number | undefined): Promise<boolean> {
    const known = this.#threads.get(psid);
    const isOld = writtenAt !== undefined && writtenAt < this.#options.startedAt;
    if (known === 'kept' || (known === undefined && !isOld)) return true;
    try {
      const owner = await this.#options.threadControl.getThreadOwner(psid);
      const isOurs = owner.owner === 'idle' || (owner.owner === 'app' && !this.#options.isAnotherReceiver(owner.appId));
      this.#note(psid, isOurs ? 'kept' : 'passed');
      return isOurs;
    } catch (error) {
      if (error instanceof GraphTransportError) return known !== 'passed';
      if (!(error instanceof GraphApiError)) throw error;
      this.#note(psid, 'kept');
      return true;
    }
  }

  /** A refused pass changed nothing; one without an answer may have. */
  async #leave(psid: string, call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (error) {
      if (!(error instanceof GraphApiError)) this.#note(psid, 'passed');
      throw error;
    }
    this.#note(psid, 'passed');
  }

  #note(psid: string, what: 'passed' | 'kept'): void {
    this.#threads.delete(psid);
    this.#threads.set(psid, what);
    for (const oldest of this.#threads.keys()) {
      if (this.#threads.size <= remembered) break;
      this.#threads.delete(oldest);
    }
  }
}
