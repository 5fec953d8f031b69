import { signal, useSignal } from '@preact/signals';
import { html } from 'htm/preact';
import { ArmedFaults } from './armedFaults.js';
import { fieldsOf, Named } from './forms.js';
import { webhookFaults } from '../narration/faultsInWords.js';
import { inboxId } from '../narration/names.js';
import { receivers } from './participants.js';
import { ask, read } from './requests.js';
import { state } from './session.js';
import { Sheet } from './sheet.js';
import { TokensForm } from './tokensForm.js';

/** @import { Signal } from '@preact/signals' */
/** @import { EmulatorState } from '../emulator.ts' */
/** @import { FaultMode, FaultSpec } from '../faults/faultSpec.ts' */

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
const chosen = signal('');

/**
 * What can go wrong with a call beside refusals.
 *
 * @type {Readonly<Record<string, { name: string, spec: FaultSpec }>>}
 */
const troubles = {
  reset: { name: 'connection cut, no answer', spec: { connection: 'reset' } },
  silent: { name: 'no answer at all', spec: { connection: 'silent' } },
  slow: { name: 'answer 3 s late', spec: { delayMs: lateMs } },
  twice: { name: 'arrives twice', spec: { effect: 'twice' } },
};
const troubleOptions = Object.entries(troubles).map(([id, { name }]) => ({ id, name }));
const places = [
  { id: '', name: 'Graph' },
  { id: 'connector', name: 'Azure’s Connector' },
  { id: 'token', name: 'Azure’s token endpoint' },
];

/** Reads what can be injected. */
export async function readFaults() {
  faults.value = await read('faults');
}

/** Faults of calls and webhooks, and which apps may take conversations. */
export function FaultsSheet() {
  const names = Object.keys(faults.value).map(asOption);
  const message = faults.value[chosen.value === '' ? (names[0]?.id ?? '') : chosen.value]?.message;
  const apps = [any, ...receivers.value.filter(({ id }) => id !== inboxId)];
  const page = state.value;
  const customers = [any, ...(page?.customers ?? []).map(({ psid, name }) => ({ id: psid, name: shortened(name) }))];
  const content = () => html`
    <form onSubmit=${armCalls}>
      <h2>Calls</h2>
      <label class="field"><span>of</span><${Named} name="at" options=${places} /></label>
      <label class="field"><span>to</span><${Named} name="edge" options=${[any, ...edges.map(asOption)]} /></label>
      <label class="field wide"><span>by</span><${Named} name="appId" options=${apps} /></label>
      <label class="field wide"><span>about</span><${Named} name="psid" options=${customers} /></label>
      <label class="field wide">
        <span>fail with</span>
        <${Named}
          name="fault"
          options=${[...names, ...troubleOptions]}
          onChoose=${(/** @type {string} */ id) => (chosen.value = id)}
        />
      </label>
      ${message !== undefined && html`<p class="wide quotes">${message}</p>`}
      <label class="field wide">
        <span>take effect</span>
        <${Named}
          name="when"
          options=${[
            { id: 'before', name: 'no' },
            { id: 'after', name: 'yes, app not told' },
          ]}
        />
      </label>
      <${Often} />
      <button class="primary">Arm</button>
    </form>
    <form onSubmit=${armWebhooks}>
      <h2>Webhooks</h2>
      <label class="field wide"><span>to</span><${Named} name="appId" options=${apps} /></label>
      <label class="field wide"><span>about</span><${Named} name="psid" options=${customers} /></label>
      <label class="field"><span>of kind</span><${Named} name="kind" options=${[any, ...kinds.map(asOption)]} /></label>
      <label class="field">
        <span>are</span>
        <${Named} name="fault" options=${Object.entries(webhookFaults).map(([id, name]) => ({ id, name }))} />
      </label>
      <${Often} />
      <button class="primary">Arm</button>
      <button type="button" onClick=${releaseHeld}>Send held webhooks</button>
    </form>
    <${ArmedFaults} />
    <${TokensForm} />
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

/**
 * A choice is as wide as the longest of its words.
 *
 * @param {string} name
 */
const shortened = (name) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);

/** @param {string} name */
const asOption = (name) => ({ id: name, name });

/** Which of those that match: the next few, one in so many, or all. */
function Often() {
  const mode = useSignal('next');
  return html`
    <label class="field">
      <span>how often</span>
      <${Named}
        name="mode"
        options=${[
          { id: 'next', name: 'the next few' },
          { id: 'every', name: 'one in so many' },
          { id: 'always', name: 'always' },
        ]}
        onChoose=${(/** @type {string} */ id) => (mode.value = id)}
      />
    </label>
    ${
      mode.value !== 'always' &&
      html`<label class="field">
        <span>how many</span>
        <input name="count" type="number" min="1" step="1" value=${mode.value === 'next' ? '1' : '3'} required />
      </label>`
    }
  `;
}

/**
 * @param {string | undefined} mode
 * @param {string | undefined} count
 * @returns {FaultMode}
 */
const modeOf = (mode, count) =>
  mode === 'always' ? 'always' : mode === 'every' ? { every: Number(count) } : { next: Number(count) };

/** @param {SubmitEvent} event */
function armCalls(event) {
  const { fault = '', when, mode, count, at, appId, edge, psid } = fieldsOf(event);
  // The page knows no ids of bots at Azure, each of its endpoints has one edge, and calls for a token are about nobody.
  const match = at === undefined ? { appId, edge, psid } : at === 'token' ? { at } : { at, psid };
  void ask('faults', { match, when, mode: modeOf(mode, count), ...(troubles[fault]?.spec ?? { fault }) });
}

/** @param {SubmitEvent} event */
function armWebhooks(event) {
  const { fault, mode, count, ...match } = fieldsOf(event);
  const late = fault === 'delay' ? { delayMs: lateMs } : {};
  void ask('webhook-faults', { fault, match, mode: modeOf(mode, count), ...late });
}

function releaseHeld() {
  for (const { id } of state.value?.apps ?? []) void ask(`apps/${id}/let-go`);
}
