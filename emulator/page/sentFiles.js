import { useSignal } from '@preact/signals';
import { html } from 'htm/preact';
import { fileName, shownAddress } from '../narration/attachments.js';
import { loadable, ownPath } from './addresses.js';

/** @import { Attachment } from '../core/state.ts' */

/**
 * A picture, or its address if it is on another host, since this page loads nothing from elsewhere.
 *
 * @param {{ address: string, alt: string }} props
 */
export function Picture({ address, alt }) {
  const missing = useSignal('');
  const source = loadable(address);
  if (source !== undefined && missing.value !== source) {
    return html`<img class="picture" src=${source} alt=${alt} onError=${() => (missing.value = source)} />`;
  }
  const why = source === undefined ? 'Image, not loaded from elsewhere' : 'Image, no longer here';
  return html`<span class="picture absent" title=${shownAddress(address)}>
    <strong>${why}</strong>
    <span>${shownAddress(address)}</span>
  </span>`;
}

/** @type {Readonly<Record<Exclude<Attachment['type'], 'template'>, string>>} */
const kinds = { image: 'Image', video: 'Video', audio: 'Audio', file: 'File' };

/**
 * A file by its name, which can be opened if the emulator serves it.
 *
 * @param {{ type: keyof typeof kinds, address: string }} props
 */
export function SentFile({ type, address }) {
  if (type === 'image') {
    return html`<${Picture} address=${address} alt=${`Image ${fileName(address)}`.trim()} />`;
  }
  const own = ownPath(address);
  const name = fileName(address);
  const content = html`<span class="kind">${kinds[type]}</span>
    <span class="name">
      ${name !== '' && html`<strong>${name}</strong>`}
      ${own === undefined && html`<span>${shownAddress(address)}</span>`}
    </span>`;
  return own === undefined
    ? html`<span class="sent-file">${content}</span>`
    : html`<a class="sent-file" href=${own} target="_blank" rel="noopener noreferrer">${content}</a>`;
}
