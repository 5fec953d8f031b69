import { html } from 'htm/preact';
import { webAddress } from './addresses.js';
import { at, isObject, textAt } from '../narration/json.js';
import { Picture } from './sentFiles.js';

/** @import { JsonObject } from '../narration/json.js' */

/** @typedef {(title: string, payload: string) => void} OnButton taps a button */

/**
 * A template as Messenger shows it, from Meta's own JSON. The text of a button template stands in the message above it.
 *
 * @param {object} props
 * @param {JsonObject} props.payload
 * @param {OnButton} [props.onButton] absent where buttons cannot be tapped
 */
export function Template({ payload, onButton }) {
  const elements = objectsIn(at(payload, 'elements'));
  if (!['button', 'generic'].includes(textAt(payload, 'template_type') ?? '')) {
    return html`<div class="cards" role="group" aria-label="Card">
      <${OtherCard} payload=${payload} elements=${elements} onButton=${onButton} />
    </div>`;
  }
  if (elements.length === 0) return html`<${Buttons} of=${payload} onButton=${onButton} />`;
  const several = elements.length > 1;
  return html`<div
    class="cards"
    role="group"
    aria-label=${several ? `${elements.length} cards` : 'Card'}
    tabindex=${several ? 0 : undefined}
  >
    ${elements.map((element, index) => html`<${Card} key=${index} element=${element} onButton=${onButton} />`)}
  </div>`;
}

/**
 * A template that looks like nothing of the emulator's: what it says, line by line, and its buttons.
 *
 * @param {{ payload: JsonObject, elements: readonly JsonObject[], onButton?: OnButton }} props
 */
function OtherCard({ payload, elements, onButton }) {
  return html`<div class="card">
    <div class="card-text">
      <strong>${textAt(payload, 'template_type')}</strong>
      ${linesOf(payload).map((line) => html`<span key=${line}>${line}</span>`)}
    </div>
    ${[payload, ...elements].map((part, index) => html`<${Buttons} key=${index} of=${part} onButton=${onButton} />`)}
  </div>`;
}

const mostLines = 40;

/**
 * The texts and numbers in a template with their names.
 *
 * @param {JsonObject} payload
 */
function linesOf(payload) {
  /** @type {string[]} */
  const lines = [];
  const read = (/** @type {unknown} */ value, /** @type {string} */ name) => {
    if (lines.length >= mostLines || ['buttons', 'template_type'].includes(name)) return;
    if (Array.isArray(value)) value.forEach((member) => read(member, name));
    else if (isObject(value)) Object.entries(value).forEach(([key, member]) => read(member, key));
    else lines.push(`${name.replaceAll('_', ' ')}: ${String(value)}`);
  };
  read(payload, '');
  return lines;
}

/** @param {{ element: JsonObject, onButton?: OnButton }} props */
function Card({ element, onButton }) {
  const image = textAt(element, 'image_url');
  const subtitle = textAt(element, 'subtitle');
  const title = textAt(element, 'title') ?? '';
  const leadsTo = webAddress(textAt(element, 'default_action', 'url'));
  return html`<div class="card">
    ${image !== undefined && html`<${Picture} address=${image} alt="" />`}
    <div class="card-text">
      <strong>${leadsTo === undefined ? title : html`<${Link} to=${leadsTo} title=${title} />`}</strong>
      ${subtitle !== undefined && html`<span>${subtitle}</span>`}
    </div>
    <${Buttons} of=${element} onButton=${onButton} />
  </div>`;
}

/** @param {{ of: JsonObject, onButton?: OnButton }} props */
function Buttons({ of, onButton }) {
  const buttons = objectsIn(of['buttons']);
  if (buttons.length === 0) return null;
  return html`<div class="buttons">
    ${buttons.map((button, index) => html`<${Button} key=${index} button=${button} onButton=${onButton} />`)}
  </div>`;
}

/** @param {{ button: JsonObject, onButton?: OnButton }} props */
function Button({ button, onButton }) {
  const title = textAt(button, 'title') ?? '';
  const payload = textAt(button, 'payload') ?? '';
  switch (button['type']) {
    case 'account_link':
    case 'account_unlink':
    case 'postback':
      return onButton === undefined
        ? html`<span>${title}</span>`
        : html`<button onClick=${() => onButton(title, payload)}>${title}</button>`;
    case 'web_url': {
      const url = textAt(button, 'url');
      const leadsTo = webAddress(url);
      return leadsTo === undefined
        ? html`<span>${title} <small>${url}</small></span>`
        : html`<${Link} to=${leadsTo} title=${title} />`;
    }
    default:
      return html`<span>${title} <small>${payload}</small></span>`;
  }
}

/** @param {{ to: string, title: string }} props */
function Link({ to, title }) {
  return html`<a href=${to} title=${to} target="_blank" rel="noopener noreferrer"
    >${title} <span aria-hidden="true">↗</span><span class="spoken"> (opens in a new tab)</span></a
  >`;
}

/**
 * @param {unknown} value
 * @returns {readonly JsonObject[]}
 */
const objectsIn = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
