import { computed } from '@preact/signals';
import {
  createNames,
  customerLane,
  hasMetaAi,
  inboxId,
  inboxName,
  messengerLane,
  metaAiId,
  metaAiName,
} from '../narration/names.js';
import { customerName, state } from './session.js';

/** @import { EmulatorState } from '../emulator.ts' */
/** @import { Mode } from '../core/state.ts' */

/**
 * Somebody who takes part in a conversation.
 *
 * @typedef {object} Participant
 * @property {string} id an app id, or the name of a lane
 * @property {string} name
 * @property {string} colour the name of its colour in the style sheet
 * @property {string} [role] what it is by the settings of the Page
 */

/**
 * What the app that comes before the others is called in each mode; without a default app there is none.
 *
 * @type {Readonly<Record<Mode, string | undefined>>}
 */
export const firstRoles = {
  classic: 'primary receiver',
  exclusive: 'primary receiver',
  routing: 'default app',
  open: undefined,
};

/**
 * Who can own a conversation: the apps, the Page Inbox and, where there is one, Meta's AI.
 *
 * @param {EmulatorState} page
 * @returns {readonly Participant[]}
 */
function receiversOf(page) {
  const role = firstRoles[page.mode];
  const roleOf = (/** @type {string} */ id) => (id === page.primaryAppId && role !== undefined ? { role } : {});
  return [
    ...page.apps.map(({ id, name }, index) => ({ id, name, colour: `app${index % 4}`, ...roleOf(id) })),
    { id: inboxId, name: inboxName, colour: 'inbox', ...roleOf(inboxId) },
    ...(hasMetaAi(page) ? [{ id: metaAiId, name: metaAiName, colour: 'ai' }] : []),
  ];
}

export const receivers = computed(() => (state.value === undefined ? [] : receiversOf(state.value)));

/** The lanes of the diagram from left to right. */
export const lanes = computed(() => [
  { id: customerLane, name: customerName.value.split(' ')[0] ?? '', colour: 'customer' },
  { id: messengerLane, name: 'Messenger', colour: 'messenger' },
  ...receivers.value,
]);

const nobody = { id: 'nobody', name: 'Nobody', colour: 'idle' };

/**
 * @param {string | null | undefined} appId
 * @returns {Participant}
 */
export function receiver(appId) {
  if (appId === null || appId === undefined) return nobody;
  return receivers.value.find(({ id }) => id === appId) ?? { id: appId, name: names.receiver(appId), colour: 'idle' };
}

/** What the narrator calls those who take part, as far as the page knows them now. */
export const names = createNames(() => state.value);
