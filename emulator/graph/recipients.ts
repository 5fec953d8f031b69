import type { MessengerState } from '../core/state.ts';
import { idAt, type JsonObject } from '../json.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { anyParam, objectParam, recipientParam, stringParam } from './graphParams.ts';

/** Whom a message is for. */
export interface Recipient {
  readonly psid: string;
  /** What the answer says of them. */
  readonly answers: { readonly recipient_id?: string };
  /** Such a message may be sent though the customer has not written. */
  readonly outsideWindow?: 'allowed';
}

/** Ways to address somebody whose id the app does not know. The emulator makes a customer of each. */
const strangers = ['user_ref', 'phone_number', 'comment_id', 'post_id'];
/** Of these the answer does not tell the id. */
const untold = ['user_ref', 'phone_number'];
const notModelled = ['one_time_notif_token'];

/**
 * Reads `recipient`: the id of a customer, the token of an opt-in, or where the app knows somebody from.
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 */
export function readRecipient(call: GraphCall): Recipient {
  const recipient = objectParam(call.params, 'recipient') ?? {};
  const missing = notModelled.find((name) => recipient[name] !== undefined);
  if (missing !== undefined) throw new ParameterError(`A recipient by ${missing} is not modelled.`, 'notModelled');
  if (recipient['notification_messages_token'] !== undefined) return byToken(call, recipient);
  const name = strangers.find((one) => recipient[one] !== undefined);
  if (name === undefined) return told(recipientParam(call.params));
  const psid = strangerBy(call, `${name}:${stringParam(recipient, name) ?? ''}`);
  return { ...(untold.includes(name) ? { psid, answers: {} } : told(psid)), outsideWindow: 'allowed' };
}

/** The customer that a call is about, by its path or its parameters, before anybody has served it. */
export function customerOf(state: MessengerState, object: string, params: JsonObject): string | undefined {
  const recipient = anyParam(params, 'recipient');
  const named = [object, idAt(recipient, 'id'), recipient, params['user_id'], params['psid']].map(String);
  return state.customers.find(({ psid }) => named.includes(psid))?.psid;
}

const told = (psid: string): Recipient => ({ psid, answers: { recipient_id: psid } });

/** The tokens of the emulator hold the id of the customer. */
function byToken({ state }: GraphCall, recipient: JsonObject): Recipient {
  const token = stringParam(recipient, 'notification_messages_token') ?? '';
  const psid = /^emulated-notification-token-(\d+)-\d+$/.exec(token)?.[1];
  if (psid === undefined || !state.customers.some((customer) => customer.psid === psid)) {
    throw new ParameterError('notification_messages_token is not the token of an opt-in.');
  }
  return { ...told(psid), outsideWindow: 'allowed' };
}

function strangerBy({ state, run }: GraphCall, knownBy: string): string {
  const known = state.customers.find((customer) => customer.knownBy === knownBy);
  if (known !== undefined) return known.psid;
  const added = run({ type: 'addCustomer', name: `Customer by ${knownBy}`, knownBy });
  if (added.type !== 'done' || added.psid === undefined) throw new ParameterError('No customer could be added.');
  return added.psid;
}
