import { saidInWords, unsupportedInWords } from './attachments.js';
import { azureInWords } from './azureInWords.js';
import { callInWords, resultInWords } from './callInWords.js';
import { faultInWords, webhookFaults } from './faultsInWords.js';
import { inboxName, metaAiId } from './names.js';
import { spanInWords } from './time.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { BotState } from '../botReports.ts'
 * @import { OwnershipCause } from '../core/effects.ts'
 * @import { TokenLife } from '../graph/accessTokens.ts'
 * @import { Names } from './names.js'
 * @import { Row } from './rows.js'
 */

/**
 * Somebody does something: `<who> of <of> <does> <what>`.
 *
 * @typedef {object} Told
 * @property {string} who
 * @property {string} [of] the customer that it is about, when `who` does not say so
 * @property {string} does
 * @property {string} what
 * @property {readonly string[]} [offers] the quick replies and buttons of a message
 * @property {string} [result] of a Graph call
 */

/**
 * A row in words.
 *
 * @param {Row} row
 * @param {Names} names
 * @returns {Told}
 */
export function tell(row, names) {
  if (row.shape === 'webhook') {
    return {
      who: 'Messenger',
      does: 'sends',
      what: `${row.code ?? ''}${row.again === true ? ' again' : ''} to ${hearersInWords(row, names)}`,
    };
  }
  const [first, ...joined] = row.events;
  const shown = joined.find(({ type }) => type === 'pageMessage' || type === 'senderAction') ?? first;
  return shown === undefined ? { who: '', does: '', what: '' } : eventInWords(shown, names);
}

/**
 * Whether another row tells it better: sent messages show up as what was said.
 *
 * @param {Row} row
 */
export function isToldElsewhere({ answer, code, events: [first, second] }) {
  if (first?.type === 'graphCall') return code === 'messages' && answer?.good === true && second === undefined;
  return (
    first?.type === 'azureChannel.activityReceived' && first['outcome'] === 'sent' && first['reason'] === undefined
  );
}

/**
 * Whether the sentences of `because` tell why it happened. Of what a bot throws they tell what comes of it.
 *
 * @param {Row} row
 */
export const tellsWhy = ({ events: [event] }) => event?.type !== 'botException';

/** Verbs followed by somebody's own words. */
const quoted = new Set(['says', 'taps', 'notes']);

/**
 * A row as one sentence, without a full stop.
 *
 * @param {Row} row
 * @param {Names} names
 */
export function sentenceOf(row, names) {
  const { who, of, does, what, offers = [], result } = tell(row, names);
  const parts = [
    `${who}${of === undefined ? '' : ` of ${of}`} ${does} ${quoted.has(does) ? `"${what}"` : what}`,
    offers.length === 0 ? '' : `, offers ${offers.map((title) => `"${title}"`).join(', ')}`,
    result === undefined ? '' : ` → ${result}`,
    row.because.length === 0 ? '' : `. ${tellsWhy(row) ? 'Why' : 'Then'}: ${row.because.join(' ')}`,
    row.guessed ? ' (guessed)' : '',
  ];
  return parts.join('');
}

/**
 * The apps that got a webhook: `primary on messaging, secondary on standby (failed)`.
 *
 * @param {Row} row
 * @param {Names} names
 */
export function hearersInWords({ heard }, names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { appId, channel, outcome } of heard.toSorted((one, other) => one.appId.localeCompare(other.appId))) {
    const hearer = `${names.receiver(appId)} on ${channel}${outcome === 'delivered' ? '' : ` (${outcome})`}`;
    counts.set(hearer, (counts.get(hearer) ?? 0) + 1);
  }
  return [...counts].map(([hearer, count]) => (count === 1 ? hearer : `${hearer} (${count} times)`)).join(', ');
}

/**
 * Why a thread changed hands.
 *
 * @param {OwnershipCause} cause
 * @param {Names} names
 */
export function causeInWords(cause, names) {
  switch (cause) {
    case 'pass':
      return 'passed on';
    case 'take':
      return 'taken';
    case 'release':
      return 'released';
    case 'expiry':
      return 'expired';
    case 'customer':
      return 'the customer wrote';
    case 'inbox':
      return 'an agent acted in the inbox';
    case 'metaAi':
      return `${names.receiver(metaAiId)} acted`;
    case 'request':
      return 'requested';
    case 'settings':
      return 'the settings of the Page changed';
  }
}

/** @type {Readonly<Record<BotState, string>>} */
const botStates = { running: 'running', down: 'down', debugging: 'being debugged' };

/** @type {Readonly<Record<'take' | 'passBack' | 'letGo', Pick<Told, 'does' | 'what'>>>} */
const metaAiDoes = {
  take: { does: 'takes', what: 'the thread' },
  passBack: { does: 'passes', what: 'the thread back' },
  letGo: { does: 'returns', what: 'the thread without an event' },
};

/**
 * @param {EmulatorEvent} event
 * @param {Names} names
 * @returns {Told}
 */
function eventInWords(event, names) {
  switch (event.type) {
    case 'customerMessage': {
      const who = names.customer(event.psid);
      if (event.unsupported) return { who, does: 'sends', what: unsupportedInWords };
      return { who, does: event.quickReplyPayload === undefined ? verbFor(event) : 'taps', what: saidInWords(event) };
    }
    case 'customerPostback':
      return { who: names.customer(event.psid), does: 'taps', what: event.title };
    case 'customerReaction':
      return event.action === 'react'
        ? { who: names.customer(event.psid), does: 'reacts', what: `with ${event.reaction}` }
        : { who: names.customer(event.psid), does: 'undoes', what: `the reaction ${event.reaction}` };
    case 'customerReceipt': {
      const what = event.receipt === 'read' ? 'read what the Page said' : 'received what the Page said';
      return { who: names.customer(event.psid), does: 'has', what };
    }
    case 'customerReferral': {
      const what = event.adId === undefined ? 'an m.me link' : `the ad ${event.adId}`;
      const ref = event.ref === undefined ? '' : ` with ref "${event.ref}"`;
      return { who: names.customer(event.psid), does: 'follows', what: `${what}${ref}` };
    }
    case 'customerAccount':
      return { who: names.customer(event.psid), does: 'logs', what: event.account === 'linked' ? 'in' : 'out' };
    case 'customerOptIn':
      return { who: names.customer(event.psid), does: 'opts in', what: `to "${event.payload}"` };
    case 'customerAdded':
      return { who: names.customer(event.psid), does: 'can', what: 'write to the Page now' };
    case 'pageMessage':
      return {
        who: `${names.receiver(event.appId)}${event.persona === undefined ? '' : ` as ${event.persona}`}`,
        does: verbFor(event),
        what: saidInWords(event),
        offers: [...event.quickReplies, ...event.buttons],
      };
    case 'senderAction':
      if (event.mid !== undefined) {
        const what = event.reaction ?? 'its reaction';
        return {
          who: names.receiver(event.appId),
          does: event.reaction === undefined ? 'takes back' : 'reacts with',
          what,
        };
      }
      return { who: names.receiver(event.appId), does: 'shows', what: event.action };
    case 'inboxAction': {
      if (event.action === 'reply') return { who: 'An agent', does: 'says', what: event.text ?? '' };
      return {
        who: 'An agent',
        does: 'clicks',
        what: event.action === 'markAsDone' ? '"Mark as done"' : '"Move to Main"',
      };
    }
    case 'metaAiAction': {
      const { does, what } = metaAiDoes[event.action];
      return {
        who: names.receiver(metaAiId),
        does,
        what: event.note === undefined ? what : `${what}: "${event.note}"`,
      };
    }
    case 'notice':
      return { who: 'Messenger', does: 'notes', what: event.text };
    case 'conversationSeen':
      return { who: 'An agent', does: 'has', what: `seen what ${names.customer(event.psid)} wrote` };
    case 'folderChanged':
      return {
        who: inboxName,
        does: 'shows',
        what: `the conversation of ${names.customer(event.psid)} in the folder ${event.folder}`,
      };
    case 'ownershipChanged': {
      const { psid, from, to, cause } = event;
      const what = `from ${names.receiver(from)} to ${names.receiver(to)}: ${causeInWords(cause, names)}`;
      return { who: 'The thread', of: names.customer(psid), does: 'moves', what };
    }
    case 'graphCall': {
      const who = event.appId === undefined ? 'Somebody' : names.receiver(event.appId);
      return { who, does: 'calls', what: callInWords(event, names), result: resultInWords(event, names) };
    }
    case 'refused':
      return { who: 'Messenger', does: 'refuses', what: `${event.command} by ${names.receiver(event.by)}` };
    case 'webhookRegistered':
      return {
        who: names.receiver(event.appId),
        does: 'gets',
        what: `its webhooks at ${event.callbackUrl} from now on`,
      };
    case 'webhookNotSubscribed':
      return {
        who: names.receiver(event.appId),
        does: 'does not get',
        what: `${event.kind}: it is not subscribed to ${event.field}`,
      };
    case 'webhooksFailing':
      return {
        who: names.receiver(event.appId),
        does: 'has taken',
        what: 'no webhook for a quarter of an hour: Meta warns its owner',
      };
    case 'webhooksDisabled':
      return {
        who: names.receiver(event.appId),
        does: 'has taken',
        what: 'no webhook for an hour: Meta has unsubscribed it',
      };
    default:
      return settingInWords(event, names);
  }
}

/**
 * Until when a token works: it …
 *
 * @param {TokenLife} life
 * @param {number} now in milliseconds since 1970
 * @returns {{ does: string, what: string }}
 */
export function tokenInWords({ expiresAt, invalidated }, now) {
  if (invalidated !== 'no') return { does: 'is', what: 'invalidated' };
  if (expiresAt === 0) return { does: 'works', what: 'for ever' };
  const left = expiresAt * 1000 - now;
  return left > 0 ? { does: 'ends', what: `in ${spanInWords(left)}` } : { does: 'has', what: 'expired' };
}

/** @param {{ readonly text: string, readonly attachments?: readonly unknown[] | undefined }} message */
const verbFor = ({ text, attachments = [] }) => (text === '' && attachments.length > 0 ? 'sends' : 'says');

/**
 * What changed on the Page or in the emulator itself.
 *
 * @param {EmulatorEvent} event
 * @param {Names} names
 * @returns {Told}
 */
function settingInWords(event, names) {
  switch (event.type) {
    case 'subscriptionChanged': {
      const { fields } = event;
      const what = `subscribed to ${fields === null || fields.length === 0 ? 'nothing' : fields.join(', ')}`;
      return { who: names.receiver(event.appId), does: 'is', what };
    }
    case 'personasChanged':
      return { who: 'The Page', does: 'has', what: `the personas ${event.names.join(', ') || 'of nobody'} now` };
    case 'profileChanged':
      return {
        who: names.receiver(event.appId),
        does: 'changes',
        what: `its Messenger Profile: ${event.properties.join(', ')}`,
      };
    case 'modeChanged':
      return { who: 'The Page', does: 'follows', what: `the rules of mode ${event.mode} now` };
    case 'rolesChanged':
      return { who: names.receiver(event.primaryAppId), does: 'is', what: 'the primary receiver or default app now' };
    case 'metaAiChanged':
      return { who: names.receiver(metaAiId), does: 'is', what: `switched ${event.metaAi} now` };
    case 'entryPointsChanged':
      return { who: 'The Page', does: 'has', what: 'other entry points now' };
    case 'switchesChanged':
      return { who: 'The emulator', does: 'has', what: 'other switches now' };
    case 'tokenChanged': {
      const who = `The ${event.of} token of ${names.receiver(event.appId)}`;
      return { who, ...tokenInWords(event, event.at) };
    }
    case 'clockAdvanced':
      return { who: 'The clock', does: 'moves', what: `${spanInWords(event.ms)} ahead` };
    case 'faultInjected':
      return { who: 'A fault', does: 'is set:', what: faultInWords(event) };
    case 'faultDisarmed':
      return { who: 'A fault', does: 'is', what: 'disarmed' };
    case 'faultUsed': {
      const { webhookFault } = event;
      return {
        who: 'A fault',
        does: 'hits',
        what: webhookFault === undefined ? 'this call' : `a webhook: ${webhookFaults[webhookFault]}`,
      };
    }
    case 'botLog':
      return { who: names.receiver(event.appId), does: 'logs', what: event.message };
    case 'botException':
      return { who: names.receiver(event.appId), does: 'throws', what: event.message };
    case 'botState':
      return { who: names.receiver(event.appId), does: 'is', what: botStates[event.state] };
    case 'loop': {
      const what = `${event.messages} messages of apps in a row are enough; is it subscribed to message_echoes, and does it answer them?`;
      return { who: names.receiver(event.appId), does: 'is stopped:', what };
    }
    case 'hostRefused':
      return { who: 'The emulator', does: 'refuses', what: `${event.method} ${event.path} for the host ${event.host}` };
    case 'passedOver': {
      const what = `${event.what.join(', ')} of ${event.method} ${event.path}`;
      return { who: 'The emulator', does: 'passes over', what };
    }
    case 'notModelled':
      return { who: 'The emulator', does: 'does not model', what: `${event.method} ${event.path}: ${event.what}` };
    case 'internalError':
      return { who: 'The emulator', does: 'failed:', what: event.because };
    case 'stateImported':
      return { who: 'The emulator', does: 'goes on', what: 'from a state that was exported' };
    case 'reset':
      return { who: 'The emulator', does: 'is', what: 'back at the beginning' };
    default:
      return azureInWords(event, names);
  }
}
