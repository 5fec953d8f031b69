import type { Activity } from 'botbuilder';
import { conversationKeyOf } from '../../models/facebookActivity.ts';
import { present } from '../../models/present.ts';
import { readId } from '../../models/readJson.ts';
import { newCorrelationId } from '../../turns/journal/effect.ts';
import type { GraphClient } from '../../helpers/graph/graphClient.ts';
import { GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { sendApiCallsOf, type SendApiCall, type SendApiCallOptions } from './sendApiCalls.ts';
import type { OutgoingMessage, JournaledSend, SentResult } from '../../turns/journal/outgoingMessage.ts';

/** Sends a bot's messages to customers of the Page. */
export interface SendApi {
  /**
   * Sends one activity, in as many calls as it needs, one after the other. Returns the id of the last message, or `undefined` if there was
   * no message, as for `typing`.
   *
   * @throws UnsendableMessageError if Messenger cannot carry it; nothing was sent
   * @throws GraphApiError if Meta refused a call; the calls before it took effect
   * @throws GraphTransportError if it is unknown whether a call took effect
   */
  send(
    activity: Partial<Activity>,
    psid: string,
    messagingType?: SendApiCallOptions['messagingType'],
  ): Promise<string | undefined>;
}

export interface SendApiOptions {
  /** Wraps each call. Default: just makes it, with a random correlation id. */
  send?: JournaledSend;
}

/**
 * The Send API, on behalf of the Graph client's app and Page. A message carries its correlation id as `metadata`, unless the bot set
 * metadata itself.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 */
export function createSendApi(graph: Pick<GraphClient, 'post'>, options: SendApiOptions = {}): SendApi {
  const { send = sendDirectly } = options;

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
        const message = { ...outgoingMessage(call), ...present('conversation', conversation) };
        const { id } = await send(message, (correlationId) => post(withMetadata(call, correlationId)));
        if ('message' in call) lastMessage = id;
      }
      return lastMessage;
    },
  };
}

const sendDirectly: JournaledSend = (_message, perform) => perform(newCorrelationId());

function outgoingMessage(call: SendApiCall): OutgoingMessage {
  if (!('message' in call)) return { content: call, text: '', duplicate: 'harmless' };
  return { content: call, text: call.message.text ?? '', duplicate: 'visible' };
}

function withMetadata(call: SendApiCall, correlationId: string): SendApiCall {
  if (!('message' in call) || call.message.metadata !== undefined) return call;
  return { ...call, message: { ...call.message, metadata: correlationId } };
}
