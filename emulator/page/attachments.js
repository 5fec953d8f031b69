import { at, textAt } from './json.js';

/** @import { Attachment } from '../core/state.ts' */

/**
 * What somebody said, or in words what they sent instead: files are never loaded, as they are elsewhere.
 *
 * @param {{ readonly text: string, readonly attachments?: readonly Attachment[] | undefined }} message
 */
export const saidInWords = ({ text, attachments = [] }) =>
  text === '' ? attachments.map(attachmentInWords).join('\n') : text;

/** @param {Attachment} attachment */
function attachmentInWords({ type, payload }) {
  if (type !== 'template') return `${type}: ${textAt(payload, 'url') ?? ''}`;
  const elements = at(payload, 'elements');
  return Array.isArray(elements) ? elements.map(elementInWords).join('\n') : type;
}

/** @param {unknown} element */
const elementInWords = (element) =>
  ['title', 'subtitle', 'image_url']
    .map((part) => textAt(element, part) ?? '')
    .filter((part) => part !== '')
    .join(' – ');
