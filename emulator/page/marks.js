import { signal } from '@preact/signals';
import { at, textAt } from './json.js';
import { followEvents } from './session.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 */

/**
 * What a chat shows beside its messages.
 *
 * @typedef {object} Marks
 * @property {string} typing the app id of who is typing; empty when nobody is
 * @property {number} seenAt when the Page saw what the customer wrote
 * @property {number} received up to when the customer's phone has the Page's messages
 * @property {number} read up to when the customer has read them
 */

/** @type {Map<string, Marks>} */
const marks = new Map();
/** @type {Map<string, readonly string[]>} */
const buttons = new Map();
/** Counts changes, so that who reads the maps hears of them. */
const revision = signal(0);

/** @param {string} psid */
export function marksOf(psid) {
  return revision.value < 0 ? none : (marks.get(psid) ?? none);
}

/**
 * The titles of the buttons under a message.
 *
 * @param {string} mid
 */
export function buttonsOf(mid) {
  return revision.value < 0 ? [] : (buttons.get(mid) ?? []);
}

/** @type {Marks} */
const none = { typing: '', seenAt: 0, received: 0, read: 0 };

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
  buttons.clear();
  revision.value += 1;
}

/** @param {EmulatorEvent} event */
function note(event) {
  switch (event.type) {
    case 'reset':
      forget();
      return;
    case 'senderAction':
      if (event.action === 'mark_seen') change(event.psid, { seenAt: event.at });
      else change(event.psid, { typing: event.action === 'typing_on' ? event.appId : '' });
      return;
    case 'pageMessage':
      change(event.psid, { typing: '' });
      if (event.buttons.length > 0) buttons.set(event.mid, event.buttons);
      return;
    case 'webhookDelivered':
    case 'webhookNotSent':
      if (event.psid === undefined) return;
      if (event.kind === 'read') change(event.psid, { read: watermarkIn(event.payload, 'read') });
      if (event.kind === 'delivery') change(event.psid, { received: watermarkIn(event.payload, 'delivery') });
      return;
    case 'webhookNotSubscribed':
      if (event.psid === undefined) return;
      if (event.kind === 'read') change(event.psid, { read: event.at });
      if (event.kind === 'delivery') change(event.psid, { received: event.at });
      return;
    default:
  }
}

/**
 * @param {unknown} payload
 * @param {string} kind
 */
const watermarkIn = (payload, kind) => Number(textAt(at(payload, kind), 'watermark') ?? 0);

/**
 * @param {string} psid
 * @param {Partial<Marks>} changes
 */
function change(psid, changes) {
  marks.set(psid, { ...(marks.get(psid) ?? none), ...changes });
}
