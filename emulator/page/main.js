import { signal } from '@preact/signals';
import { render } from 'preact';
import { Controls } from './controlsPane.js';
import { CustomerPane } from './customerPane.js';
import { Details } from './details.js';
import { readFaults } from './faultsSheet.js';
import { html } from 'htm/preact';
import { InboxPane, unreadCount } from './inboxPane.js';
import { followMarks } from './marks.js';
import { followOwners, OwnerStrip } from './ownerStrip.js';
import { followPlans, PlansStrip } from './plansStrip.js';
import { readReactions } from './reactions.js';
import { problem } from './requests.js';
import { connect, connection, state } from './session.js';
import { followTimeline } from './timeline.js';
import { TimelinePane } from './timelinePane.js';
import { playTour, TourBar, tourIsBusy, tourIsOffered } from './tourBar.js';

/** Side by side from here on, one at a time below. */
const wideEnough = matchMedia('(min-width: 1080px)');
const wide = signal(wideEnough.matches);
wideEnough.addEventListener('change', ({ matches }) => (wide.value = matches));

const panes = [
  { id: 'customer', name: 'Customer' },
  { id: 'timeline', name: 'Timeline' },
  { id: 'inbox', name: 'Inbox' },
  { id: 'controls', name: 'Controls' },
];
const chosenPane = signal('customer');

function App() {
  return html`
    <header class="top">
      <h1>Messenger handover <span title=${state.value?.page.name}>${state.value?.page.name ?? ''}</span></h1>
      ${wide.value && html`<${Controls} />`}
      <span class="actions">
        <${Connection} />
        ${
          tourIsOffered.value &&
          html`<button class="primary" disabled=${tourIsBusy.value} onClick=${playTour}>Play the tour</button>`
        }
      </span>
    </header>
    <main>
      ${
        state.value === undefined
          ? html`<p class="hint">Connecting to the emulator.</p>`
          : html`<${OwnerStrip} /><${PlansStrip} /><${TourBar} />${wide.value ? html`<${SideBySide} />` : html`<${Tabs} />`}`
      }
    </main>
    ${
      problem.value !== undefined &&
      html`<div class="problem" role="alert">
        ${problem.value} <button onClick=${() => (problem.value = undefined)}>Dismiss</button>
      </div>`
    }
    <${Details} />
  `;
}

function SideBySide() {
  return html`<div class="panes"><${CustomerPane} /><${TimelinePane} /><${InboxPane} /></div>`;
}

function Connection() {
  const words = { starting: 'connecting', live: 'live', lost: 'connection lost, trying again' };
  return html`<span class=${`connection ${connection.value}`} role="status">${words[connection.value]}</span>`;
}

/** One pane at a time, for small screens. */
function Tabs() {
  const shown = chosenPane.value;
  const onKeyDown = (/** @type {KeyboardEvent} */ { key, currentTarget }) => {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    const next = panes[(panes.findIndex(({ id }) => id === shown) + step + panes.length) % panes.length];
    if (step === 0 || next === undefined) return;
    chosenPane.value = next.id;
    const tab = currentTarget instanceof HTMLElement ? currentTarget.querySelector(`#tab-${next.id}`) : null;
    if (tab instanceof HTMLElement) tab.focus();
  };
  return html`
    <div class="panes" id="panes" role="tabpanel" aria-labelledby=${`tab-${shown}`}>
      ${shown === 'customer' && html`<${CustomerPane} />`} ${shown === 'timeline' && html`<${TimelinePane} />`}
      ${shown === 'inbox' && html`<${InboxPane} />`}
      ${shown === 'controls' && html`<section class="pane" aria-label="Controls"><${Controls} /></section>`}
    </div>
    <div class="tabs" role="tablist" aria-label="Parts of the page" onKeyDown=${onKeyDown}>
      ${panes.map(
        ({ id, name }) =>
          html`<button
            key=${id}
            id=${`tab-${id}`}
            role="tab"
            aria-controls="panes"
            aria-selected=${String(id === shown)}
            tabindex=${id === shown ? 0 : -1}
            onClick=${() => (chosenPane.value = id)}
          >
            ${name} ${id === 'inbox' && unreadCount.value > 0 && html`<span class="badge">${unreadCount.value}</span>`}
          </button>`,
      )}
    </div>
  `;
}

followTimeline();
followMarks();
followOwners();
followPlans();
connect();
readFaults().catch(() => undefined);
readReactions().catch(() => undefined);
const root = document.getElementById('page');
if (root !== null) render(html`<${App} />`, root);
