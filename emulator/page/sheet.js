import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';

/** @import { ComponentChild } from 'preact' */

/**
 * A button that opens a sheet beside it. The sheet closes on Escape, which moves the focus back to the button, or on a click elsewhere.
 *
 * @param {object} props
 * @param {string} props.name the class of both
 * @param {ComponentChild} props.label on the button
 * @param {string} [props.spoken] the button's accessible name, if its label is a symbol
 * @param {(close: () => void) => ComponentChild} props.children
 */
export function Sheet({ name, label, spoken, children }) {
  /** @type {{ current: HTMLDetailsElement | null }} */
  const sheet = useRef(null);
  useEffect(() => {
    const closeFromOutside = (/** @type {Event} */ { target }) => {
      const { current } = sheet;
      if (current !== null && target instanceof Node && !current.contains(target)) current.open = false;
    };
    document.addEventListener('click', closeFromOutside);
    return () => document.removeEventListener('click', closeFromOutside);
  }, []);
  const close = () => {
    const { current } = sheet;
    if (current === null) return;
    current.open = false;
    current.querySelector('summary')?.focus();
  };
  return html`
    <details
      class=${name}
      ref=${sheet}
      onKeyDown=${(/** @type {KeyboardEvent} */ { key }) => {
        if (key === 'Escape') close();
      }}
    >
      <summary aria-label=${spoken} title=${spoken}>${label}</summary>
      <div class="sheet">${children(close)}</div>
    </details>
  `;
}
