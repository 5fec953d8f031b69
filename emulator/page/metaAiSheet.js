import { html } from 'htm/preact';
import { LineForm } from './forms.js';
import { hasMetaAi, metaAiId } from '../narration/names.js';
import { ask } from './requests.js';
import { chosenPsid, owner, state } from './session.js';
import { Sheet } from './sheet.js';

/** Plays Meta's AI by hand: it takes the conversation, answers and gives it back. */
export function MetaAiSheet() {
  if (state.value === undefined || !hasMetaAi(state.value)) return null;
  const path = `meta-ai/${chosenPsid.value}`;
  const owns = owner.value === metaAiId;
  const content = (/** @type {() => void} */ close) => {
    const act = async (/** @type {string} */ what, /** @type {Readonly<Record<string, string>>} */ body = {}) => {
      close();
      await ask(`${path}/${what}`, body);
    };
    return owns
      ? html`
          <${LineForm}
            label="What Meta's AI says"
            name="text"
            action="Answer"
            onSend=${(/** @type {Readonly<Record<string, string>>} */ fields) => void act('answer', fields)}
          />
          <button onClick=${() => void act('hand-back')}>Pass the conversation back</button>
          <button onClick=${() => void act('hand-back', { event: 'none' })}>Give it back with only a notice</button>
        `
      : html`<button onClick=${() => void act('take')}>Take the conversation</button>`;
  };
  return html`<${Sheet} name="meta-ai" label="Meta's AI">${content}<//>`;
}
