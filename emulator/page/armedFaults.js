import { html } from 'htm/preact';
import { oftenInWords, webhookFaults } from '../narration/faultsInWords.js';
import { spanInWords } from '../narration/time.js';
import { receiver } from './participants.js';
import { ask } from './requests.js';
import { state } from './session.js';

/** @import { ArmedFault, FaultMode, FaultSpec } from '../faults/faultSpec.ts' */

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
          <small>${countInWords(fault)}</small>
          <button
            type="button"
            aria-label=${`Disarm: ${words}`}
            onClick=${takingBack(`faults/${fault.faultId}/disarm`)}
          >
            Disarm
          </button>
        </li>`;
      })}
    </ul>
    ${armed.length > 1 && html`<button type="button" onClick=${takingBack('faults/disarm-all')}>Disarm all</button>`}
  </section>`;
}

/** @param {string} path */
const takingBack = (path) => (/** @type {MouseEvent} */ event) => {
  // The button goes with its fault, so the sheet would take this for a click outside.
  event.stopPropagation();
  void ask(path);
};

/** @param {ArmedFault} armed */
function countInWords({ hits, matched }) {
  if (matched === 0) return 'not hit yet';
  return hits === matched ? `hit ${hits}` : `hit ${hits} of ${matched}`;
}

/** @param {ArmedFault} armed */
function inWords({ timesLeft, mode: armedMode, ...armed }) {
  /** @type {FaultMode} */
  const mode = timesLeft === undefined ? armedMode : { next: timesLeft };
  const often = (/** @type {string} */ what) => {
    const words = oftenInWords(mode, what);
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  };
  const { appId, psid } = armed.spec.match ?? {};
  const whose = psid === undefined ? '' : ` of ${nameOf(psid)}`;
  if (armed.of === 'webhooks') {
    const { fault, delayMs, match: { kind, channel } = {} } = armed.spec;
    const how = fault === 'delay' && delayMs !== undefined ? `sent ${spanInWords(delayMs)} late` : webhookFaults[fault];
    const to = appId === undefined ? '' : ` to ${receiver(appId).name}`;
    const about = kind === undefined ? '' : ` about ${kind}`;
    return `${often('webhook')}${to}${about}${channel === undefined ? '' : ` on ${channel}`}${whose}: ${how}`;
  }
  const { at, method, edge } = armed.spec.match ?? {};
  const what = at === undefined || at === 'graph' ? 'Graph call' : at === 'token' ? 'token call' : 'Connector call';
  const by = appId === undefined ? '' : ` by ${receiver(appId).name}`;
  const to = [method, edge].filter((part) => part !== undefined).join(' ');
  return `${often(what)}${by}${to === '' ? '' : ` to ${to}`}${whose}: ${failureInWords(armed.spec)}`;
}

/** @param {string} psid */
const nameOf = (psid) => state.value?.customers.find((customer) => customer.psid === psid)?.name ?? psid;

/** @param {FaultSpec} spec */
function failureInWords({ fault, connection, body, delayMs, when, effect }) {
  const name = typeof fault === 'string' ? fault : fault?.message;
  const parts = [
    name,
    connection === 'reset' ? 'connection cut' : connection === 'silent' ? 'no answer' : undefined,
    body === undefined ? undefined : `spoiled answer (${body})`,
    delayMs === undefined || delayMs === 0 ? undefined : `${spanInWords(delayMs)} late`,
    when === 'after' ? 'takes effect' : undefined,
    effect === undefined ? undefined : 'arrives twice',
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
