import { randomUUID } from 'node:crypto';
import type { Activity, TurnContext } from 'botbuilder';
import type { ConversationTarget } from '../helpers/botTimers.ts';
import { ConversationError, type Conversations, type RunOptions } from '../helpers/conversations.ts';
import { checkedTag } from '../helpers/messageTag.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import { psidOf } from '../models/conversationKey.ts';
import { ownEventNames } from '../models/ownEvents.ts';
import { isJsonObject } from '../models/readJson.ts';
import type { InboxEvent, Store } from '../store/store.ts';
import type { OwnTurns } from './ownTurns.ts';
import type { TurnLogic } from './turnLogic.ts';
import type { TurnResult } from './turnLog.ts';
import type { TurnScopes } from './turnScope.ts';

export interface ConversationRunsOptions {
  store: Pick<Store, 'accept' | 'knownConversation'>;
  scopes: TurnScopes;
  ownTurns: OwnTurns;
  logger: Logger;
  /** The wall clock, in milliseconds since 1970. */
  now: () => number;
  /** Called after a turn was accepted. */
  accepted: () => void;
}

interface Run {
  logic: TurnLogic;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * For how long after the customer's last word Messenger takes messages without a tag.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/policy/policy-overview
 */
const usualWindowMs = 24 * 60 * 60 * 1000;

/** Turns that the bot's own code begins. What they do is in this process alone, under the key of their event. */
export class ConversationRuns implements Conversations {
  readonly #options: ConversationRunsOptions;
  readonly #runs = new Map<string, Run>();
  #isClosed = false;

  constructor(options: ConversationRunsOptions) {
    this.#options = options;
  }

  async run<T>(
    target: ConversationTarget,
    logic: (context: TurnContext) => Promise<T>,
    { tag, windowMs = usualWindowMs }: RunOptions = {},
  ): Promise<T> {
    const { store, scopes, ownTurns, accepted } = this.#options;
    if (scopes.current() !== undefined) throw new ConversationError('insideTurn');
    const conversation = await ownTurns.conversationOf(target);
    if (tag === undefined) await this.#refuseOutsideWindow(conversation, windowMs);
    else if (psidOf(conversation) !== undefined) checkedTag(tag);
    const id = randomUUID();
    const event = { name: ownEventNames.run, id: `run-${id}`, value: {} };
    const inboxEvent = await ownTurns.inboxEventFor(conversation, { key: `run ${id}`, kind: 'run', event });
    // It may have been closed meanwhile, and nobody would end this one.
    if (this.#isClosed) throw new ConversationError('closed');
    const results: T[] = [];
    const ended = Promise.withResolvers<undefined>();
    this.#runs.set(inboxEvent.key, {
      logic: async (context) => {
        if (tag !== undefined) tagMessages(context, tag);
        const result = await logic(context);
        results.splice(0, 1, result);
      },
      resolve: () => ended.resolve(undefined),
      reject: ended.reject,
    });
    try {
      await store.accept([inboxEvent]);
      accepted();
      await ended.promise;
    } finally {
      this.#runs.delete(inboxEvent.key);
    }
    const [result] = results as [T];
    return result;
  }

  /** What to run for an event instead of the bot; undefined for all that is not from here. */
  logicOf({ key, kind, conversation }: InboxEvent): TurnLogic | undefined {
    if (kind !== 'run') return undefined;
    const run = this.#runs.get(key);
    if (run !== undefined) return run.logic;
    // Whatever it had begun is reconciled at the end of this turn.
    return () => {
      this.#options.scopes.current()?.abandon();
      const fields = { conversation };
      this.#options.logger.warn(
        fields,
        'a turn that the bot began itself was dropped: the process that began it has ended',
      );
      return Promise.resolve();
    };
  }

  /** A turn has ended, or how it ended could not be committed. */
  ended({ key }: InboxEvent, { outcome, err }: TurnResult): void {
    const run = this.#runs.get(key);
    if (outcome === 'done') run?.resolve();
    else if (outcome === 'failed') run?.reject(err);
    else if (outcome === 'leftOver') run?.reject(new ConversationError('closed'));
  }

  /** Turns that have not ended will not end in this process. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#runs.values()) reject(new ConversationError('closed'));
  }

  async openUntil(target: ConversationTarget): Promise<number | undefined> {
    return this.#openUntil(await this.#options.ownTurns.conversationOf(target), usualWindowMs);
  }

  async #openUntil(conversation: string, windowMs: number): Promise<number | undefined> {
    if (psidOf(conversation) === undefined) return undefined;
    const spokeAt = (await this.#options.store.knownConversation(conversation))?.spokeAt;
    return spokeAt === undefined ? undefined : spokeAt + windowMs;
  }

  async #refuseOutsideWindow(conversation: string, windowMs: number): Promise<void> {
    const until = await this.#openUntil(conversation, windowMs);
    if (until !== undefined && this.#options.now() > until) throw new ConversationError('outsideWindow');
  }
}

/** A message of the bot's that has a tag of its own keeps it. */
function tagMessages(context: TurnContext, tag: string): void {
  context.onSendActivities(async (_context, activities: Partial<Activity>[], next) => {
    for (const activity of activities) {
      const data: unknown = activity.channelData;
      const more = isJsonObject(data) ? data : {};
      if (activity.type === 'message') activity.channelData = { messaging_type: 'MESSAGE_TAG', tag, ...more };
    }
    return next();
  });
}
