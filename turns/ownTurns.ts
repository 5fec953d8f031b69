import { TurnContext } from 'botbuilder';
import type { ConversationTarget } from '../helpers/botTimers.ts';
import { ConversationError } from '../helpers/conversations.ts';
import { conversationKey, pageIdOf } from '../models/conversationKey.ts';
import { conversationKeyOf } from '../models/facebookActivity.ts';
import type { OwnEvent } from '../models/ownEvents.ts';
import type { InboxEvent, Endpoint, Store } from '../store/store.ts';
import type { TurnScopes } from './turnScope.ts';

/**
 * Makes the turn text of an event of the bot's own.
 *
 * @param from a turn text of this conversation on this endpoint; undefined if there is none
 * @returns undefined if the endpoint is off, or needs to know more of the conversation
 */
export type MakeOwnTurn = (
  endpoint: Endpoint,
  conversation: string,
  from: string | undefined,
  event: OwnEvent,
) => string | undefined;

export interface OwnTurnsOptions {
  store: Pick<Store, 'knownConversation'>;
  scopes: TurnScopes;
  /** The bot's own Page, as soon as it is known. */
  pageId: () => Promise<string | undefined>;
  make: MakeOwnTurn;
}

/** Turns that the bot asks for itself, in conversations that it knows. */
export class OwnTurns {
  readonly #options: OwnTurnsOptions;

  constructor(options: OwnTurnsOptions) {
    this.#options = options;
  }

  /** The key of a conversation. @throws ConversationError */
  async conversationOf(target: ConversationTarget): Promise<string> {
    if (typeof target === 'string') {
      const scope = this.#options.scopes.current();
      const pageId = (scope && pageIdOf(scope.conversation)) ?? (await this.#options.pageId());
      if (pageId === undefined) throw new ConversationError('noPage');
      return conversationKey(pageId, target);
    }
    if (!(target instanceof TurnContext)) {
      if ('psid' in target) return conversationKey(target.pageId, target.psid);
    }
    const key = conversationKeyOf(target.activity);
    if (key === undefined) throw new ConversationError('unknown');
    return key;
  }

  /** The event for such a turn: on the endpoint of the running turn, or on the one that last heard of the conversation. */
  async inboxEventFor(
    conversation: string,
    { key, kind, event }: { key: string; kind: string; event: OwnEvent },
  ): Promise<InboxEvent> {
    for (const { endpoint, reference } of await this.#knownOf(conversation)) {
      const payload = this.#options.make(endpoint, conversation, reference, event);
      if (payload !== undefined) return { key, conversation, kind, via: 'messaging', endpoint, payload };
    }
    throw new ConversationError('unknown');
  }

  async #knownOf(conversation: string): Promise<{ endpoint: Endpoint; reference: string | undefined }[]> {
    const { scopes, store } = this.#options;
    const scope = scopes.current();
    const here = scope?.conversation === conversation ? scope.event : undefined;
    const known = here === undefined ? await store.knownConversation(conversation) : undefined;
    return [
      ...(here === undefined ? [] : [{ endpoint: here.endpoint, reference: here.payload }]),
      ...(known === undefined ? [] : [known]),
      // The webhook needs to know nothing but who it is.
      { endpoint: 'webhook', reference: undefined },
    ];
  }
}
