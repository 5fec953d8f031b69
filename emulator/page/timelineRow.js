import { html } from 'htm/preact';
import { Guessed } from './inboxPane.js';
import { messengerLane } from '../narration/names.js';
import { causeInWords, sentenceOf, tellsWhy } from '../narration/words.js';
import { lanes, names, receiver } from './participants.js';
import { state } from './session.js';
import { extras } from './timeline.js';
import { labelOf } from './words.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { Row } from '../narration/rows.js' */
/** @import { PlacedRow } from './rowLayout.js' */

/** @param {string} id */
const laneOf = (id) => {
  const found = lanes.value.findIndex((lane) => lane.id === id);
  return found === -1 ? lanes.value.findIndex((lane) => lane.id === messengerLane) : found;
};

/** @param {number} lane */
const percent = (lane) => `${((lane + 0.5) / lanes.value.length) * 100}%`;

/**
 * Words that begin at a lane if there is room for all of them.
 *
 * @param {object} props
 * @param {number} props.lane
 * @param {string} [props.colour]
 * @param {ComponentChildren} props.children
 */
function Label({ lane, colour, children }) {
  return html`<span class="label-line">
    <span style=${{ flex: `0 1 ${percent(lane)}` }}></span>
    <span class="label" data-colour=${colour}>${children}</span>
  </span>`;
}

/** @param {string} id */
const colourOf = (id) => lanes.value[laneOf(id)]?.colour ?? 'idle';

/**
 * @param {object} props
 * @param {PlacedRow} props.placed
 * @param {string} props.time
 * @param {number} props.index
 * @param {number} props.count
 * @param {number} props.revision
 * @param {boolean} props.focusable
 * @param {() => void} props.onOpen
 */
export function DiagramRow({ placed, time, index, count, focusable, onOpen }) {
  const { row, top, height, span, owner } = placed;
  const owned =
    owner === undefined ? (span.first === undefined ? (state.value?.newThreadOwner ?? null) : span.first) : owner;
  return html`
    <li style=${{ top: `${top}px`, height: `${height}px` }} aria-setsize=${count} aria-posinset=${index + 1}>
      ${
        owned !== null &&
        html`<span
          class="band"
          data-colour=${colourOf(owned)}
          style=${{ left: `${(laneOf(owned) / lanes.value.length) * 100}%`, width: `${100 / lanes.value.length}%` }}
        ></span>`
      }
      <button
        class=${`row ${row.shape} ${row.subject}`}
        data-index=${index}
        tabindex=${focusable ? 0 : -1}
        onClick=${onOpen}
      >
        <span class="spoken">${sentenceOf(row, names)}</span>
        <span aria-hidden="true">
          <time>${time}</time>
          ${extras.value.has('everyone') && row.psid !== undefined && html`<span class="whose">${names.customer(row.psid)}</span>`}
          ${row.shape === 'arrow' && html`<${Arrow} row=${row} />`}
          ${row.shape === 'webhook' && html`<${Webhook} row=${row} />`}
          ${row.shape === 'owner' && html`<${Handover} row=${row} />`}
          ${row.shape === 'inside' && html`<${Mark} row=${row} />`}
          ${row.shape === 'note' && html`<span class="note-text">${labelOf(row)}</span>`}
          ${row.because.length > 0 && html`<${Reason} row=${row} />`}
        </span>
      </button>
    </li>
  `;
}

/** @param {{ row: Row }} props */
function Reason({ row }) {
  return html`<span class="reason"
    ><b>${tellsWhy(row) ? 'Why' : 'Then'}</b> ${row.guessed && html`<${Guessed} /> `}${row.because.join(' ')}</span
  >`;
}

/**
 * @param {object} props
 * @param {string} props.from
 * @param {string} props.to
 * @param {string} [props.colour]
 */
function Line({ from, to, colour = colourOf(from) }) {
  const [start, end] = [laneOf(from), laneOf(to)];
  const [left, right] = [Math.min(start, end), Math.max(start, end)];
  return html`<span
    class=${`line ${end < start ? 'leftwards' : 'rightwards'}`}
    data-colour=${colour}
    style=${{ left: percent(left), width: `${((right - left) / lanes.value.length) * 100}%` }}
  ></span>`;
}

/** @param {{ row: Row }} props */
function Arrow({ row }) {
  const left = Math.min(laneOf(row.from), laneOf(row.to));
  return html`
    <${Label} lane=${left}>${labelOf(row)}<//>
    <${Line} from=${row.from} to=${row.to} />
    <span class="dot" data-colour=${colourOf(row.from)} style=${{ left: percent(laneOf(row.from)) }}></span>
    ${
      row.answer !== undefined &&
      html`<span class=${`answer ${row.answer.good ? 'good' : 'bad'}`} style=${{ left: percent(laneOf(row.from)) }}>
        ${row.answer.good ? '✓' : '✕'} ${row.answer.text} <span class="codes">${row.answer.codes}</span>
      </span>`
    }
  `;
}

/** @param {{ row: Row }} props */
function Webhook({ row }) {
  const furthest = Math.max(...row.heard.map(({ appId }) => laneOf(appId)));
  const messenger = laneOf(messengerLane);
  const { code = '' } = row;
  const short = code.replace('_thread_control', '').replace('_', ' ');
  return html`
    <span
      class="wire"
      style=${{ left: percent(messenger), width: `${((furthest - messenger) / lanes.value.length) * 100}%` }}
    ></span>
    <span class="dot" data-colour="messenger" style=${{ left: percent(messenger) }}></span>
    ${row.heard.map(
      ({ appId, channel, outcome }, index) =>
        html`<span
          key=${`${appId} ${index}`}
          class=${`pill ${channel} ${outcome}`}
          data-colour=${colourOf(appId)}
          style=${{ left: percent(laneOf(appId)), '--copy': row.heard.slice(0, index).filter((heard) => heard.appId === appId).length }}
        >
          <span class="full">${row.again === true ? '↻ ' : ''}${code}</span
          ><span class="short">${row.again === true ? '↻ ' : ''}${short}</span>
        </span>`,
    )}
  `;
}

/** @param {{ row: Row }} props */
function Handover({ row }) {
  const { name, colour } = receiver(row.newOwner);
  const [event] = row.events;
  const cause = event?.type === 'ownershipChanged' ? causeInWords(event.cause, names) : '';
  const left = Math.min(laneOf(row.from), laneOf(row.to));
  return html`
    <${Label} lane=${left} colour=${colour}>
      <span><strong class="owner-name">${name}</strong><strong>${'\u00a0'}owns it now</strong></span>
      <span><span>${cause}</span>${row.guessed && html`${'\u00a0'}<${Guessed} />`}</span>
    <//>
    <${Line} from=${row.from} to=${row.to} colour=${colour} />
    <span class="dot" data-colour=${colour} style=${{ left: percent(laneOf(row.to)) }}></span>
  `;
}

/**
 * What happened inside a bot, in its lane, with its words on the side where there is more room.
 *
 * @param {{ row: Row }} props
 */
function Mark({ row }) {
  const lane = laneOf(row.from);
  const before = (lane + 0.5) / lanes.value.length;
  const place =
    before > 0.5
      ? { right: `${(1 - before) * 100}%`, maxWidth: `${before * 100}%` }
      : { left: percent(lane), maxWidth: `${(1 - before) * 100}%` };
  return html`
    <span class="spot" data-colour=${colourOf(row.from)} style=${{ left: percent(lane) }}>
      ${row.subject === 'trouble' ? '✕' : ''}
    </span>
    <span class="spot-text" style=${place}>${labelOf(row)}</span>
  `;
}
