import { html } from 'htm/preact';
import { unsupportedInWords } from '../narration/attachments.js';
import { textAt } from '../narration/json.js';
import { receiver } from './participants.js';
import { Reaction, ReactionButton } from './reactions.js';
import { SentFile } from './sentFiles.js';
import { Template } from './templates.js';
import { timeOf } from './words.js';

/** @import { ThreadMessage } from '../core/state.ts' */

/**
 * @typedef {object} MessageProps
 * @property {ThreadMessage} message
 * @property {'customer' | 'page'} side whose messages are on the right
 * @property {boolean} named whether the name of who spoke stands above it
 * @property {string} mark what is known of its way, in a word
 * @property {boolean} last whether it is the last message of the Page
 * @property {(button: { title: string, payload?: string, appId: string }) => void} [onButton] absent where buttons cannot be tapped
 * @property {(reaction: { mid: string, reaction: string, action: string }) => void} [onReact] absent where nobody can react
 */

/**
 * One message of a conversation with everything that belongs to it.
 *
 * @param {MessageProps} props
 */
export function Message({ message, side, named, mark, last, onButton, onReact }) {
  const { mid, at, from, appId, persona, attachments = [] } = message;
  const text = message.unsupported === true ? unsupportedInWords : message.text;
  const sender = from === 'customer' ? undefined : receiver(appId);
  const tap =
    onButton === undefined || appId === undefined
      ? undefined
      : (/** @type {string} */ title, /** @type {string} */ payload) =>
          onButton({ title, appId, ...(payload === '' ? {} : { payload }) });
  return html`
    <div class=${`said ${from === side ? 'own' : 'other'}`} data-colour=${sender?.colour ?? 'customer'}>
      ${
        named &&
        sender !== undefined &&
        html`<span class="sender">${persona === undefined ? sender.name : `${persona.name} (${sender.name})`}</span>`
      }
      ${text !== '' && html`<div class="bubble" title=${timeOf(at)}>${text}</div>`}
      ${attachments.map(({ type, payload }, index) =>
        type === 'template'
          ? html`<${Template} key=${index} payload=${payload} onButton=${tap} />`
          : html`<${SentFile} key=${index} type=${type} address=${textAt(payload, 'url') ?? ''} />`,
      )}
      <div class="under">
        ${mark !== '' && html`<span class="mark">${mark}</span>`}
        ${message.replyTo !== undefined && html`<span class="mark">in reply</span>`}
        ${message.pageReaction !== undefined && html`<span class="mark">${message.pageReaction}</span>`}
        ${message.reaction !== undefined && html`<${Reaction} reaction=${message.reaction} />`}
        ${
          onReact !== undefined &&
          from === 'page' &&
          html`<${ReactionButton}
            message=${message}
            tabindex=${last ? 0 : -1}
            onReact=${(/** @type {string} */ reaction, /** @type {string} */ action) => onReact({ mid, reaction, action })}
          />`
        }
      </div>
    </div>
  `;
}
