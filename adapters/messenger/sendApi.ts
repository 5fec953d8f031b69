import type { Activity } from 'botbuilder';
import { conversationKeyOf } from '../../models/facebookActivity.ts';
import { present } from '../../models/present.ts';
import { readId } from '../../models/readJson.ts';
import { newCorrelationId } from '../../turns/journal/effect.ts';
import type { GraphClient } from '../../helpers/graph/graphClient.ts';
import { GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { sendApiCallsOf, type SendApiCall, type SendApiCallOptions } from './sendApiCalls.ts';
import type { OutgoingMessage, JournaledSend, SentResult } from '../../turns/journal/outgoingMessage.ts';

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
  /** Around each call. Default: makes the call, and marks the message with a random id. */
  send?: JournaledSend;
}

/**
 * The Send API in the name of the app and Page that the Graph client stands for. A message carries its correlation id as `metadata`, unless
 * the bot gave it metadata of its own.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 */
export function createSendApi(graph: Pick<GraphClient, 'post'>, options: SendApiOptions = {}): SendApi {
  const { send = sendMarked } = options;

  async function post(call: SendApiCall): Promise<SentResult> {
    const answer = await graph.post('me/messages', call);
    const id = readId(answer, 'message_id');
    if (id === undefined && 'message' in call) throw new GraphTransportError('unreadable');
    return { id: id ?? '' };
  }

  return {
    async send(activity, psid, messagingType = 'RESPONSE') {
      let lastMessage: string | undefined;
      const conversation = conversationKeyOf(activity);
      for (const call of sendApiCallsOf(activity, psid, { messagingType })) {
        const { id } = await send({ ...onceOf(call), ...present('conversation', conversation) }, (correlationId) =>
          post(marked(call, correlationId)),
        );
        if ('message' in call) lastMessage = id;
      }
      return lastMessage;
    },
  };
}

const sendMarked: JournaledSend = (_message, perform) => perform(newCorrelationId());

function onceOf(call: SendApiCall): OutgoingMessage {
  if (!('message' in call)) return { content: call, text: '', duplicate: 'harmless' };
  return { content: call, text: call.message.text ?? '', duplicate: 'visible' };
}

function marked(call: SendApiCall, correlationId: string): SendApiCall {
  if (!('message' in call) || call.message.metadata !== undefined) return call;
  return { ...call, message: { ...call.message, metadata: correlationId } };
}
