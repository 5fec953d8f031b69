import { html } from 'htm/preact';
import { LineForm } from './forms.js';
import { readSpan, spanInWords } from '../narration/time.js';
import { ask, problem } from './requests.js';
import { now } from './session.js';
import { Sheet } from './sheet.js';
import { dayAndTimeOf } from './words.js';

const minuteMs = 60_000;
const spans = [5, 30, 60, 24 * 60].map((minutes) => minutes * minuteMs);

/** What time it is in the emulator, and buttons that put its clock forward. The sheet stays open, to do so again. */
export function ClockSheet() {
  const content = () => html`
    <div class="segments" role="group" aria-label="Put the clock forward">
      ${spans.map((ms) => html`<button key=${ms} onClick=${() => advance(ms)}>+${spanInWords(ms)}</button>`)}
    </div>
    <${LineForm} label="By 90s, 20m, 3h or 2d" name="span" action="Go" onSend=${advanceBy} />
  `;
  return html`<${Sheet} name="clock" label=${html`Clock <${Clock} />`}>${content}<//>`;
}

function Clock() {
  return html`<span class="time">${dayAndTimeOf(now.value)}</span>`;
}

/** @param {number} ms */
const advance = (ms) => void ask('clock/advance', { ms });

/** @param {Readonly<Record<string, string>>} fields */
function advanceBy({ span = '' }) {
  const ms = readSpan(span);
  if (ms !== undefined) advance(ms);
  else problem.value = `“${span}” is no span of time. Write one such as 90s, 20m, 3h or 2d.`;
}
