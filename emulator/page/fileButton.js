import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';

/**
 * A button by which a file is chosen.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.accept] the types that are offered
 * @param {(file: File) => void} props.onFile
 */
export function FileButton({ label, accept, onFile }) {
  /** @type {{ current: HTMLInputElement | null }} */
  const input = useRef(null);
  return html`
    <button type="button" onClick=${() => input.current?.click()}>${label}</button>
    <input
      ref=${input}
      type="file"
      accept=${accept}
      hidden
      onChange=${() => {
        const { current } = input;
        const file = current?.files?.[0];
        if (current === null || file === undefined) return;
        onFile(file);
        // The same file can be chosen again.
        current.value = '';
      }}
    />
  `;
}
