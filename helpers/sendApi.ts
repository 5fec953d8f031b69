import { randomUUID } from 'node:crypto';
import type { Activity } from 'botbuilder';
import { readId } from '../models/readJson.ts';
import type { GraphClient } from './graphClient.ts';
import { GraphTransportError } from './graphErrors.ts';
import { sendApiCallsOf, type SendApiCallOptions } from './sendApiCalls.ts';

/** Sends what a bot says to a customer of the Page. */
export interface SendApi {
  /**
   * Sends one activity, in as many calls as it needs, one after the other, and answers the id of its last message;
   * `undefined` when it came to no message, as with `typing`.
   *
   * @throws UnsendableMessageError when Messenger cannot carry it; nothing was sent
   * @throws GraphApiError when Meta refused a call: what came before it was sent
   * @throws GraphTransportError when it is unknown whether a call took effect
   */
  send(
    activity: Partial<Activity>,
    psid: string,
    messagingType?: SendApiCallOptions['messagingType'],
  ): Promise<string | undefined>;
}

export interface SendApiOptions {
  /** An id for each message that has no metadata of its own, at most 1000 characters. Default: a random one. */
  nextMetadata?: () => string;
}

/**
 * The Send API in the name of the app and Page that the Graph client stands for.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 */
export function createSendApi(graph: GraphClient, options: SendApiOptions = {}): SendApi {
  const { nextMetadata = randomUUID } = options;
  return {
    async send(activity, psid, messagingType = 'RESPONSE') {
      let lastMessage: string | undefined;
      for (const call of sendApiCallsOf(activity, psid, { messagingType, nextMetadata })) {
        const answer = await graph.post('me/messages', call);
        if (!('message' in call)) continue;
        lastMessage = readId(answer, 'message_id');
        if (lastMessage === undefined) throw new GraphTransportError('unreadable');
      }
      return lastMessage;
    },
  };
}
