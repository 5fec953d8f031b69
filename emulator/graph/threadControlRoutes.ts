import type { Command } from '../core/commands.ts';
import type { Result } from '../core/effects.ts';
import { fieldsParam, pick } from './fieldList.ts';
import {
  answer,
  faulty,
  ParameterError,
  success,
  type GraphCall,
  type GraphReply,
  type GraphRoute,
} from './graphCall.ts';
import { idParam, integerParam, present, recipientParam, stringParam } from './graphParams.ts';

/**
 * The calls that move and tell control of a thread.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export const threadControlRoutes: readonly GraphRoute[] = [
  {
    method: 'POST',
    edge: 'pass_thread_control',
    params: ['recipient', 'target_app_id', 'metadata'],
    handle: (call) =>
      control(call, {
        type: 'pass',
        ...about(call),
        ...present({ targetAppId: idParam(call.params, 'target_app_id'), metadata: metadataOf(call) }),
      }),
  },
  {
    method: 'POST',
    edge: 'take_thread_control',
    params: ['recipient', 'metadata'],
    handle: take,
  },
  {
    method: 'POST',
    edge: 'request_thread_control',
    params: ['recipient', 'metadata'],
    handle: (call) => control(call, { type: 'request', ...about(call), ...present({ metadata: metadataOf(call) }) }),
  },
  {
    method: 'POST',
    edge: 'release_thread_control',
    params: ['recipient', 'metadata'],
    handle: (call) => control(call, { type: 'release', ...about(call), ...present({ metadata: metadataOf(call) }) }),
  },
  {
    method: 'POST',
    edge: 'extend_thread_control',
    params: ['recipient', 'duration'],
    handle: (call) => {
      const seconds = integerParam(call.params, 'duration');
      if (seconds === undefined) throw new ParameterError('duration is required, in seconds.');
      return control(call, { type: 'extend', ...about(call), seconds });
    },
  },
  { method: 'GET', edge: 'thread_owner', params: ['recipient'], handle: threadOwner },
  { method: 'GET', edge: 'secondary_receivers', params: ['platform'], handle: secondaryReceivers },
];

const about = (call: GraphCall): { appId: string; psid: string } => ({
  appId: call.appId,
  psid: recipientParam(call.params),
});

const metadataOf = (call: GraphCall): string | undefined => stringParam(call.params, 'metadata');

function control(call: GraphCall, command: Command): GraphReply {
  const result = call.run(command);
  return result.type === 'refused' ? faulty(result.fault) : success;
}

/**
 * In `exclusive` success tells the owner.
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol/conversation-control
 */
function take(call: GraphCall): GraphReply {
  const { appId, psid } = about(call);
  const reply = control(call, { type: 'take', appId, psid, ...present({ metadata: metadataOf(call) }) });
  if (reply.type === 'fault' || call.state.mode !== 'exclusive') return reply;
  return ownerReply(call.run({ type: 'threadOwner', appId, psid }));
}

/** `recipient` is the bare id here, not an object as everywhere else. */
function threadOwner(call: GraphCall): GraphReply {
  const psid = idParam(call.params, 'recipient');
  if (psid === undefined) throw new ParameterError('recipient is required: the page-scoped id of the customer.');
  return ownerReply(call.run({ type: 'threadOwner', appId: call.appId, psid }));
}

function ownerReply(result: Result): GraphReply {
  if (result.type === 'refused') return faulty(result.fault);
  if (result.type !== 'owner' || result.appId === null) return answer({ data: [] });
  const { appId, expiresAt, visible } = result;
  const owner = {
    ...(visible ? { app_id: appId } : {}),
    ...(expiresAt === null ? {} : { expiration: Math.floor(expiresAt / 1000) }),
  };
  return answer({ data: [{ thread_owner: owner }] });
}

function secondaryReceivers(call: GraphCall): GraphReply {
  const platform = stringParam(call.params, 'platform') ?? 'MESSENGER';
  if (platform.toUpperCase() !== 'MESSENGER') {
    throw new ParameterError('platform has to be MESSENGER, the emulator has no other.', 'notModelled');
  }
  const result = call.run({ type: 'secondaryReceivers', appId: call.appId });
  if (result.type === 'refused') return faulty(result.fault);
  if (result.type !== 'receivers') return answer({ data: [] });
  const fields = fieldsParam(call.params, 'link,name,id');
  return answer({
    data: result.receivers.map(({ id, name }) =>
      pick({ link: `https://www.facebook.com/games/?app_id=${id}`, name, id }, fields),
    ),
  });
}
