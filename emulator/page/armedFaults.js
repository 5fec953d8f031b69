import { html } from 'htm/preact';
import { spanInWords } from '../narration/time.js';
import { receiver } from './participants.js';
import { ask } from './requests.js';
import { state } from './session.js';

/** @import { ArmedFault, FaultSpec } from '../faults/injectedFaults.ts' */
/** @import { WebhookFaultKind } from '../faults/webhookFaultKinds.ts' */

/**
 * What the page's faults do to a webhook.
 *
 * @type {Readonly<Record<WebhookFaultKind, string>>}
 */
export const webhookFaults = {
  drop: 'dropped',
  duplicate: 'sent twice',
  reorder: 'sent after the next one',
  delay: 'sent 3 s late',
  hold: 'held back',
};

/** What is still going to go wrong, each with a button that takes it back. */
export function ArmedFaults() {
  const armed = state.value?.armedFaults ?? [];
  if (armed.length === 0) return null;
  return html`<section aria-labelledby="armed-title">
    <h2 id="armed-title">Armed</h2>
    <ul class="armed">
      ${armed.map((fault) => {
        const words = inWords(fault);
        return html`<li key=${fault.faultId}>
          <span>${words}</span>
          <button
            type="button"
            aria-label=${`Disarm: ${words}`}
            onClick=${(/** @type {MouseEvent} */ event) => {
              // The button goes with its fault, so the sheet would take this for a click outside.
              event.stopPropagation();
              void ask(`faults/${fault.faultId}/disarm`);
            }}
          >
            Disarm
          </button>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** @param {ArmedFault} armed */
function inWords({ timesLeft, ...armed }) {
  const next = (/** @type {string} */ what) => `Next ${timesLeft === 1 ? what : `${timesLeft} ${what}s`}`;
  const { appId } = armed.spec.match ?? {};
  if (armed.of === 'webhooks') {
    const { fault, delayMs, match: { kind, channel } = {} } = armed.spec;
    const how = fault === 'delay' && delayMs !== undefined ? `sent ${spanInWords(delayMs)} late` : webhookFaults[fault];
    const to = appId === undefined ? '' : ` to ${receiver(appId).name}`;
    const about = kind === undefined ? '' : ` about ${kind}`;
    return `${next('webhook')}${to}${about}${channel === undefined ? '' : ` on ${channel}`}: ${how}`;
  }
  const { at, method, edge } = armed.spec.match ?? {};
  const what = at === undefined || at === 'graph' ? 'Graph call' : at === 'token' ? 'token call' : 'Connector call';
  const by = appId === undefined ? '' : ` by ${receiver(appId).name}`;
  const to = [method, edge].filter((part) => part !== undefined).join(' ');
  return `${next(what)}${by}${to === '' ? '' : ` to ${to}`}: ${failureInWords(armed.spec)}`;
}

/** @param {FaultSpec} spec */
function failureInWords({ fault, connection, body, delayMs, when }) {
  const name = typeof fault === 'string' ? fault : fault?.message;
  const parts = [
    name,
    connection === 'reset' ? 'connection cut' : connection === 'silent' ? 'no answer' : undefined,
    body === undefined ? undefined : `spoiled answer (${body})`,
    delayMs === undefined || delayMs === 0 ? undefined : `${spanInWords(delayMs)} late`,
    when === 'after' ? 'takes effect' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
