import { signal } from '@preact/signals';
import { html } from 'htm/preact';
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
const webhookFaults = [
  { id: 'drop', name: 'is dropped' },
  { id: 'duplicate', name: 'comes twice' },
  { id: 'reorder', name: 'comes after the next' },
  { id: 'delay', name: 'comes 3 s late' },
  { id: 'hold', name: 'is held back' },
];
const any = { id: '', name: 'any' };

/**
 * The refusals of Graph by name.
 *
 * @type {Signal<Readonly<Record<string, { message: string, code: number }>>>}
 */
const faults = signal({});

/** Reads what can be injected. */
export async function readFaults() {
  faults.value = await read('faults');
}

/** What goes wrong next, with calls and with webhooks, and who may take conversations. */
export function FaultsSheet() {
  const names = Object.entries(faults.value).map(([id, { message }]) => ({ id, name: `${id} – ${message}` }));
  const apps = [any, ...receivers.value.filter(({ id }) => id !== inboxId)];
  const page = state.value;
  const content = () => html`
    <form onSubmit=${armGraph}>
      <h2>Next Graph call</h2>
      <label class="field"><span>of</span><${Named} name="appId" options=${apps} /></label>
      <label class="field"><span>to</span><${Named} name="edge" options=${[any, ...edges.map(asOption)]} /></label>
      <label class="field wide">
        <span>fails with</span>
        <${Named} name="fault" options=${[...names, { id: 'reset', name: 'connection cut, no answer' }]} />
      </label>
      <label class="field">
        <span>taking effect</span>
        <${Named}
          name="when"
          options=${[
            { id: 'before', name: 'no' },
            { id: 'after', name: 'yes, and not telling' },
          ]}
        />
      </label>
      <button class="primary">Arm</button>
    </form>
    <form onSubmit=${armWebhook}>
      <h2>Next webhook</h2>
      <label class="field"><span>to</span><${Named} name="appId" options=${apps} /></label>
      <label class="field"><span>of</span><${Named} name="kind" options=${[any, ...kinds.map(asOption)]} /></label>
      <label class="field"><span>that</span><${Named} name="fault" options=${webhookFaults} /></label>
      <button class="primary">Arm</button>
      <button type="button" onClick=${releaseHeld}>Send what is held back</button>
    </form>
    ${page?.mode === 'routing' && html`<${MayTake} apps=${page.apps} />`}
  `;
  return html`<${Sheet} name="faults" label="Faults">${content}<//>`;
}

/** @param {{ apps: EmulatorState['apps'] }} props */
function MayTake({ apps }) {
  const allowed = apps.filter(({ mayTakeControl }) => mayTakeControl).map(({ id }) => id);
  return html`<fieldset>
    <legend>May take conversations of others</legend>
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
