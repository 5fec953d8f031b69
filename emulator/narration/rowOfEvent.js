import { customerLane, inboxId, messengerLane, metaAiId } from './names.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { Row } from './rows.js'
 */

/**
 * The place in the diagram of an event with a row of its own; `undefined` if another event's row covers it.
 *
 * @param {EmulatorEvent} event
 * @returns {Partial<Row> | undefined}
 */
export function rowOfEvent(event) {
  switch (event.type) {
    case 'customerMessage':
    case 'customerPostback':
    case 'customerReaction':
    case 'customerReferral':
    case 'customerOptIn':
    case 'customerAccount':
      return { shape: 'arrow', subject: 'talk', psid: event.psid, from: customerLane };
    case 'customerReceipt':
    case 'conversationSeen':
      return { subject: 'receipt', psid: event.psid };
    case 'inboxAction':
      // The reply itself is a message of the Page.
      return event.action === 'reply'
        ? undefined
        : { shape: 'arrow', subject: 'action', psid: event.psid, from: inboxId };
    case 'metaAiAction':
      return { shape: 'arrow', subject: 'action', psid: event.psid, from: metaAiId };
    case 'notice':
    case 'folderChanged':
      return { psid: event.psid };
    case 'ownershipChanged':
      return {
        shape: 'owner',
        subject: 'handover',
        psid: event.psid,
        from: event.from ?? messengerLane,
        to: event.to ?? messengerLane,
        oldOwner: event.from,
        newOwner: event.to,
        guessed: event.guessed,
      };
    case 'webhookNotSubscribed': {
      const subject = subjectOf(event.kind);
      return {
        subject: subject === 'echo' || subject === 'receipt' ? subject : 'trouble',
        ...(event.psid === undefined ? {} : { psid: event.psid }),
      };
    }
    case 'botLog': {
      const { appId, level, psid, suppressed } = event;
      return {
        ...inLaneOf(appId, psid),
        subject: level === 'info' && suppressed === undefined ? 'log' : 'trouble',
      };
    }
    case 'botException':
      return { ...inLaneOf(event.appId, event.psid), subject: 'trouble', because: outcomeInWords(event) };
    case 'botPlans':
      // What is to come is shown beside the conversation, and is no event of it.
      return undefined;
    case 'botState':
      return {
        ...inLaneOf(event.appId),
        subject: event.state === 'down' ? 'trouble' : 'log',
        because: event.because === undefined ? [] : [event.because],
      };
    case 'passedOver':
      return { subject: 'log' };
    case 'loop':
      return { subject: 'trouble', psid: event.psid };
    case 'hostRefused':
      return { subject: 'trouble', because: [event.because] };
    case 'notModelled':
    case 'internalError':
    case 'webhooksFailing':
    case 'webhooksDisabled':
      return { subject: 'trouble' };
    case 'azureChannel.activitySent':
      return { subject: event['outcome'] === 'answered' && Number(event['status']) < 300 ? 'azure' : 'trouble' };
    case 'azureChannel.tokenRefused':
    case 'azureChannel.connectorRefused':
      return { subject: 'trouble' };
    default:
      return { subject: event.type.includes('.') ? 'azure' : 'page' };
  }
}

/**
 * What a webhook is about.
 *
 * @param {string} kind
 * @returns {Row['subject']}
 */
export function subjectOf(kind) {
  if (kind === 'echo') return 'echo';
  if (kind === 'read' || kind === 'delivery') return 'receipt';
  return kind.endsWith('_thread_control') ? 'handover' : 'talk';
}

/**
 * The place of what happens inside a bot.
 *
 * @param {string} appId
 * @param {string} [psid]
 * @returns {Partial<Row>}
 */
const inLaneOf = (appId, psid) => ({
  shape: 'inside',
  from: appId,
  to: appId,
  ...(psid === undefined ? {} : { psid }),
});

/** @param {Extract<EmulatorEvent, { type: 'botException' }>} event */
function outcomeInWords({ attempt, outcome }) {
  const which = attempt === undefined ? '' : ` (attempt ${attempt})`;
  switch (outcome) {
    case 'retried':
      return [`The turn${which} runs again later.`];
    case 'deadLetter':
      return [`The turn${which} was given up: its event is a dead letter.`];
    case 'unhandled':
      return ['The process of the bot ends, because nothing in it catches this.'];
    case undefined:
      return [];
  }
}
