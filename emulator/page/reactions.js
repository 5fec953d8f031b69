import { signal, useSignal } from '@preact/signals';
import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { saidInWords } from '../narration/attachments.js';
import { read } from './requests.js';

/** @import { Signal } from '@preact/signals' */
/** @import { ThreadMessage } from '../core/state.ts' */

/**
 * The emoji for each of Meta's words.
 *
 * @type {Signal<Readonly<Record<string, string>>>}
 */
const reactions = signal({});

/** Reads the available reactions. */
export async function readReactions() {
  reactions.value = await read('reactions');
}

/** Some of these characters are drawn as text unless they are marked as emoji. */
const asPicture = (/** @type {string} */ sign) => `${sign}\uFE0F`;

/**
 * How the customer has reacted.
 *
 * @param {{ reaction: string }} props
 */
export function Reaction({ reaction }) {
  return html`<span class="reaction" role="img" aria-label=${`Reaction: ${reaction}`} title=${reaction}>
    ${asPicture(reactions.value[reaction] ?? '')}
  </span>`;
}

/** Below the last message, the palette may open out of sight. */
const intoView = (/** @type {HTMLElement | null} */ palette) => palette?.scrollIntoView({ block: 'nearest' });

/**
 * A button beside a message that opens the palette of reactions.
 *
 * @param {object} props
 * @param {ThreadMessage} props.message
 * @param {number} props.tabindex
 * @param {(reaction: string, action: 'react' | 'unreact') => void} props.onReact
 */
export function ReactionButton({ message, tabindex, onReact }) {
  const open = useSignal(false);
  /** @type {{ current: HTMLButtonElement | null }} */
  const opener = useRef(null);
  const close = () => {
    open.value = false;
    opener.current?.focus();
  };
  return html`<div
    class=${`react ${open.value ? 'open' : ''}`}
    onKeyDown=${(/** @type {KeyboardEvent} */ { key }) => {
      if (key === 'Escape') close();
    }}
  >
    <button
      ref=${opener}
      tabindex=${tabindex}
      aria-expanded=${String(open.value)}
      aria-label=${`React to ${saidInWords(message)}`}
      title="React"
      onClick=${() => (open.value = !open.value)}
    >
      <svg class="own" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="8" />
        <path d="M6.5 12a4 4 0 0 0 7 0M7 7.5v1M13 7.5v1" />
      </svg>
    </button>
    ${
      open.value &&
      html`<div class="palette" role="group" aria-label="Reactions" ref=${intoView}>
        ${Object.entries(reactions.value).map(([reaction, sign]) => {
          const chosen = message.reaction === reaction;
          return html`<button
            key=${reaction}
            aria-label=${reaction}
            title=${reaction}
            aria-pressed=${String(chosen)}
            onClick=${() => {
              onReact(reaction, chosen ? 'unreact' : 'react');
              close();
            }}
          >
            ${asPicture(sign)}
          </button>`;
        })}
      </div>`
    }
  </div>`;
}
