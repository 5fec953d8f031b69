/** Where the emulator keeps the files that customers sent. */
const filesPath = '/_emulator/files/';
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

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

/**
 * What the file at an address is called, as far as the address tells.
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

/**
 * An address as text: that of the emulator's own files tells nothing but their name.
 *
 * @param {string} address
 */
export function shownAddress(address) {
  if (address.startsWith('data:')) return 'in the message itself';
  return ownPath(address) === undefined ? address : fileName(address);
}
