import { shownAddress } from './addresses.js';
import { at, textAt } from './json.js';

/** @import { Attachment } from '../core/state.ts' */

/** What stands for a message of which Messenger passes on nothing. */
export const unsupportedInWords = 'something that Messenger does not pass on';

/**
 * What somebody said, or in words what they sent instead, for where there is only a line.
 *
 * @param {{ readonly text: string, readonly attachments?: readonly Attachment[] | undefined, readonly unsupported?: true | undefined }} message
 */
export function saidInWords({ text, attachments = [], unsupported }) {
  if (unsupported === true) return unsupportedInWords;
  return text === '' ? attachments.map(attachmentInWords).join('\n') : text;
}

/** @param {Attachment} attachment */
function attachmentInWords({ type, payload }) {
  if (type !== 'template') return `${type}: ${shownAddress(textAt(payload, 'url') ?? '')}`;
  const elements = at(payload, 'elements');
  return Array.isArray(elements) ? elements.map(elementInWords).join(' | ') : type;
}

/** @param {unknown} element */
const elementInWords = (element) =>
  ['title', 'subtitle']
    .map((part) => textAt(element, part) ?? '')
    .filter((part) => part !== '')
    .join(' – ');
