import { computed, effect, signal } from '@preact/signals';
import { html } from 'htm/preact';
import { ask } from './requests.js';
import { choose, mayForget, now, state, tour } from './session.js';
import { spanInWords } from '../narration/time.js';

/** @import { TourAction, TourStep } from '../tour.ts' */

const quietMs = 300;
/** How long a step waits for the quick reply that it taps. */
const patienceMs = 10_000;
const readingMs = 3500;

/** The steps as they were when the tour began; `undefined` while there is no tour. */
const playing = signal(/** @type {readonly TourStep[] | undefined} */ (undefined));
const position = signal(0);
const onItsOwn = signal(false);

/** Whether a step or the reset before the first one is in progress. */
export const tourIsBusy = signal(false);

export const tourIsOffered = computed(() => tour.value.length > 0);

/** When the current step began, on the emulator's clock. */
const begunAt = signal(0);

/** What the next step, or one that has waited in vain, taps, when the bots have answered without offering it. */
const missed = computed(() => {
  const step = playing.value?.[position.value + (waitedInVain.value ? 0 : 1)];
  if (tourIsBusy.value || step?.action.does !== 'tap') return undefined;
  const { messages = [], quickReplies = [] } = state.value?.threads[firstCustomer()] ?? {};
  const answered = messages.some(({ from, appId, at }) => from === 'page' && isApp(appId) && at >= begunAt.value);
  const { text } = step.action;
  return (answered || waitedInVain.value) && !quickReplies.some(({ title }) => title === text) ? text : undefined;
});

/** @param {string | undefined} appId */
const isApp = (appId) => state.value?.apps.some(({ id }) => id === appId) === true;

/** Whether the current step has waited for a quick reply that did not come. */
const waitedInVain = signal(false);

/** Starts from the beginning. */
export async function playTour() {
  if (tourIsBusy.value) return;
  if (!mayForget('Play the tour? It starts at the beginning, and the emulator forgets all conversations.')) return;
  tourIsBusy.value = true;
  const psid = firstCustomer();
  const mode = state.value?.mode;
  playing.value = tour.value;
  position.value = -1;
  onItsOwn.value = false;
  await ask('reset');
  await choose(psid);
  // A reset restores the mode that the emulator was started with, which may not be the one chosen since.
  if (mode !== undefined && mode !== state.value?.mode) await ask('mode', { mode });
  tourIsBusy.value = false;
  await next();
}

const firstCustomer = () => state.value?.customers[0]?.psid ?? '';

/**
 * Bots are other processes: on a busy machine, one may not have offered it yet.
 *
 * @param {string} psid
 * @param {string} title
 * @returns {Promise<boolean>} whether the tour goes on
 */
function untilOffered(psid, title) {
  return new Promise((resolve) => {
    const patience = signal(true);
    setTimeout(() => (patience.value = false), patienceMs);
    const end = effect(() => {
      const offered = state.value?.threads[psid]?.quickReplies.some((offer) => offer.title === title) === true;
      if (playing.value !== undefined && patience.value && !offered) return;
      resolve(playing.value !== undefined);
      queueMicrotask(() => end());
    });
  });
}

async function next() {
  const steps = playing.value;
  const step = steps?.[position.value + 1];
  if (steps === undefined || step === undefined || tourIsBusy.value) return;
  tourIsBusy.value = true;
  position.value += 1;
  begunAt.value = now.value;
  waitedInVain.value = false;
  await ask('tour/bots', { bots: step.bots });
  const done = await act(firstCustomer(), step.action);
  // Bots are other processes: they have finished when nothing happens any more.
  await ask('settled', { quietMs });
  tourIsBusy.value = false;
  if (done === undefined) {
    onItsOwn.value = false;
    waitedInVain.value = step.action.does === 'tap';
  }
  if (missed.value !== undefined) onItsOwn.value = false;
  if (onItsOwn.value) setTimeout(() => onItsOwn.value && void next(), readingMs);
}

/**
 * @param {string} psid
 * @param {TourAction} action
 */
async function act(psid, action) {
  if ('afterMs' in action && action.afterMs !== undefined) await ask('clock/advance', { ms: action.afterMs });
  if ('at' in action && action.at !== undefined) await ask('clock/advance', { to: action.at });
  switch (action.does) {
    case 'say':
      return ask(`customers/${psid}/messages`, { text: action.text });
    case 'tap':
      if (!(await untilOffered(psid, action.text))) return undefined;
      return ask(`customers/${psid}/quick-replies`, { title: action.text });
    case 'reply':
      return ask(`inbox/${psid}/reply`, { text: action.text });
    case 'markAsDone':
      return ask(`inbox/${psid}/mark-as-done`);
    case 'moveToMain':
      return ask(`inbox/${psid}/move-to-main`);
    case 'aiTake':
      return ask(`meta-ai/${psid}/take`);
    case 'aiAnswer':
      return ask(`meta-ai/${psid}/answer`, { text: action.text });
    case 'aiHandBack':
      return ask(`meta-ai/${psid}/hand-back`, { event: action.event, note: action.note });
    case 'wait':
      return 'ms' in action ? ask('clock/advance', { ms: action.ms }) : {};
  }
}

/** @param {TourAction} action */
function whenInWords(action) {
  if ('at' in action && action.at !== undefined) return `${action.at} UTC: `;
  return 'afterMs' in action && action.afterMs !== undefined ? `${spanInWords(action.afterMs)} later: ` : '';
}

/** @param {TourAction} action */
function actionInWords(action) {
  const later = whenInWords(action);
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
    case 'aiTake':
      return "Meta's AI takes the conversation.";
    case 'aiAnswer':
      return `${later}Meta's AI answers “${action.text}”.`;
    case 'aiHandBack':
      return action.event === 'pass'
        ? "Meta's AI passes the conversation back."
        : "Meta's AI gives the conversation back without an event.";
    case 'wait':
      return 'ms' in action ? `${spanInWords(action.ms)} pass.` : `Time passes until ${action.at} UTC.`;
  }
}

/** Says what happens in the current step, and goes on. */
export function TourBar() {
  const steps = playing.value;
  const step = steps?.[position.value];
  if (steps === undefined || step === undefined) return null;
  const isLast = position.value === steps.length - 1;
  const end = () => {
    onItsOwn.value = false;
    playing.value = undefined;
    // Who goes on by hand has the bots that were there before.
    void ask('tour/bots');
  };
  return html`
    <section class="tour" aria-label="Tour">
      <div class="step">Step ${position.value + 1}<small> of ${steps.length}</small></div>
      <p role="status">
        ${
          missed.value === undefined
            ? html`<b>${actionInWords(step.action)}</b> ${step.tells}`
            : html`<b>This tour does not fit your bots.</b> None of them offers “${missed.value}”; it was written for
                those that come with the project. Write to yours as the customer.`
        }
      </p>
      <div class="actions">
        ${
          isLast
            ? html`<button class="primary" disabled=${tourIsBusy.value} onClick=${playTour}>Play it again</button>`
            : html`
                <button class="primary" disabled=${tourIsBusy.value || onItsOwn.value} onClick=${next}>
                  Next step
                </button>
                <button
                  aria-pressed=${String(onItsOwn.value)}
                  onClick=${() => {
                    onItsOwn.value = !onItsOwn.value;
                    if (onItsOwn.value) void next();
                  }}
                >
                  ${onItsOwn.value ? 'Pause' : 'Resume'}
                </button>
              `
        }
        <button onClick=${end}>End</button>
      </div>
    </section>
  `;
}
