import { signal } from '@preact/signals';
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { firstRoles, inboxId, receivers } from './participants.js';
import { ask, read } from './requests.js';
import { now, state } from './session.js';
import { dayAndTimeOf } from './words.js';

/** @import { Signal } from '@preact/signals' */

const hourMs = 3_600_000;
const modes = [
  { id: 'routing', name: 'Routing', title: 'Conversation Routing with a default app: what Pages have today' },
  { id: 'open', name: 'Open', title: 'A Page of today without a default app' },
  { id: 'exclusive', name: 'Exclusive', title: 'The Handover Protocol of 2021 to 2023, with idle threads' },
  { id: 'classic', name: 'Classic', title: 'The Handover Protocol of 2017 to 2022' },
];
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

/** The Page's settings, time, faults and the way back to the beginning. */
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
      <div class="clock" role="group" aria-label="Clock">
        <span class="time"><${Clock} /></span>
        <button onClick=${() => void ask('clock/advance', { ms: hourMs })}>+1 h</button>
        <button onClick=${() => void ask('clock/advance', { ms: 24 * hourMs })}>+24 h</button>
      </div>
      <${Faults} />
      <button onClick=${() => void ask('reset')}>Reset</button>
    </div>
  `;
}

function Clock() {
  return html`${dayAndTimeOf(now.value)}`;
}

const any = { id: '', name: 'any' };

function Faults() {
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
  const closeOnEscape = (/** @type {KeyboardEvent} */ { key }) => {
    const { current } = sheet;
    if (key !== 'Escape' || current === null) return;
    current.open = false;
    current.querySelector('summary')?.focus();
  };
  const names = Object.entries(faults.value).map(([id, { message }]) => ({ id, name: `${id} – ${message}` }));
  const apps = [any, ...receivers.value.filter(({ id }) => id !== inboxId)];
  const page = state.value;
  return html`
    <details class="faults" ref=${sheet} onKeyDown=${closeOnEscape}>
      <summary>Faults</summary>
      <div class="sheet">
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
          <button type="button" onClick=${letGo}>Send what is held back</button>
        </form>
        ${
          page?.mode === 'routing' &&
          html`<fieldset>
            <legend>May take conversations of others</legend>
            ${page.apps.map(
              ({ id, name, mayTakeControl }) =>
                html`<label key=${id}>
                  <input
                    type="checkbox"
                    checked=${mayTakeControl}
                    onChange=${() => {
                      const others = page.apps
                        .filter((app) => app.mayTakeControl && app.id !== id)
                        .map((app) => app.id);
                      void ask('roles', { mayTakeControl: mayTakeControl ? others : [...others, id] });
                    }}
                  />
                  ${name}
                </label>`,
            )}
          </fieldset>`
        }
      </div>
    </details>
  `;
}

/** @param {string} word */
const capitalised = (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** @param {string} name */
const asOption = (name) => ({ id: name, name });

/**
 * What a form says, without what is left open.
 *
 * @param {SubmitEvent} event
 */
function fieldsOf(event) {
  event.preventDefault();
  const { target } = event;
  if (!(target instanceof HTMLFormElement)) return {};
  /** @type {Record<string, string>} */
  const fields = {};
  for (const [name, value] of new FormData(target)) {
    if (typeof value === 'string' && value !== '') fields[name] = value;
  }
  return fields;
}

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

function letGo() {
  for (const { id } of state.value?.apps ?? []) void ask(`apps/${id}/let-go`);
}

/** @typedef {readonly { readonly id: string, readonly name: string }[]} Options */

/** @param {{ name: string, options: Options }} props */
function Named({ name, options }) {
  return html`<select name=${name}>
    ${options.map(({ id, name: shown }) => html`<option key=${id} value=${id}>${shown}</option>`)}
  </select>`;
}

/** @param {{ value: string, options: Options, onChoose: (id: string) => void }} props */
function Choice({ value, options, onChoose }) {
  return html`<select
    value=${value}
    onChange=${(/** @type {Event} */ { target }) => {
      if (target instanceof HTMLSelectElement) onChoose(target.value);
    }}
  >
    ${options.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
  </select>`;
}
