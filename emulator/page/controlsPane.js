import { html } from 'htm/preact';
import { ClockSheet } from './clockSheet.js';
import { FaultsSheet } from './faultsSheet.js';
import { Choice } from './forms.js';
import { inboxId } from '../narration/names.js';
import { firstRoles, receivers } from './participants.js';
import { ask } from './requests.js';
import { mayForget, state } from './session.js';
import { StateSheet } from './stateSheet.js';

const modes = [
  { id: 'routing', name: 'Routing', title: 'Conversation Routing with a default app, as on Pages today' },
  { id: 'open', name: 'Open', title: 'Conversation Routing without a default app' },
  { id: 'exclusive', name: 'Exclusive', title: 'The Handover Protocol of 2021 to 2023, with idle threads' },
  { id: 'classic', name: 'Classic', title: 'The Handover Protocol of 2017 to 2022' },
];

/** The Page's settings, the clock, faults and the reset. */
export function Controls() {
  const page = state.value;
  if (page === undefined) return null;
  return html`
    <div class="controls" role="group" aria-label="Controls">
      <div class="segments" role="group" aria-label="Mode of the Page">
        ${modes.map(
          ({ id, name, title }) =>
            html`<button
              key=${id}
              title=${title}
              aria-pressed=${String(page.mode === id)}
              onClick=${() => void ask('mode', { mode: id })}
            >
              ${name}
            </button>`,
        )}
      </div>
      ${
        firstRoles[page.mode] !== undefined &&
        html`<label class="field">
          <span>${capitalised(firstRoles[page.mode] ?? '')}</span>
          <${Choice}
            value=${page.primaryAppId}
            options=${receivers.value.filter(({ id }) => id !== inboxId || page.mode !== 'classic')}
            onChoose=${(/** @type {string} */ primaryAppId) => void ask('roles', { primaryAppId })}
          />
        </label>`
      }
      ${
        (page.mode === 'routing' || page.mode === 'open') &&
        html`<label class="field">
          <input
            type="checkbox"
            checked=${page.metaAi === 'on'}
            onChange=${() => void ask('meta-ai', { metaAi: page.metaAi === 'on' ? 'off' : 'on' })}
          />
          <span>Meta's AI</span>
        </label>`
      }
      <${ClockSheet} />
      <${FaultsSheet} />
      <${StateSheet} />
      <button onClick=${reset}>Reset</button>
    </div>
  `;
}

function reset() {
  if (mayForget('Go back to the beginning? The emulator forgets all conversations.')) void ask('reset');
}

/** @param {string} word */
const capitalised = (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
