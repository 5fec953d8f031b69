import { html } from 'htm/preact';
import { FileButton } from './fileButton.js';
import { LineForm } from './forms.js';
import { textAt } from '../narration/json.js';
import { ask, upload } from './requests.js';
import { chosenPsid, state, thread } from './session.js';
import { Sheet } from './sheet.js';

/** What a customer can do besides writing text. */
export function CustomerMenu() {
  const path = `customers/${chosenPsid.value}`;
  const canStart = state.value?.apps.some(({ profile }) => profile['get_started'] !== undefined) ?? false;
  const content = (/** @type {() => void} */ close) => {
    const act = async (/** @type {string} */ what, /** @type {Readonly<Record<string, string>>} */ body = {}) => {
      close();
      await ask(`${path}/${what}`, body);
    };
    return html`
      <${FileButton}
        label="Send a photo or file"
        onFile=${(/** @type {File} */ file) => (close(), void sendFile(path, file))}
      />
      ${canStart && html`<button onClick=${() => void act('get-started')}>Tap Get Started</button>`}
      <${LineForm}
        label="Ref of an m.me link"
        name="ref"
        action="Follow"
        onSend=${(/** @type {Readonly<Record<string, string>>} */ fields) => void act('referrals', fields)}
      />
      <${LineForm}
        label="Payload of an opt-in"
        name="payload"
        action="Opt in"
        onSend=${(/** @type {Readonly<Record<string, string>>} */ fields) => void act('opt-ins', fields)}
      />
      <${LineForm}
        label="Id of an ad"
        name="adId"
        action="Follow"
        onSend=${(/** @type {Readonly<Record<string, string>>} */ fields) => void act('referrals', fields)}
      />
      <button onClick=${() => void act('unsupported')}>Send something unsupported</button>
      <${Receipts} onRead=${(/** @type {string} */ what) => void act(what)} />
    `;
  };
  return html`<${Sheet} name="more" label="+" spoken="More actions">${content}<//>`;
}

/**
 * @param {string} path of the customer
 * @param {File} file
 */
async function sendFile(path, file) {
  const kept = await upload(file);
  const [type, url] = [textAt(kept, 'type'), textAt(kept, 'url')];
  if (type !== undefined && url !== undefined) await ask(`${path}/attachments`, { type, url });
}

/**
 * When the phone receives and reads: at once or on a click.
 *
 * @param {{ onRead: (what: string) => void }} props
 */
function Receipts({ onRead }) {
  const automatic = state.value?.switches.receipts === 'automatic';
  const hasAnswer = thread.value?.messages.some(({ from }) => from === 'page') ?? false;
  return html`<div class="receipts" role="group" aria-label="Receipts">
    <label>
      <input
        type="checkbox"
        checked=${automatic}
        onChange=${() => void ask('switches', { receipts: automatic ? 'onCommand' : 'automatic' })}
      />
      Receive and read at once
    </label>
    ${
      !automatic &&
      html`<span>Mark the last answer as</span>
        <button disabled=${!hasAnswer} onClick=${() => onRead('deliveries')}>received</button>
        <button disabled=${!hasAnswer} onClick=${() => onRead('reads')}>read</button>`
    }
  </div>`;
}
