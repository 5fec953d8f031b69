/**
 * @import { FaultMode } from '../faults/faultSpec.ts'
 * @import { WebhookFaultKind } from '../faults/webhookFaultKinds.ts'
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 */

/**
 * What becomes of a webhook that a fault hits: it is …
 *
 * @type {Readonly<Record<WebhookFaultKind, string>>}
 */
export const webhookFaults = {
  drop: 'dropped',
  duplicate: 'sent twice',
  delay: 'delayed',
  reorder: 'overtaken by the next one',
  hold: 'held back',
  refuse: 'refused once',
  timeout: 'not answered in time',
  loseAnswer: 'delivered, its answer lost',
};

/**
 * Which ones a fault hits: `next 3 calls`, `every call`, `every 3rd call`.
 *
 * @param {FaultMode} mode
 * @param {string} what one of them, such as `call`
 */
export function oftenInWords(mode, what) {
  if (mode === 'always') return `every ${what}`;
  if ('next' in mode) return mode.next === 1 ? `next ${what}` : `next ${mode.next} ${what}s`;
  return mode.every === 1 ? `every ${what}` : `every ${ordinal(mode.every)} ${what}`;
}

/** @param {number} number */
function ordinal(number) {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${(teen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`;
}

/** @param {Extract<EmulatorEvent, { type: 'faultInjected' }>} event */
export function faultInWords({ times = 1, mode = { next: times }, webhookFault }) {
  const often = (/** @type {string} */ what) => {
    const words = oftenInWords(mode, what);
    return words.startsWith('next') ? `the ${words}` : words;
  };
  return webhookFault === undefined
    ? `${often('matching call')} will fail`
    : `${often('matching webhook')} will be ${webhookFaults[webhookFault]}`;
}
