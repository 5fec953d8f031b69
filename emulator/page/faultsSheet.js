import { signal } from '@preact/signals';
import { html } from 'htm/preact';
import { ArmedFaults, webhookFaults } from './armedFaults.js';
import { fieldsOf, Named } from './forms.js';
import { inboxId } from '../narration/names.js';
import { receivers } from './participants.js';
import { ask, read } from './requests.js';
import { state } from './session.js';
import { Sheet } from './sheet.js';

/** @import { Signal } from '@preact/signals' */
/** @import { EmulatorState } from '../emulator.ts' */

const edges = ['messages', 'pass_thread_control', 'take_thread_control', 'request_thread_control', 'thread_owner'];
const kinds = ['message', 'postback', 'echo', 'pass_thread_control', 'take_thread_control', 'request_thread_control'];
const lateMs = 3000;
const any = { id: '', name: 'any' };

/**
 * Graph's refusals, by name.
 *
 * @type {Signal<Readonly<Record<string, { message: string, code: number }>>>}
 */
const faults = signal({});
const cut = { id: 'reset', name: 'connection cut, no answer' };
const chosen = signal('');

/** Reads what can be injected. */
export async function readFaults() {
  faults.value = await read('faults');
}

/** Faults of the next calls and webhooks, and which apps may take conversations. */
export function FaultsSheet() {
  const names = Object.keys(faults.value).map(asOption);
  const message = faults.value[chosen.value === '' ? (names[0]?.id ?? '') : chosen.value]?.message;
  const apps = [any, ...receivers.value.filter(({ id }) => id !== inboxId)];
  const page = state.value;
  const content = () => html`
    <form onSubmit=${armGraph}>
      <h2>Next Graph call</h2>
      <label class="field wide"><span>by</span><${Named} name="appId" options=${apps} /></label>
      <label class="field wide"><span>to</span><${Named} name="edge" options=${[any, ...edges.map(asOption)]} /></label>
      <label class="field wide">
        <span>fails with</span>
        <${Named}
          name="fault"
          options=${[...names, cut]}
          onChoose=${(/** @type {string} */ id) => (chosen.value = id)}
        />
      </label>
      ${message !== undefined && html`<p class="wide quotes">${message}</p>`}
      <label class="field wide">
        <span>takes effect</span>
        <${Named}
          name="when"
          options=${[
            { id: 'before', name: 'no' },
            { id: 'after', name: 'yes, app not told' },
          ]}
        />
      </label>
      <button class="primary">Arm</button>
    </form>
    <form onSubmit=${armWebhook}>
      <h2>Next webhook</h2>
      <label class="field wide"><span>to</span><${Named} name="appId" options=${apps} /></label>
      <label class="field wide"
        ><span>about</span><${Named} name="kind" options=${[any, ...kinds.map(asOption)]}
      /></label>
      <label class="field wide">
        <span>is</span>
        <${Named} name="fault" options=${Object.entries(webhookFaults).map(([id, name]) => ({ id, name }))} />
      </label>
      <button class="primary">Arm</button>
      <button type="button" onClick=${releaseHeld}>Send held webhooks</button>
    </form>
    <${ArmedFaults} />
    ${page?.mode === 'routing' && html`<${MayTake} apps=${page.apps} />`}
  `;
  return html`<${Sheet} name="faults" label="Faults">${content}<//>`;
}

/** @param {{ apps: EmulatorState['apps'] }} props */
function MayTake({ apps }) {
  const allowed = apps.filter(({ mayTakeControl }) => mayTakeControl).map(({ id }) => id);
  return html`<fieldset>
    <legend>May take other apps’ conversations</legend>
    ${apps.map(
      ({ id, name, mayTakeControl }) =>
        html`<label key=${id}>
          <input
            type="checkbox"
            checked=${mayTakeControl}
            onChange=${() =>
              void ask('roles', {
                mayTakeControl: mayTakeControl ? allowed.filter((app) => app !== id) : [...allowed, id],
              })}
          />
          ${name}
        </label>`,
    )}
  </fieldset>`;
}

/** @param {string} name */
const asOption = (name) => ({ id: name, name });

/** @param {SubmitEvent} event */
function armGraph(event) {
  const { fault, when, ...match } = fieldsOf(event);
  void ask('faults', { match, when, ...(fault === 'reset' ? { connection: 'reset' } : { fault }) });
}

/** @param {SubmitEvent} event */
function armWebhook(event) {
  const { fault, ...match } = fieldsOf(event);
  void ask('webhook-faults', { fault, match, ...(fault === 'delay' ? { delayMs: lateMs } : {}) });
}

function releaseHeld() {
  for (const { id } of state.value?.apps ?? []) void ask(`apps/${id}/let-go`);
}
