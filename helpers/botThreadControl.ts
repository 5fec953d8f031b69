import { PAGE_INBOX_APP_ID } from '../models/facebookEvent.ts';
import type { SecondaryReceiver, ThreadControl, ThreadOwner } from './facebookThreadControlHelper.ts';
import { ThreadControlUnavailableError } from './threadControlUnavailableError.ts';

export interface PassOptions {
  /**
   * Who gets the thread: `'inbox'` for the people of the Page Inbox, an app id, or the name of another receiver of the Page, whatever its
   * letter case. Only the primary receiver (today: the default app) may ask for names. Default: the primary receiver.
   */
  to?: string;
  /** What the new owner receives with its event, up to 2000 characters. */
  metadata?: string;
}

export interface MetadataOption {
  /** What the affected app receives with its event, up to 2000 characters. */
  metadata?: string;
}

/**
 * Thread control as a bot is handed it: the calls under Meta's names, and short ones beside them. The customer is always given by the
 * page-scoped id (PSID). What each call does, and throws, is said at {@link FacebookThreadControlHelper}.
 *
 * It is there without a page token too. Then {@link isAvailable} is false, and every call throws {@link ThreadControlUnavailableError}.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export class BotThreadControl implements ThreadControl {
  readonly #calls: ThreadControl | undefined;

  /** @param calls makes the calls; undefined without a page token */
  constructor(calls: ThreadControl | undefined) {
    this.#calls = calls;
  }

  /** Whether this bot has a page token. Ask before you promise the customer a person. */
  get isAvailable(): boolean {
    return this.#calls !== undefined;
  }

  /**
   * Gives the thread away: say first what is to be said. As {@link passThreadControl}.
   *
   * @throws RangeError if the Page has no receiver of that name
   */
  async pass(psid: string, { to, metadata }: PassOptions = {}): Promise<void> {
    await this.passThreadControl(psid, to === undefined ? undefined : await this.appIdOf(to), metadata);
  }

  /**
   * The app id of a receiver, which is named as in {@link PassOptions}.
   *
   * @throws RangeError if the Page has no receiver of that name
   */
  async appIdOf(to: string): Promise<string> {
    const name = to.trim().toLowerCase();
    if (name === 'inbox') return PAGE_INBOX_APP_ID;
    if (/^\d+$/.test(to)) return to;
    const receivers = await this.getSecondaryReceivers();
    const found = receivers.find((receiver) => receiver.name?.toLowerCase() === name);
    if (found !== undefined) return found.id;
    const names = receivers.map(({ id, name = id }) => name).join(', ');
    throw new RangeError(`The Page has no receiver named ${to}. It has: ${names || 'none'}.`);
  }

  /** As {@link takeThreadControl}. */
  async take(psid: string, { metadata }: MetadataOption = {}): Promise<void> {
    await this.takeThreadControl(psid, metadata);
  }

  /** As {@link requestThreadControl}. */
  async request(psid: string, { metadata }: MetadataOption = {}): Promise<void> {
    await this.requestThreadControl(psid, metadata);
  }

  /** As {@link releaseThreadControl}. */
  async release(psid: string, { metadata }: MetadataOption = {}): Promise<void> {
    await this.releaseThreadControl(psid, metadata);
  }

  /** As {@link extendThreadControl}. */
  async extend(psid: string, { seconds }: { seconds: number }): Promise<void> {
    await this.extendThreadControl(psid, seconds);
  }

  async passThreadControl(userId: string, targetAppId?: string, metadata?: string): Promise<void> {
    await this.#needed().passThreadControl(userId, targetAppId, metadata);
  }

  async takeThreadControl(userId: string, metadata?: string): Promise<void> {
    await this.#needed().takeThreadControl(userId, metadata);
  }

  async requestThreadControl(userId: string, metadata?: string): Promise<void> {
    await this.#needed().requestThreadControl(userId, metadata);
  }

  async releaseThreadControl(userId: string, metadata?: string): Promise<void> {
    await this.#needed().releaseThreadControl(userId, metadata);
  }

  async extendThreadControl(userId: string, seconds: number): Promise<void> {
    await this.#needed().extendThreadControl(userId, seconds);
  }

  async getThreadOwner(userId: string): Promise<ThreadOwner> {
    return this.#needed().getThreadOwner(userId);
  }

  async getSecondaryReceivers(): Promise<SecondaryReceiver[]> {
    return this.#needed().getSecondaryReceivers();
  }

  #needed(): ThreadControl {
    if (this.#calls === undefined) throw new ThreadControlUnavailableError();
    return this.#calls;
  }
}
