import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { asCurl, asFixture, pretty } from './copies.js';
import { html } from 'htm/preact';
import { at, isObject, textAt } from '../narration/json.js';
import { receiver } from './participants.js';
import { ask, problem } from './requests.js';
import { state } from './session.js';
import { openRow } from './timeline.js';
import { tellsWhy } from '../narration/words.js';
import { labelOf, timeOf } from './words.js';

/** @import { EmulatorEvent } from '../trace/emulatorEvent.ts' */

/** The events of a row in full, to read and to copy. */
export function Details() {
  const row = openRow.value;
  /** @type {{ current: HTMLDialogElement | null }} */
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    if (row !== undefined && current?.open === false) current.showModal();
  }, [row]);
  if (row === undefined) return null;
  const close = () => dialog.current?.close();
  return html`
    <dialog
      class="details"
      ref=${dialog}
      aria-labelledby="details-title"
      onClose=${() => (openRow.value = undefined)}
      onClick=${(/** @type {MouseEvent} */ { target }) => {
        if (target === dialog.current) close();
      }}
    >
      <header>
        <h2 id="details-title">${row.code ?? labelOf(row)}</h2>
        <button onClick=${close}>Close</button>
      </header>
      ${row.because.length > 0 && html`<p class="why"><b>${tellsWhy(row) ? 'Why' : 'Then'}</b> ${row.because.join(' ')}</p>`}
      <div class="events" tabindex="0" role="region" aria-label="Events in full">
        ${row.events.map((event) => html`<${EventInFull} key=${event.id} event=${event} />`)}
      </div>
    </dialog>
  `;
}

/** @param {{ event: EmulatorEvent }} props */
function EventInFull({ event }) {
  const curl = asCurl(event);
  const post = at(event, 'post');
  const body = textAt(post, 'body');
  const headers = at(post, 'headers');
  const stack = textAt(event, 'stack');
  const deliveryId = textAt(event, 'deliveryId');
  /** @type {unknown} */
  const whole = at(event, 'activity') ?? (body === undefined ? event : JSON.parse(body));
  return html`
    <article>
      <h3>${titleOf(event)} <small>event ${event.id} · ${timeOf(event.at)}</small></h3>
      <div class="copies">
        <${Copy} label="Copy JSON" text=${() => body ?? pretty(whole)} />
        ${curl !== undefined && html`<${Copy} label="Copy as curl (bash)" text=${() => curl} />`}
        <${Copy} label="Copy as fixture" text=${() => asFixture(event, state.value?.mode ?? '')} />
        ${deliveryId !== undefined && html`<${SendAgain} deliveryId=${deliveryId} />`}
      </div>
      ${
        isObject(post) &&
        html`<dl class="headers">
          <dt>POST</dt>
          <dd>${textAt(post, 'url')}</dd>
          ${
            isObject(headers) &&
            Object.entries(headers).map(
              ([name, value]) =>
                html`<dt>${name}</dt>
                  <dd>${String(value)}</dd>`,
            )
          }
        </dl>`
      }
      ${stack !== undefined && html`<pre tabindex="0" aria-label="Stack">${stack}</pre>`}
      <pre tabindex="0" aria-label="JSON">${pretty(whole)}</pre>
    </article>
  `;
}

/** @param {{ deliveryId: string }} props */
function SendAgain({ deliveryId }) {
  const answer = useSignal('');
  const send = async () => {
    answer.value = '';
    const answered = await ask(`deliveries/${deliveryId}/redeliver`);
    // A refusal is shown behind this dialog, so it is repeated here.
    const status = textAt(answered, 'status') ?? 'no answer';
    answer.value = answered === undefined ? (problem.value ?? '') : `Sent: ${status}`;
  };
  return html`<button onClick=${send}>Send again</button><span role="status">${answer.value}</span>`;
}

/** @param {EmulatorEvent} event */
function titleOf(event) {
  const appId = textAt(event, 'appId');
  const who = appId === undefined ? '' : ` · ${receiver(appId).name}`;
  const channel = textAt(event, 'channel');
  const again = at(event, 'redelivery') === true ? ' · sent again' : '';
  return `${event.type}${who}${channel === undefined ? '' : ` · ${channel}`}${again}`;
}

/** @param {{ label: string, text: () => string }} props */
function Copy({ label, text }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text());
    copied.value = true;
    setTimeout(() => (copied.value = false), 1500);
  };
  return html`<button onClick=${copy}>${copied.value ? 'Copied' : label}</button>`;
}
