import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { html } from 'htm/preact';
import { lanes } from './participants.js';
import { owner, state, thread } from './session.js';
import { diagram, extras, openRow, timelineWidth, toggleExtra } from './timeline.js';
import { DiagramRow } from './timelineRow.js';
import { timeOf } from './words.js';

/**
 * @import { PlacedRow } from './rowLayout.js'
 * @import { Extra } from './timeline.js'
 */

const beyond = 300;
/** Below this width of the diagram rows need more height for their sentences. */
const narrowBelow = 560;
const roomyFrom = 165;

/** What happens, as a diagram with a lane for everybody. Only visible rows are in the document. */
export function TimelinePane() {
  /** @type {{ current: HTMLDivElement | null }} */
  const scroller = useRef(null);
  const size = useRef('');
  const top = useSignal(0);
  const viewport = useSignal(600);
  const follows = useSignal(true);
  /** Whether Meta's longest names fit into a lane. */
  const roomy = useSignal(true);
  /** The row that the arrow keys are at: the last one until somebody moves. */
  const active = useSignal(-1);
  const { layout, count } = diagram.value;
  const { first, rows } = layout.between(top.value - beyond, top.value + viewport.value + beyond);
  const last = layout.placed.length - 1;
  const at = active.value < 0 || active.value > last ? last : active.value;

  useEffect(() => {
    const { current } = scroller;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => {
      viewport.value = current.clientHeight;
      timelineWidth.value = current.clientWidth < narrowBelow ? 'narrow' : 'wide';
      roomy.value = current.clientWidth / Math.max(1, lanes.value.length) > roomyFrom;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const { current } = scroller;
    if (current === null || !follows.value) return;
    current.scrollTop = current.scrollHeight;
    top.value = current.scrollTop;
  }, [count, layout.height, viewport.value, layout]);

  const onScroll = () => {
    const { current } = scroller;
    if (current === null) return;
    top.value = current.scrollTop;
    // Making the window smaller is not scrolling away.
    const now = `${current.clientHeight} ${current.scrollHeight} ${current.clientWidth}`;
    const resized = size.current !== now;
    size.current = now;
    if (resized && follows.value) return;
    follows.value = current.scrollTop + current.clientHeight >= current.scrollHeight - 40;
  };

  /** @param {number} index */
  const goTo = (index) => {
    const next = Math.max(0, Math.min(last, index));
    const { current } = scroller;
    const placed = layout.placed[next];
    if (current === null || placed === undefined) return;
    active.value = next;
    if (placed.top < current.scrollTop) current.scrollTop = placed.top;
    const bottom = placed.top + placed.height + headerHeight(current);
    if (bottom > current.scrollTop + current.clientHeight) current.scrollTop = bottom - current.clientHeight;
    onScroll();
    // The row may not have been in the document until now.
    requestAnimationFrame(() => {
      const button = current.querySelector(`[data-index="${next}"]`);
      if (button instanceof HTMLElement) button.focus({ preventScroll: true });
    });
  };

  /** @type {Readonly<Record<string, (index: number) => number>>} */
  const moves = {
    ArrowDown: (index) => index + 1,
    ArrowUp: (index) => index - 1,
    PageDown: (index) => index + 10,
    PageUp: (index) => index - 10,
    Home: () => 0,
    End: () => last,
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    goTo(move(at));
  };

  return html`
    <section class="pane timeline" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">Timeline</h2>
        <p class="legend">
          <span><span class="pill messaging">messaging</span> may answer</span>
          <span><span class="pill standby">standby</span> only listens</span>
        </p>
        <div class="extras" role="group" aria-label="Also show">
          <${ExtraBox} extra="echoes" label="Echoes" />
          <${ExtraBox} extra="receipts" label="Receipts" />
          <${ExtraBox} extra="azure" label="Azure" />
          <${ExtraBox} extra="log" label="Bots' logs" />
          ${(state.value?.customers.length ?? 0) > 1 && html`<${ExtraBox} extra="everyone" label="All customers" />`}
        </div>
      </header>
      <div
        class=${`diagram ${timelineWidth.value} ${roomy.value ? 'roomy' : ''} ${extras.value.has('everyone') ? 'everyone' : ''}`}
        style=${{ '--lanes': lanes.value.length }}
        ref=${scroller}
        onScroll=${onScroll}
        onKeyDown=${onKeyDown}
      >
        <div class="lanes">
          <div class="lane-row">
            ${lanes.value.map(
              ({ id, name, colour, ...more }) =>
                html`<div key=${id} class=${`lane ${id === owner.value ? 'owns' : ''}`} data-colour=${colour}>
                  <span title=${name}>${name}</span>
                  ${'role' in more && more.role !== undefined && html`<small>${more.role}</small>`}
                  <${BotLight} appId=${id} />
                </div>`,
            )}
          </div>
        </div>
        <div class="rows" style=${{ height: `${layout.height}px` }}>
          <div class="lifelines" aria-hidden="true">
            ${lanes.value.map(({ id }, index) => html`<i key=${id} style=${{ left: `${((index + 0.5) / lanes.value.length) * 100}%` }}></i>`)}
          </div>
          ${thread.value === undefined && html`<p class="hint">What happens appears here, with a lane for everybody. Let the customer write something, or play the tour.</p>`}
          <ol aria-label="What happened">
            ${rows.map(
              (placed, offset) =>
                html`<${DiagramRow}
                  key=${placed.row.id}
                  placed=${placed}
                  index=${first + offset}
                  time=${timeIfNew(placed, layout.placed[first + offset - 1])}
                  count=${layout.placed.length}
                  revision=${count}
                  focusable=${first + offset === at}
                  onOpen=${() => {
                    active.value = first + offset;
                    openRow.value = placed.row;
                  }}
                />`,
            )}
          </ol>
        </div>
      </div>
      ${
        !follows.value &&
        html`<button
          class="to-end"
          onClick=${() => {
            follows.value = true;
            active.value = -1;
            const { current } = scroller;
            if (current !== null) current.scrollTop = current.scrollHeight;
          }}
        >
          ↓ To the latest
        </button>`
      }
    </section>
  `;
}

/**
 * @param {PlacedRow} placed
 * @param {PlacedRow | undefined} before
 */
function timeIfNew({ row }, before) {
  const time = timeOf(row.at);
  return before !== undefined && timeOf(before.row.at) === time ? '' : time;
}

/** @param {HTMLElement} scroller */
const headerHeight = (scroller) => scroller.querySelector('.lanes')?.clientHeight ?? 0;

/**
 * Whether an app's bot runs, if anybody has told.
 *
 * @param {{ appId: string }} props
 */
function BotLight({ appId }) {
  const bot = state.value?.apps.find(({ id }) => id === appId)?.bot;
  return bot === undefined ? null : html`<small class=${`bot ${bot}`}>${bot}</small>`;
}

/** @param {{ extra: Extra, label: string }} props */
function ExtraBox({ extra, label }) {
  return html`<label>
    <input type="checkbox" checked=${extras.value.has(extra)} onChange=${() => toggleExtra(extra)} /> ${label}
  </label>`;
}
