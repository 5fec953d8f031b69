import { receiver } from './participants.js';
import { at, textAt } from './json.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { OwnershipCause } from '../core/effects.ts'
 * @import { WebhookHarm } from '../faults/webhookFaults.ts'
 * @import { Row } from './rows.js'
 */

/** @type {Readonly<Record<OwnershipCause, string>>} */
const causes = {
  pass: 'passed',
  take: 'taken',
  release: 'released',
  expiry: 'expired',
  customer: 'the customer wrote',
  inbox: 'an agent acted in the inbox',
  request: 'requested',
  settings: 'settings changed',
};

/** @param {OwnershipCause} cause */
export const causeInWords = (cause) => causes[cause];

/** @type {Readonly<Record<WebhookHarm, string>>} */
const harms = {
  drop: 'Dropped on its way: this app never hears of it.',
  delay: 'Delayed on its way.',
  duplicate: 'Delivered twice.',
  reorder: 'Overtaken: the next webhook goes first.',
};

/** @param {WebhookHarm} harm */
export const harmInWords = (harm) => harms[harm];

/**
 * A Graph call as a person reads it.
 *
 * @param {string} edge
 * @param {unknown} params
 */
function callInWords(edge, params) {
  const target = textAt(params, 'target_app_id');
  const said = textAt(params, 'metadata') ?? textAt(params, 'message', 'text') ?? textAt(params, 'sender_action');
  const duration = textAt(params, 'duration');
  return [
    edge,
    target === undefined ? '' : `→ ${receiver(target).name}`,
    duration === undefined ? '' : `${duration} s`,
    said === undefined ? '' : `“${said}”`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/**
 * What a row says. Names are looked up when it is shown, for they may not have been known when it happened.
 *
 * @param {Row} row
 */
export function labelOf({ label, events: [first], code }) {
  if (label !== '' || first === undefined) return label;
  return first.type === 'graphCall' ? callInWords(code ?? '', at(first, 'params')) : noteInWords(first);
}

/**
 * Everything that is no message, call, webhook or change of ownership.
 *
 * @param {EmulatorEvent} event
 */
function noteInWords(event) {
  switch (event.type) {
    case 'modeChanged':
      return `The Page has the rules of ${event.mode} now`;
    case 'rolesChanged':
      return `${receiver(event.primaryAppId).name} is the app that conversations belong to by default`;
    case 'customerAdded':
      return `${event.name} can write to the Page`;
    case 'reset':
      return 'Back to the beginning';
    case 'faultInjected':
      return `The next ${event.times === 1 ? 'matching Graph call' : `${event.times} matching Graph calls`} will go wrong`;
    case 'faultUsed':
      return 'The fault met this call';
    case 'webhookFaultInjected':
      return `Armed for the next matching webhook: ${event.harm}`;
    case 'webhookRegistered':
      return `Webhooks of ${receiver(event.appId).name} go to its callback`;
    case 'notModelled':
      return `Not modelled: ${event.method} ${event.path}`;
    case 'internalError':
      return event.because;
    default:
      return partInWords(event);
  }
}

/**
 * What a part beside the emulator's core recorded.
 *
 * @param {EmulatorEvent} event
 */
function partInWords(event) {
  const [part, name] = event.type.split('.');
  const what = textAt(event, 'activityName') ?? textAt(event, 'activityType') ?? textAt(event, 'clientId') ?? '';
  const outcome = textAt(event, 'outcome') ?? textAt(event, 'reason') ?? textAt(event, 'error') ?? '';
  const words = [part === 'azureChannel' ? 'Azure' : part, name ?? '', what, outcome].filter((word) => word !== '');
  return words.join(' · ');
}

/**
 * A span of time in its two largest units.
 *
 * @param {number} ms
 */
export function spanInWords(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const units = [
    { name: 'd', size: 86_400 },
    { name: 'h', size: 3600 },
    { name: 'min', size: 60 },
    { name: 's', size: 1 },
  ];
  if (seconds === 86_400) return '24 h';
  const first = units.findIndex(({ size }) => seconds >= size);
  if (first === -1) return '0 s';
  let rest = seconds;
  return units
    .slice(first, first + 2)
    .map(({ name, size }) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? '' : `${count} ${name}`;
    })
    .filter((part) => part !== '')
    .join(' ');
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/** @param {number} ms since 1970 */
export const timeOf = (ms) => timeFormat.format(ms);

/** @param {number} ms since 1970 */
export const dayAndTimeOf = (ms) => dayFormat.format(ms);
