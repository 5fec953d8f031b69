import { saidInWords } from './attachments.js';
import { customerLane, messengerLane } from './participants.js';
import { textAt } from './json.js';
import { callAnswer, rowOfEvent, subjectOf } from './rowOfEvent.js';
import { spanInWords } from './words.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { Channel } from '../core/webhookKinds.ts'
 */

/**
 * What one app heard.
 *
 * @typedef {object} Heard
 * @property {string} appId
 * @property {Channel} channel
 * @property {'delivered' | 'failed' | 'lost' | 'late'} outcome
 */

/**
 * One line of the diagram: something that a person takes for one thing, of one or several events.
 *
 * @typedef {object} Row
 * @property {number} id the first event's
 * @property {number} at
 * @property {'arrow' | 'webhook' | 'owner' | 'note'} shape
 * @property {'talk' | 'call' | 'handover' | 'echo' | 'receipt' | 'azure' | 'trouble' | 'page'} subject
 * @property {string} [psid]
 * @property {string} from a lane
 * @property {string} to a lane
 * @property {string} label what was said or told; empty where names have to be looked up, see `labelOf`
 * @property {string} [code] Meta's name of it
 * @property {{ text: string, codes: string, good: boolean }} [answer] the status, and Meta's codes where it says no
 * @property {string[]} because why it was refused or did not arrive, in sentences
 * @property {boolean} guessed nobody has seen Meta do it
 * @property {Heard[]} heard
 * @property {string | null} [newOwner] of an `owner` row
 * @property {string | null} [oldOwner]
 * @property {EmulatorEvent[]} events
 */

/** How far back events still belong to a row that is there. */
const reach = 400;

/** How a sentence begins that is only true until the next try. */
const putOff = 'Meta tries again in';

/** Puts events together to rows, as they come. */
export class RowBuilder {
  /** @type {Row[]} */
  rows = [];
  /** The first row that changed since `takeChange`. */
  #changed = Infinity;
  /** @type {Map<string, number>} */
  #open = new Map();

  clear() {
    this.rows = [];
    this.#open.clear();
    this.#changed = 0;
  }

  /** @returns {number} the index of the first row that is new or different since the last time */
  takeChange() {
    const changed = this.#changed;
    this.#changed = Infinity;
    return changed;
  }

  /** @param {EmulatorEvent} event */
  add(event) {
    switch (event.type) {
      case 'graphCall':
        this.#addCall(event);
        return;
      case 'pageMessage':
        this.#addPageMessage(event);
        return;
      case 'senderAction':
        if (!this.#join(this.#lastCallOf(event.appId, event.psid), event)) this.#push(event, { shape: 'note' });
        return;
      case 'refused':
        this.#addRefusal(event);
        return;
      case 'webhookDelivered':
        this.#addHeard(event, 'delivered');
        return;
      case 'webhookFailed':
        this.#addHeard(event, 'failed', event.because);
        return;
      case 'webhookGaveUp':
        this.#addHeard(event, 'lost', `Given up after ${event.attempts} tries.`);
        return;
      case 'webhookNotSent':
        this.#addHeard(event, 'lost', event.because);
        return;
      case 'webhookPostponed':
        this.#addHeard(event, 'late', `${putOff} ${spanInWords(event.pauseMs)}.`);
        return;
      default: {
        const row = rowOfEvent(event);
        if (row !== undefined) this.#push(event, row);
      }
    }
  }

  /** @param {Extract<EmulatorEvent, { type: 'graphCall' }>} event */
  #addCall(event) {
    const edge = event.path.split('/').at(-1) ?? event.path;
    const psid = textAt(event.params, 'recipient', 'id') ?? textAt(event.params, 'recipient');
    this.#push(event, {
      shape: 'arrow',
      subject: /_thread_control$/.test(edge) ? 'handover' : 'call',
      from: event.appId ?? messengerLane,
      to: messengerLane,
      code: edge,
      answer: callAnswer(event),
      ...(psid === undefined ? {} : { psid }),
    });
  }

  /** What the customer gets belongs to the call that sent it; an agent's answer stands for itself. */
  #addPageMessage(/** @type {Extract<EmulatorEvent, { type: 'pageMessage' }>} */ event) {
    const call = this.#lastCallOf(event.appId, event.psid);
    if (this.#join(call, event)) {
      const row = this.rows[call];
      if (row !== undefined) Object.assign(row, { to: customerLane, label: saidInWords(event), subject: 'talk' });
      return;
    }
    this.#push(event, {
      shape: 'arrow',
      subject: 'talk',
      psid: event.psid,
      from: event.appId,
      to: customerLane,
      label: saidInWords(event),
    });
  }

  /** @param {Extract<EmulatorEvent, { type: 'refused' }>} event */
  #addRefusal(event) {
    const index = this.#lastCallOf(event.by);
    if (this.#join(index, event)) {
      const row = this.rows[index];
      if (row !== undefined)
        Object.assign(row, { because: [event.because], guessed: event.guessed, subject: 'trouble' });
      return;
    }
    this.#push(event, { shape: 'note', subject: 'trouble', label: event.because, guessed: event.guessed });
  }

  /**
   * @param {Extract<EmulatorEvent, { type: `webhook${string}`, payload: unknown }>} event
   * @param {Heard['outcome']} outcome
   * @param {string} [because]
   */
  #addHeard(event, outcome, because) {
    const { appId, channel, kind, psid } = event;
    const key = `${kind} ${psid ?? ''} ${textAt(event.payload, 'timestamp') ?? ''}`;
    const known = this.#open.get(key);
    if (known === undefined || !this.#join(known, event)) {
      this.#open.set(key, this.rows.length);
      this.#push(event, {
        shape: 'webhook',
        subject: subjectOf(kind),
        from: messengerLane,
        to: messengerLane,
        label: kind,
        code: kind,
        ...(psid === undefined ? {} : { psid }),
      });
    }
    const row = this.rows[this.#open.get(key) ?? -1];
    if (row === undefined) return;
    const before = row.heard.find((heard) => heard.appId === appId);
    if (before === undefined || before.outcome === 'delivered') row.heard.push({ appId, channel, outcome });
    else before.outcome = outcome;
    row.because = row.because.filter((sentence) => !sentence.startsWith(putOff));
    if (because !== undefined && outcome !== 'delivered') {
      if (!row.because.includes(because)) row.because.push(because);
      row.subject = 'trouble';
    }
  }

  /**
   * The row of the app's last Graph call, as far as it can still be meant.
   *
   * @param {string} appId
   * @param {string} [psid]
   */
  #lastCallOf(appId, psid) {
    for (let index = this.rows.length - 1; index >= Math.max(0, this.rows.length - 20); index -= 1) {
      const row = this.rows[index];
      if (row?.answer !== undefined && row.from === appId && row.events.length === 1) {
        return psid === undefined || row.psid === psid ? index : -1;
      }
    }
    return -1;
  }

  /**
   * @param {number} index
   * @param {EmulatorEvent} event
   */
  #join(index, event) {
    const row = this.rows[index];
    if (row === undefined || index < this.rows.length - reach) return false;
    row.events.push(event);
    this.#changed = Math.min(this.#changed, index);
    return true;
  }

  /**
   * @param {EmulatorEvent} event
   * @param {Partial<Row>} row
   */
  #push(event, row) {
    this.#changed = Math.min(this.#changed, this.rows.length);
    this.rows.push({
      id: event.id,
      at: event.at,
      shape: 'note',
      subject: 'page',
      from: messengerLane,
      to: messengerLane,
      label: '',
      guessed: false,
      heard: [],
      because: [],
      events: [event],
      ...row,
    });
  }
}
