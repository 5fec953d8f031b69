import { at, isObject, listAt, textAt } from './json.js';

/**
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 * @import { Names } from './names.js'
 */

/** @typedef {Extract<EmulatorEvent, { type: 'graphCall' }>} GraphCall */

/** @param {GraphCall} call */
const edgeOf = ({ path }) => path.split('/').at(-1) ?? path;

/**
 * A Graph call: its edge, with target, duration and metadata if it has them.
 *
 * @param {GraphCall} call
 * @param {Names} names
 */
export function callInWords(call, names) {
  const { params } = call;
  const target = textAt(params, 'target_app_id');
  const duration = textAt(params, 'duration');
  const said = textAt(params, 'metadata') ?? textAt(params, 'message', 'text') ?? textAt(params, 'sender_action');
  return [
    edgeOf(call),
    target === undefined ? '' : `to ${names.receiver(target)}`,
    duration === undefined ? '' : `for ${duration} s`,
    said === undefined ? '' : `"${shortened(said)}"`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/**
 * What Graph answered: `ok`, what was asked for, or the refusal with Meta's codes.
 *
 * @param {GraphCall} call
 * @param {Names} names
 */
export function resultInWords(call, names) {
  const { status, answer, fault } = call;
  if (status === undefined) return 'no answer, the connection broke';
  const error = at(answer, 'error');
  if (isObject(error)) {
    const subcode = textAt(error, 'error_subcode');
    const codes = `code ${textAt(error, 'code') ?? '?'}${subcode === undefined ? '' : `, subcode ${subcode}`}`;
    return `refused: ${status}, ${codes}${fault === 'injected' ? ' (injected)' : ''}`;
  }
  const edge = edgeOf(call);
  if (edge === 'secondary_receivers') {
    return listAt(answer, 'data')
      .map((receiver) => names.receiver(textAt(receiver, 'id')))
      .join(', ');
  }
  if (edge === 'thread_owner') {
    const [first] = listAt(answer, 'data');
    if (first === undefined) return 'nobody';
    const appId = textAt(first, 'thread_owner', 'app_id');
    return appId === undefined ? 'another receiver, not named' : names.receiver(appId);
  }
  return 'ok';
}

const maxLength = 48;

/** @param {string} text */
const shortened = (text) => (text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).trimEnd()}…`);
