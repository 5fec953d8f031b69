import { computed, effect, signal } from '@preact/signals';
import { html } from 'htm/preact';
import { ask, read } from './requests.js';
import { choose, state, thread, tour } from './session.js';
import { spanInWords } from './words.js';

/** @import { TourAction, TourStep } from '../tour.ts' */
/** @import { EmulatorState } from '../emulatorFace.ts' */

const quietMs = 300;
/** How long a step waits for the quick reply that it taps. */
const patienceMs = 10_000;
const readingMs = 3500;

/** The steps as they were when the tour began, or `undefined` while none is played. */
const playing = signal(/** @type {readonly TourStep[] | undefined} */ (undefined));
const position = signal(0);
const busy = signal(false);
const onItsOwn = signal(false);

export const tourIsOffered = computed(() => tour.value.length > 0);

/** Begins from the beginning. */
export async function playTour() {
  const psid = state.value?.customers[0]?.psid ?? '';
  const mode = state.value?.mode;
  playing.value = tour.value;
  position.value = -1;
  onItsOwn.value = false;
  await ask('reset');
  // The beginning has the mode that the emulator was started with, which need not be the one that was chosen since.
  /** @type {EmulatorState} */
  const beginning = await read('state');
  if (mode !== undefined && mode !== beginning.mode) await ask('mode', { mode });
  await choose(psid);
  await next();
}

/**
 * Bots are processes of their own: on a busy machine one can still be about to offer it.
 *
 * @param {string} title
 */
function untilOffered(title) {
  return new Promise((/** @type {(value: undefined) => void} */ resolve) => {
    const giveUp = setTimeout(() => resolve(undefined), patienceMs);
    let end = () => {};
    end = effect(() => {
      if (thread.value?.quickReplies.some((offer) => offer.title === title) !== true) return;
      clearTimeout(giveUp);
      resolve(undefined);
      queueMicrotask(() => end());
    });
  });
}

async function next() {
  const steps = playing.value;
  const step = steps?.[position.value + 1];
  if (steps === undefined || step === undefined || busy.value) return;
  busy.value = true;
  position.value += 1;
  const psid = state.value?.customers[0]?.psid ?? '';
  const done = await act(psid, step.action);
  // Bots are processes of their own: they have finished when nothing happens any more.
  await ask('settled', { quietMs });
  busy.value = false;
  if (done === undefined) onItsOwn.value = false;
  if (onItsOwn.value) setTimeout(() => onItsOwn.value && void next(), readingMs);
}

/**
 * @param {string} psid
 * @param {TourAction} action
 */
async function act(psid, action) {
  if ('afterMs' in action && action.afterMs !== undefined) await ask('clock/advance', { ms: action.afterMs });
  switch (action.does) {
    case 'say':
      return ask(`customers/${psid}/messages`, { text: action.text });
    case 'tap':
      await untilOffered(action.text);
      return ask(`customers/${psid}/quick-replies`, { title: action.text });
    case 'reply':
      return ask(`inbox/${psid}/reply`, { text: action.text });
    case 'markAsDone':
      return ask(`inbox/${psid}/mark-as-done`);
    case 'moveToMain':
      return ask(`inbox/${psid}/move-to-main`);
    case 'wait':
      return ask('clock/advance', { ms: action.ms });
  }
}

/** @param {TourAction} action */
function actionInWords(action) {
  const later = 'afterMs' in action && action.afterMs !== undefined ? `${spanInWords(action.afterMs)} later: ` : '';
  switch (action.does) {
    case 'say':
      return `${later}The customer writes “${action.text}”.`;
    case 'tap':
      return `${later}The customer taps “${action.text}”.`;
    case 'reply':
      return `${later}An agent answers “${action.text}”.`;
    case 'markAsDone':
      return 'An agent clicks Mark as done.';
    case 'moveToMain':
      return 'An agent clicks Move to Main.';
    case 'wait':
      return `${spanInWords(action.ms)} go by.`;
  }
}

/** Says what happens in the step that was played, and goes on. */
export function TourBar() {
  const steps = playing.value;
  const step = steps?.[position.value];
  if (steps === undefined || step === undefined) return null;
  const isLast = position.value === steps.length - 1;
  const end = () => {
    onItsOwn.value = false;
    playing.value = undefined;
  };
  return html`
    <section class="tour" aria-label="Tour">
      <div class="step">Step ${position.value + 1}<small> of ${steps.length}</small></div>
      <p role="status"><b>${actionInWords(step.action)}</b> ${step.tells}</p>
      <div class="actions">
        ${
          isLast
            ? html`<button class="primary" disabled=${busy.value} onClick=${playTour}>Play it again</button>`
            : html`
                <button class="primary" disabled=${busy.value || onItsOwn.value} onClick=${next}>Next step</button>
                <button
                  aria-pressed=${String(onItsOwn.value)}
                  onClick=${() => {
                    onItsOwn.value = !onItsOwn.value;
                    if (onItsOwn.value) void next();
                  }}
                >
                  ${onItsOwn.value ? 'Pause' : 'Play on'}
                </button>
              `
        }
        <button onClick=${end}>End</button>
      </div>
    </section>
  `;
}
