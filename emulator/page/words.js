import { receiver } from './participants.js';
import { at, textAt } from './json.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { OwnershipCause } from '../core/effects.ts'
 * @import { WebhookFaultKind } from '../faults/injectedFaults.ts'
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
  metaAi: 'Meta’s AI acted',
  request: 'requested',
  settings: 'settings changed',
};

/** @param {OwnershipCause} cause */
export const causeInWords = (cause) => causes[cause];

/** @type {Readonly<Record<WebhookFaultKind, string>>} */
const webhookFaults = {
  drop: 'dropped',
  duplicate: 'sent twice',
  delay: 'delayed',
  reorder: 'overtaken by the next one',
  hold: 'held back',
};

/** @param {Extract<EmulatorEvent, { type: 'faultInjected' }>} event */
function armedInWords({ times, webhookFault }) {
  const next = (/** @type {string} */ what) => `The next ${times === 1 ? what : `${times} ${what}s`}`;
  return webhookFault === undefined
    ? `${next('matching call')} will go wrong`
    : `${next('matching webhook')} will be ${webhookFaults[webhookFault]}`;
}

/** @param {readonly string[] | null} fields */
const fieldsInWords = (fields) => (fields === null || fields.length === 0 ? 'nothing' : fields.join(', '));

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
      return armedInWords(event);
    case 'faultUsed':
      return event.webhookFault === undefined
        ? 'The fault met this call'
        : `A fault met a webhook: ${webhookFaults[event.webhookFault]}`;
    case 'webhookNotSubscribed':
      return `${receiver(event.appId).name} does not get ${event.kind}: it is not subscribed to ${event.field}`;
    case 'webhooksFailing':
      return `${receiver(event.appId).name} has taken no webhook for a quarter of an hour: Meta warns its owner`;
    case 'webhooksDisabled':
      return `${receiver(event.appId).name} has taken no webhook for an hour: Meta has unsubscribed it`;
    case 'subscriptionChanged':
      return `${receiver(event.appId).name} is subscribed to ${fieldsInWords(event.fields)}`;
    case 'profileChanged':
      return `${receiver(event.appId).name} has changed its Messenger Profile: ${event.properties.join(', ')}`;
    case 'metaAiChanged':
      return event.metaAi === 'on' ? 'Meta’s AI takes part' : 'Meta’s AI is switched off';
    case 'entryPointsChanged':
      return 'The entry points of the Page have changed';
    case 'switchesChanged':
      return 'Switches of the emulator have changed';
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
