import { at, isObject, textAt } from './json.js';
import { customerLane, messengerLane } from './names.js';
import { rowOfEvent, subjectOf } from './rowOfEvent.js';
import { spanInWords } from './time.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { Channel } from '../core/webhookKinds.ts'
 */

/**
 * How a webhook fared with one app.
 *
 * @typedef {object} Heard
 * @property {string} appId
 * @property {Channel} channel
 * @property {'delivered' | 'failed' | 'lost' | 'late' | 'unreachable'} outcome `unreachable`: Azure has it, and cannot reach the bot
 */

/**
 * One or more events that people see as one thing: a line of the diagram or of the timeline.
 *
 * @typedef {object} Row
 * @property {number} id the first event's
 * @property {number} at
 * @property {'arrow' | 'webhook' | 'owner' | 'inside' | 'note'} shape `inside`: something inside a bot, in its lane
 * @property {'talk' | 'action' | 'call' | 'handover' | 'echo' | 'receipt' | 'azure' | 'log' | 'trouble' | 'page'} subject
 * @property {string} [psid]
 * @property {string} from a lane
 * @property {string} to a lane
 * @property {string} [code] Meta's name of the call or webhook
 * @property {{ text: string, codes: string, good: boolean }} [answer] of a Graph call: the status, and Meta's codes for a refusal
 * @property {string[]} because why it was refused or not delivered, in sentences
 * @property {boolean} guessed whether Meta's behaviour is undocumented here
 * @property {Heard[]} heard
 * @property {true} [again] somebody had the webhook sent again
 * @property {string | null} [newOwner] of an `owner` row
 * @property {string | null} [oldOwner]
 * @property {EmulatorEvent[]} events
 */

/** Events can only join one of the latest rows. */
const maxJoinDistance = 400;

const mostUnreached = 50;

/** The beginning of the sentence that only holds until the next attempt. */
const retrying = 'Meta tries again in';

/** Groups events into rows as they come. */
export class RowBuilder {
  /** @type {Row[]} */
  rows = [];
  /** The first row that changed since `takeChange`. */
  #changed = Infinity;
  /** @type {Map<string, number>} */
  #open = new Map();
  /**
   * The latest activities that no bot has got.
   *
   * @type {{ appId: unknown, activity: string, outcome: Heard['outcome'] }[]}
   */
  #unreached = [];

  clear() {
    this.rows = [];
    this.#unreached = [];
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
        this.#addHeard(event, 'late', `${retrying} ${spanInWords(event.pauseMs)}.`);
        return;
      default: {
        const row = rowOfEvent(event);
        if (event.type === 'azureChannel.activitySent' && row?.subject === 'trouble') this.#addUnreached(event);
        if (row !== undefined) this.#push(event, row);
      }
    }
  }

  /** @param {Extract<EmulatorEvent, { type: 'graphCall' }>} event */
  #addCall(event) {
    const edge = event.path.split('/').at(-1) ?? event.path;
    const psid = textAt(event.params, 'recipient', 'id') ?? textAt(event.params, 'recipient');
    const answer = answerOf(event);
    const forced = event.fault === 'injected' && !answer.good;
    this.#push(event, {
      shape: 'arrow',
      subject: forced ? 'trouble' : edge.endsWith('_thread_control') ? 'handover' : 'call',
      from: event.appId ?? messengerLane,
      to: messengerLane,
      code: edge,
      answer,
      because: forced ? ['An injected fault makes it fail.', ...messageOf(event)] : messageOf(event),
      ...(psid === undefined ? {} : { psid }),
    });
  }

  /** What the customer gets joins the row of the call that sent it; an agent's reply has no call. */
  #addPageMessage(/** @type {Extract<EmulatorEvent, { type: 'pageMessage' }>} */ event) {
    const call = this.#lastCallOf(event.appId, event.psid);
    if (this.#join(call, event)) {
      const row = this.rows[call];
      if (row !== undefined) Object.assign(row, { to: customerLane, subject: 'talk' });
      return;
    }
    this.#push(event, {
      shape: 'arrow',
      subject: 'talk',
      psid: event.psid,
      from: event.appId,
      to: customerLane,
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
    this.#push(event, { shape: 'note', subject: 'trouble', because: [event.because], guessed: event.guessed });
  }

  /**
   * @param {Extract<EmulatorEvent, { type: `webhook${string}`, payload: unknown }>} event
   * @param {Heard['outcome']} outcome
   * @param {string} [because]
   */
  #addHeard(event, outcome, because) {
    const { appId, channel, kind, psid } = event;
    // What somebody sends again happens now, not where it was sent first.
    const again = 'redelivery' in event && event.redelivery === true;
    const which = again ? `${event.deliveryId ?? ''} ${'attempt' in event ? event.attempt : ''}` : '';
    const key = `${kind} ${psid ?? ''} ${textAt(event.payload, 'timestamp') ?? ''} ${which}`;
    const known = this.#open.get(key);
    if (known === undefined || !this.#join(known, event)) {
      this.#open.set(key, this.rows.length);
      this.#push(event, {
        shape: 'webhook',
        subject: subjectOf(kind),
        from: messengerLane,
        to: messengerLane,
        code: kind,
        ...(again ? { again } : {}),
        ...(psid === undefined ? {} : { psid }),
      });
    }
    const row = this.rows[this.#open.get(key) ?? -1];
    if (row === undefined) return;
    const before = row.heard.find((heard) => heard.appId === appId);
    if (before === undefined || before.outcome === 'delivered') row.heard.push({ appId, channel, outcome });
    else before.outcome = outcome;
    this.#crossOut(row);
    row.because = row.because.filter((sentence) => !sentence.startsWith(retrying));
    if (because !== undefined && outcome !== 'delivered') {
      if (!row.because.includes(because)) row.because.push(because);
      row.subject = 'trouble';
    }
  }

  /**
   * Azure takes every webhook; whether the bot got the activity is known later, or was known before.
   *
   * @param {Extract<EmulatorEvent, { type: `${string}.${string}` }>} event
   */
  #addUnreached(event) {
    const outcome = event['outcome'] === 'answered' ? 'failed' : 'unreachable';
    this.#unreached.push({ appId: event['appId'], activity: JSON.stringify(event['activity'] ?? ''), outcome });
    if (this.#unreached.length > mostUnreached) this.#unreached.shift();
    for (let index = this.rows.length - 1; index >= Math.max(0, this.rows.length - maxJoinDistance); index -= 1) {
      const row = this.rows[index];
      if (row === undefined || !this.#crossOut(row)) continue;
      this.#changed = Math.min(this.#changed, index);
      return;
    }
  }

  /**
   * Marks what came as far as Azure only. An activity holds the timestamp of what it is about.
   *
   * @param {Row} row
   */
  #crossOut({ heard, events }) {
    if (this.#unreached.length === 0) return false;
    let crossed = false;
    for (const event of events) {
      if (event.type !== 'webhookDelivered') continue;
      const timestamp = textAt(event.payload, 'timestamp');
      const unreached = this.#unreached.find(
        ({ appId, activity }) => appId === event.appId && timestamp !== undefined && activity.includes(timestamp),
      );
      const hearer = heard.find(({ appId, outcome }) => appId === event.appId && outcome === 'delivered');
      if (unreached === undefined || hearer === undefined) continue;
      hearer.outcome = unreached.outcome;
      crossed = true;
    }
    return crossed;
  }

  /**
   * The row of the app's last Graph call, unless that is too long ago or complete.
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
    if (row === undefined || index < this.rows.length - maxJoinDistance) return false;
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
      guessed: false,
      heard: [],
      because: [],
      events: [event],
      ...row,
    });
  }
}

/**
 * @param {Extract<EmulatorEvent, { type: 'graphCall' }>} event
 * @returns {NonNullable<Row['answer']>}
 */
function answerOf({ status, answer }) {
  if (status === undefined) return { text: 'no answer', codes: '', good: false };
  const error = at(answer, 'error');
  if (!isObject(error)) return { text: String(status), codes: '', good: status < 300 };
  const subcode = textAt(error, 'error_subcode');
  const codes = `#${textAt(error, 'code') ?? '?'}${subcode === undefined ? '' : `/${subcode}`}`;
  return { text: String(status), codes, good: false };
}

/**
 * Meta's message in a refusal. The emulator's own reason, where there is one, replaces it.
 *
 * @param {Extract<EmulatorEvent, { type: 'graphCall' }>} event
 */
function messageOf({ answer }) {
  const message = textAt(answer, 'error', 'message');
  return message === undefined ? [] : [message];
}
