import { saidInWords } from './attachments.js';
import { at, isObject, textAt } from './json.js';
import { customerLane, inboxId, messengerLane, metaAiId } from './participants.js';
import { causeInWords, spanInWords } from './words.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { Row } from './rows.js'
 */

const metaAiDoes = {
  take: 'takes the conversation',
  passBack: 'passes it back',
  letGo: 'gives it back without an event',
};

/**
 * What an event shows that belongs to no other; `undefined` when it shows nothing.
 *
 * @param {EmulatorEvent} event
 * @returns {Partial<Row> | undefined}
 */
export function rowOfEvent(event) {
  switch (event.type) {
    case 'customerMessage':
      return {
        ...fromCustomer(event, saidInWords(event)),
        ...(event.quickReplyPayload === undefined ? {} : { code: 'quick reply' }),
      };
    case 'customerPostback':
      return { ...fromCustomer(event, event.title), code: 'button' };
    case 'customerReaction':
      return {
        ...fromCustomer(event, event.reaction),
        code: event.action === 'react' ? 'reaction' : 'reaction undone',
      };
    case 'customerReceipt':
    case 'conversationSeen':
      // The first shows as the webhooks that tell of it, the second in the inbox alone.
      return undefined;
    case 'customerReferral':
      return event.adId === undefined
        ? { ...fromCustomer(event, event.ref ?? ''), code: 'm.me link' }
        : { ...fromCustomer(event, event.ref ?? event.adId), code: 'ad' };
    case 'customerOptIn':
      return { ...fromCustomer(event, event.payload), code: 'opt-in' };
    case 'inboxAction':
      // An answer is shown as the message that it is.
      if (event.action === 'reply') return undefined;
      return {
        shape: 'arrow',
        subject: 'talk',
        psid: event.psid,
        from: inboxId,
        label: event.action === 'markAsDone' ? 'Mark as done' : 'Move to Main',
        code: 'button',
      };
    case 'metaAiAction':
      return {
        shape: 'arrow',
        subject: 'talk',
        psid: event.psid,
        from: metaAiId,
        label: [metaAiDoes[event.action], event.note ?? ''].filter((part) => part !== '').join(': '),
        code: 'Meta’s AI',
      };
    case 'notice':
      return { psid: event.psid, label: `Notice: ${event.text}` };
    case 'ownershipChanged':
      return {
        shape: 'owner',
        subject: 'handover',
        psid: event.psid,
        from: event.from ?? messengerLane,
        to: event.to ?? messengerLane,
        label: causeInWords(event.cause),
        oldOwner: event.from,
        newOwner: event.to,
        guessed: event.guessed,
      };
    case 'folderChanged':
      return { psid: event.psid, label: `The inbox shows it under ${event.folder}` };
    case 'clockAdvanced':
      return { label: `${spanInWords(event.ms)} later` };
    case 'webhookNotSubscribed': {
      const subject = subjectOf(event.kind);
      return {
        subject: subject === 'echo' || subject === 'receipt' ? subject : 'trouble',
        ...(event.psid === undefined ? {} : { psid: event.psid }),
      };
    }
    case 'notModelled':
    case 'internalError':
    case 'webhooksFailing':
    case 'webhooksDisabled':
      return { subject: 'trouble' };
    default:
      return { subject: event.type.includes('.') ? 'azure' : 'page' };
  }
}

/**
 * @param {{ psid: string }} event
 * @param {string} label
 * @returns {Partial<Row>}
 */
const fromCustomer = ({ psid }, label) => ({ shape: 'arrow', subject: 'talk', psid, from: customerLane, label });

/**
 * What a webhook is about.
 *
 * @param {string} kind
 * @returns {Row['subject']}
 */
export function subjectOf(kind) {
  if (kind === 'echo') return 'echo';
  if (kind === 'read' || kind === 'delivery') return 'receipt';
  return /_thread_control$/.test(kind) ? 'handover' : 'talk';
}

/**
 * What Graph answered, in short.
 *
 * @param {Extract<EmulatorEvent, { type: 'graphCall' }>} event
 * @returns {NonNullable<Row['answer']>}
 */
export function callAnswer({ status, answer }) {
  if (status === undefined) return { text: 'no answer', codes: '', good: false };
  const error = at(answer, 'error');
  if (!isObject(error)) return { text: String(status), codes: '', good: status < 300 };
  const subcode = textAt(error, 'error_subcode');
  const codes = `#${textAt(error, 'code') ?? '?'}${subcode === undefined ? '' : `/${subcode}`}`;
  return { text: String(status), codes, good: false };
}
