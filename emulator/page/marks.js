import { signal } from '@preact/signals';
import { followEvents } from './session.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 */

/**
 * What a chat shows beside its messages, of what apps do that is no part of the conversation.
 *
 * @typedef {object} Marks
 * @property {string} typing the app id of who is typing; empty when nobody is
 * @property {number} seenAt when the Page saw what the customer wrote
 */

/** @type {Map<string, Marks>} */
const marks = new Map();
/** Counts changes, so that who reads the map hears of them. */
const revision = signal(0);

/** @param {string} psid */
export function marksOf(psid) {
  return revision.value < 0 ? none : (marks.get(psid) ?? none);
}

/** @type {Marks} */
const none = { typing: '', seenAt: 0 };

/** Keeps the marks up to date. */
export function followMarks() {
  followEvents(
    (events) => {
      for (const event of events) note(event);
      revision.value += 1;
    },
    () => forget(),
  );
}

function forget() {
  marks.clear();
  revision.value += 1;
}

/** @param {EmulatorEvent} event */
function note(event) {
  switch (event.type) {
    case 'reset':
    case 'stateImported':
      forget();
      return;
    case 'senderAction':
      if (event.action === 'mark_seen') change(event.psid, { seenAt: event.at });
      else if (event.action.startsWith('typing_'))
        change(event.psid, { typing: event.action === 'typing_on' ? event.appId : '' });
      return;
    case 'pageMessage':
      change(event.psid, { typing: '' });
      return;
    default:
  }
}

/**
 * @param {string} psid
 * @param {Partial<Marks>} changes
 */
function change(psid, changes) {
  marks.set(psid, { ...(marks.get(psid) ?? none), ...changes });
}
