import { filesPath, loopbackNames } from '../narration/attachments.js';

/**
 * Where this page can load a file of the emulator; `undefined` for every other address. The emulator has three names, and the page
 * may have been opened by another one than the file was sent with.
 *
 * @param {string} address
 */
export function ownPath(address) {
  const url = URL.parse(address);
  return url?.protocol === location.protocol &&
    url.port === location.port &&
    loopbackNames.has(url.hostname) &&
    url.pathname.startsWith(filesPath)
    ? url.pathname
    : undefined;
}

/**
 * What a picture can be loaded from without leaving this origin; `undefined` for one that stays where it is.
 *
 * @param {string} address
 */
export const loadable = (address) =>
  /^data:image\/(png|jpeg|gif|webp)[;,]/i.test(address) ? address : ownPath(address);

/**
 * The address as something to click, if it leads to a web page; no other scheme is followed.
 *
 * @param {string | undefined} address
 */
export function webAddress(address) {
  const url = URL.parse(address ?? '');
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
