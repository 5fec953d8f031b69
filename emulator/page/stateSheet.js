import { html } from 'htm/preact';
import { FileButton } from './fileButton.js';
import { importState } from './requests.js';
import { mayForget } from './session.js';
import { Sheet } from './sheet.js';

/** Saves the whole state to a file, and goes on from one. */
export function StateSheet() {
  const content = (/** @type {() => void} */ close) => html`
    <button
      onClick=${() => {
        close();
        exportToFile();
      }}
    >
      Export to a file
    </button>
    <${FileButton}
      label="Import from a file"
      accept="application/json,.json"
      onFile=${(/** @type {File} */ file) => {
        close();
        void importFrom(file);
      }}
    />
  `;
  return html`<${Sheet} name="state" label="State">${content}<//>`;
}

function exportToFile() {
  const link = document.createElement('a');
  link.href = '/_emulator/state/export';
  link.download = 'emulator-state.json';
  link.click();
}

/** @param {File} file */
async function importFrom(file) {
  const question = `Go on from ${file.name}? The emulator forgets all conversations that it has now.`;
  if (mayForget(question)) await importState(file);
}
