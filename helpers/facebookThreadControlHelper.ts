import { isArray, readFlag, readId, readObject, readProperty, readText, readTime } from '../models/readJson.ts';
import type { GraphClient } from './graph/graphClient.ts';
import { GraphApiError, GraphTransportError } from './graph/graphErrors.ts';
import { outcomeOfPass, type ThreadOwner } from './threadOwner.ts';

export type { ThreadOwner } from './threadOwner.ts';

/** An app that control can be passed to. The Page Inbox is among them when it has that role. */
export interface SecondaryReceiver {
  id: string;
  name?: string;
  link?: string;
}

/** Thread control for bots. {@link FacebookThreadControlHelper} says what every method throws. */
export interface ThreadControl {
  passThreadControl(userId: string, targetAppId?: string, metadata?: string): Promise<void>;
  takeThreadControl(userId: string, metadata?: string): Promise<void>;
  requestThreadControl(userId: string, metadata?: string): Promise<void>;
  releaseThreadControl(userId: string, metadata?: string): Promise<void>;
  extendThreadControl(userId: string, seconds: number): Promise<void>;
  getThreadOwner(userId: string): Promise<ThreadOwner>;
  getSecondaryReceivers(): Promise<SecondaryReceiver[]>;
}

/**
 * Moves control of Messenger threads on behalf of one app, the one that the Graph client's Page token belongs to.
 *
 * `userId` is always the customer's page-scoped id (PSID). `metadata` is up to 2000 characters that the affected app receives with its
 * webhook event. Every method throws {@link GraphApiError} if Meta refuses, {@link GraphTransportError} if there is no usable answer, and an
 * ordinary error, before any call, for an argument that Meta could not accept.
 *
 * If a pass, take or release gets no usable answer, the helper asks who owns the thread, and the call counts as done if the owner proves it.
 * Meta names the owner only to the owner and the default app; for anyone else such a pass stays unknown. Nothing that may have taken effect
 * is sent again.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/conversation-routing
 */
export class FacebookThreadControlHelper implements ThreadControl {
  readonly #graph: GraphClient;
  readonly #appId: string | undefined;

  /** @param options `appId`: this app's own id. Without it an unknown take, or pass without a target, cannot be reconciled. */
  constructor(graph: GraphClient, options: { appId?: string | undefined } = {}) {
    this.#graph = graph;
    this.#appId = options.appId;
  }

  /**
   * Gives control away. Only the owner may, and afterwards this app may not send, so speak first. Without a target, control goes to the
   * primary receiver, today the Page's default app; the primary receiver itself must name a target.
   *
   * Source: https://developers.facebook.com/docs/graph-api/reference/page/pass_thread_control
   */
  async passThreadControl(userId: string, targetAppId?: string, metadata?: string): Promise<void> {
    if (targetAppId !== undefined) requireId(targetAppId, 'targetAppId');
    const body = { recipient: recipientOf(userId), target_app_id: targetAppId, metadata: checkedMetadata(metadata) };
    // An unnamed owner proves nothing: it may have owned the thread all along.
    const isDone = (now: ThreadOwner) => outcomeOfPass(now, targetAppId, this.#appId) === 'passed';
    await this.#reconcile(userId, this.#write('me/pass_thread_control', body), isDone);
  }

  /**
   * Takes control without asking. Depending on the Page's routing, only the primary receiver, the default app, or apps that were allowed to
   * take over may do this. It is not an error if this app already has control.
   *
   * Source: https://developers.facebook.com/docs/graph-api/reference/page/take_thread_control
   */
  async takeThreadControl(userId: string, metadata?: string): Promise<void> {
    const body = { recipient: recipientOf(userId), metadata: checkedMetadata(metadata) };
    try {
      await this.#reconcile(
        userId,
        this.#write('me/take_thread_control', body),
        (now) => now.owner === 'app' && now.appId === this.#appId,
      );
    } catch (error) {
      if (!(error instanceof GraphApiError) || error.reason !== 'alreadyThreadOwner') throw error;
    }
  }

  /**
   * Asks the owner for control. The owner may pass it or not, so what follows is a `pass_thread_control` event or nothing. Pages with a default
   * app may refuse the call. If its outcome is unknown, it is never repeated: nothing shows whether it arrived.
   *
   * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol/request-thread-control
   */
  async requestThreadControl(userId: string, metadata?: string): Promise<void> {
    const body = { recipient: recipientOf(userId), metadata: checkedMetadata(metadata) };
    await this.#write('me/request_thread_control', body);
  }

  /**
   * Gives up control; nobody owns the thread then (`idle`). No webhook reports it.
   *
   * Source: https://developers.facebook.com/docs/messenger-platform/conversation-routing
   */
  async releaseThreadControl(userId: string, metadata?: string): Promise<void> {
    const body = { recipient: recipientOf(userId), metadata: checkedMetadata(metadata) };
    await this.#reconcile(userId, this.#write('me/release_thread_control', body), ({ owner }) => owner === 'idle');
  }

  /**
   * Keeps control for more than a day without a message. Any later control action resets it to a day.
   *
   * Source: https://developers.facebook.com/docs/messenger-platform/conversation-routing
   *
   * @param seconds a whole number from 86400 (one day) to 604800 (seven days)
   */
  async extendThreadControl(userId: string, seconds: number): Promise<void> {
    if (!Number.isInteger(seconds) || seconds < 86_400 || seconds > 604_800) {
      throw new RangeError('Control can be extended by a whole number of seconds from 86400 to 604800.');
    }
    await this.#write('me/extend_thread_control', { recipient: recipientOf(userId), duration: seconds });
  }

  /**
   * Who owns the thread, as far as Meta lets this app know.
   *
   * Source: https://developers.facebook.com/docs/graph-api/reference/page/thread_owner
   */
  async getThreadOwner(userId: string): Promise<ThreadOwner> {
    const answer = await this.#graph.get('me/thread_owner', { recipient: recipientOf(userId).id });
    const data = dataOf(answer);
    if (data === undefined) throw new GraphTransportError('unreadable');
    if (data.length === 0) return { owner: 'idle' };
    const owner = readObject(data[0], 'thread_owner');
    if (owner === undefined) throw new GraphTransportError('unreadable');
    const expiration = readTime(owner, 'expiration');
    const expiresAt = expiration === undefined ? {} : { expiresAt: expiration };
    const appId = readId(owner, 'app_id');
    return appId === undefined ? { owner: 'other', ...expiresAt } : { owner: 'app', appId, ...expiresAt };
  }

  /**
   * The apps that have the secondary role on this Page. Only the primary receiver may ask.
   *
   * Only the cursor of a next page's address is used, so the token goes nowhere but to the configured address.
   *
   * Source: https://developers.facebook.com/docs/graph-api/reference/page/secondary_receivers
   */
  async getSecondaryReceivers(): Promise<SecondaryReceiver[]> {
    const receivers: SecondaryReceiver[] = [];
    const seen = new Set<string | undefined>();
    let after: string | undefined;
    do {
      seen.add(after);
      const answer = await this.#graph.get('me/secondary_receivers', { fields: 'id,name,link', after });
      const data = dataOf(answer);
      if (data === undefined) throw new GraphTransportError('unreadable');
      receivers.push(...data.flatMap(receiverOf));
      after = nextCursorOf(answer);
    } while (after !== undefined && !seen.has(after));
    return receivers;
  }

  /** Sends a command and accepts both success responses that Meta documents. */
  async #write(path: string, body: object): Promise<void> {
    const answer = await this.#graph.post(path, body);
    const succeeded = readFlag(answer, 'success') || readObject(dataOf(answer)?.[0], 'thread_owner') !== undefined;
    if (!succeeded) throw new GraphTransportError('unreadable');
  }

  async #reconcile(userId: string, call: Promise<void>, isDone: (now: ThreadOwner) => boolean): Promise<void> {
    try {
      await call;
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      const now = await this.getThreadOwner(userId).catch(() => undefined);
      if (now === undefined || !isDone(now)) throw error;
    }
  }
}

function recipientOf(userId: string): { id: string } {
  requireId(userId, 'userId');
  return { id: userId };
}

function requireId(id: string, name: string): void {
  if (id.trim() === '') throw new TypeError(`${name} is empty: it must be the id that Meta gave.`);
}

/**
 * Meta publishes no limit for Messenger. This is its limit for thread control on WhatsApp.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/conversation-routing
 */
export const maxMetadata = 2000;

function checkedMetadata(metadata: string | undefined): string | undefined {
  if (metadata !== undefined && metadata.length > maxMetadata) {
    throw new RangeError(`Metadata of thread control may have up to ${maxMetadata} characters.`);
  }
  return metadata;
}

function dataOf(answer: unknown): readonly unknown[] | undefined {
  const data = readProperty(answer, 'data');
  return isArray(data) ? data : undefined;
}

function receiverOf(entry: unknown): SecondaryReceiver[] {
  const id = readId(entry, 'id');
  if (id === undefined) return [];
  const name = readText(entry, 'name');
  const link = readText(entry, 'link');
  return [{ id, ...(name === undefined ? {} : { name }), ...(link === undefined ? {} : { link }) }];
}

/** Meta returns a cursor even on the last page; there is a next page only if there is an address for it. */
function nextCursorOf(answer: unknown): string | undefined {
  const paging = readObject(answer, 'paging');
  return readText(paging, 'next') === undefined ? undefined : readId(readObject(paging, 'cursors'), 'after');
}
