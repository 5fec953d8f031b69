import { answer, faulty, ParameterError, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import type { ThreadControl } from '../core/commands.ts';
import { saveAsset } from './assetRoutes.ts';
import { idParam, isOn, objectParam, present, stringParam } from './graphParams.ts';
import { readMessage } from './messageParams.ts';
import { readRecipient } from './recipients.ts';

const messagingTypes = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
/** Those that ended on 27 April 2026, and those of before March 2020. Source: Messenger Platform changelog. */
const retiredTags = [
  ...['ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE'],
  ...[
    'APPLICATION_UPDATE',
    'APPOINTMENT_UPDATE',
    'BUSINESS_PRODUCTIVITY',
    'COMMUNITY_ALERT',
    'CONFIRMED_EVENT_REMINDER',
  ],
  ...[
    'FEATURE_FUNCTIONALITY_UPDATE',
    'GAME_EVENT',
    'ISSUE_RESOLUTION',
    'NON_PROMOTIONAL_SUBSCRIPTION',
    'PAIRING_UPDATE',
  ],
  ...['PAYMENT_UPDATE', 'PERSONAL_FINANCE_UPDATE', 'RESERVATION_UPDATE', 'SHIPPING_UPDATE', 'TICKET_UPDATE'],
  ...['TRANSPORTATION_UPDATE'],
];
const senderActions = ['typing_on', 'typing_off', 'mark_seen'];

/** The Send API. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export const sendRoute: GraphRoute = {
  method: 'POST',
  edge: 'messages',
  params: [
    ...['recipient', 'messaging_type', 'message', 'sender_action', 'tag', 'notification_type', 'thread_control'],
    ...['persona_id', 'filedata', 'reply_to', 'payload'],
  ],
  handle: send,
};

function send(call: GraphCall): GraphReply {
  const { params, appId } = call;
  const message = objectParam(params, 'message');
  const action = stringParam(params, 'sender_action');
  if (message !== undefined && action !== undefined) return faulty('messageAndAction');
  const { psid, answers, ...window } = readRecipient(call);

  if (message === undefined) {
    if (action === undefined) throw new ParameterError('A message or a sender_action is required.');
    if (action === 'react' || action === 'unreact') return react(call, psid, action);
    if (!senderActions.includes(action)) {
      throw new ParameterError(`sender_action has to be one of ${senderActions.join(', ')}.`);
    }
    const result = call.run({ type: 'senderAction', appId, psid, action });
    return result.type === 'refused' ? faulty(result.fault) : answer({ recipient_id: psid });
  }

  const tag = readTag(call);
  const replyTo = readReply(call);
  const more = { tag, threadControl: readThreadControl(call), personaId: idParam(params, 'persona_id'), replyTo };
  const said = readMessage(message, call);
  const result = call.run({ type: 'send', appId, psid, ...said, ...window, ...windowOf(call, tag), ...present(more) });
  if (result.type === 'refused') return faulty(result.fault, result.because);
  const ids = { ...answers, ...(result.type === 'done' ? { message_id: result.mid } : {}) };
  const [file] = said.attachments ?? [];
  const reusable = isOn(objectParam(objectParam(message, 'attachment') ?? {}, 'payload')?.['is_reusable']);
  if (file === undefined || file.type === 'template' || !reusable) return answer(ids);
  return answer({ ...ids, attachment_id: saveAsset(call, file.type, String(file.payload['url'])) });
}

/**
 * The Page reacts to a message with an emoji, or takes its reaction back.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sender-actions
 */
function react(call: GraphCall, psid: string, action: 'react' | 'unreact'): GraphReply {
  const payload = objectParam(call.params, 'payload') ?? {};
  const mid = stringParam(payload, 'message_id');
  const reaction = action === 'react' ? stringParam(payload, 'reaction') : undefined;
  if (mid === undefined) throw new ParameterError('payload needs the message_id of the message.');
  if (action === 'react' && (reaction ?? '') === '') throw new ParameterError('payload needs a reaction, an emoji.');
  const result = call.run({ type: 'pageReaction', appId: call.appId, psid, mid, ...present({ reaction }) });
  return result.type === 'refused' ? faulty(result.fault, result.because) : answer({ recipient_id: psid });
}

/** The message that this one answers: `reply_to: { mid }`. */
function readReply({ params }: GraphCall): string | undefined {
  const reply = objectParam(params, 'reply_to');
  if (reply === undefined) return undefined;
  const mid = stringParam(reply, 'mid');
  if (mid === undefined) throw new ParameterError('reply_to needs the mid of the message.');
  return mid;
}

/**
 * Control that goes along with the message, only with routing on. Without `control_type` it is released.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
function readThreadControl({ params, state }: GraphCall): ThreadControl | undefined {
  const control = objectParam(params, 'thread_control');
  if (control === undefined) return undefined;
  if (state.mode !== 'routing') {
    throw new ParameterError('thread_control of a message needs conversation routing with a default app.');
  }
  const type = stringParam(control, 'control_type') ?? 'release';
  if (type === 'release') return { type };
  if (type !== 'pass') throw new ParameterError('control_type has to be pass or release.');
  return { type, ...present({ targetAppId: idParam(control, 'app_id') }) };
}

/** Utility messages are for outside of the window. In the time of `classic` the retired tags had not ended. */
function windowOf({ params, state }: GraphCall, tag: string | undefined): { outsideWindow?: 'allowed' } {
  const isOldTag = state.mode === 'classic' && tag !== undefined && retiredTags.includes(tag);
  return isOldTag || params['messaging_type'] === 'UTILITY' ? { outsideWindow: 'allowed' } : {};
}

function readTag({ params, state }: GraphCall): string | undefined {
  const type = stringParam(params, 'messaging_type') ?? 'RESPONSE';
  const tag = stringParam(params, 'tag');
  if (!messagingTypes.includes(type)) {
    throw new ParameterError(`messaging_type has to be one of ${messagingTypes.join(', ')}.`);
  }
  if (type !== 'MESSAGE_TAG') return undefined;
  if (tag === undefined) throw new ParameterError('messaging_type MESSAGE_TAG needs a tag.');
  if (retiredTags.includes(tag) && state.mode === 'classic') return tag;
  if (retiredTags.includes(tag)) throw new ParameterError(`${tag} is no longer a tag.`, 'deadTag');
  // It belongs to a template that is not modelled, and is not among those that Meta's changelog ended.
  if (tag === 'CUSTOMER_FEEDBACK') throw new ParameterError('tag CUSTOMER_FEEDBACK is not modelled.', 'notModelled');
  if (tag !== 'HUMAN_AGENT') throw new ParameterError(`There is no tag ${tag}.`, 'unknownTag');
  return tag;
}
