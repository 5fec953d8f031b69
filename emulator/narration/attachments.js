import { at, textAt } from './json.js';

/** @import { Attachment } from '../core/state.ts' */

/** Where the emulator serves the files that customers sent. */
export const filesPath = '/_emulator/files/';
export const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** What stands for a message whose content Messenger does not pass on. */
export const unsupportedInWords = 'something that Messenger does not pass on';

/**
 * The text of a message, or a line about its other content.
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
  const words = Array.isArray(elements) ? elements.map(elementInWords).filter((element) => element !== '') : [];
  const kind = textAt(payload, 'template_type');
  return words.length > 0 ? words.join(' | ') : kind === undefined ? type : `${type}: ${kind}`;
}

/** @param {unknown} element */
const elementInWords = (element) =>
  ['title', 'subtitle']
    .map((part) => textAt(element, part) ?? '')
    .filter((part) => part !== '')
    .join(' – ');

/**
 * An address as text. For a file on the emulator itself, only the name.
 *
 * @param {string} address
 */
export function shownAddress(address) {
  if (address.startsWith('data:')) return 'in the message itself';
  const url = URL.parse(address);
  const isOwn = url !== null && loopbackNames.has(url.hostname) && url.pathname.startsWith(filesPath);
  return isOwn ? fileName(address) : address;
}

/**
 * The file name in an address; empty when it has none.
 *
 * @param {string} address
 */
export function fileName(address) {
  const url = URL.parse(address);
  if (url === null || url.protocol === 'data:') return '';
  const last = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
