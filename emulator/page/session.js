import { batch, computed, signal } from '@preact/signals';
import { read } from './requests.js';
import { withShownNames } from './shownNames.js';

/**
 * @import { ReadonlySignal, Signal } from '@preact/signals'
 * @import { EmulatorState } from '../emulator.ts'
 * @import { InboxMeanings } from '../core/inboxMeaning.ts'
 * @import { Thread } from '../core/state.ts'
 * @import { TourStep } from '../tour.ts'
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 */

/**
 * `starting` until the emulator has answered once, `lost` while it does not.
 *
 * @type {Signal<'starting' | 'live' | 'lost'>}
 */
export const connection = signal('starting');

/** @type {Signal<EmulatorState | undefined>} */
export const state = signal(undefined);

/** @type {Signal<InboxMeanings | undefined>} */
export const meanings = signal(undefined);

/** @type {Signal<readonly TourStep[]>} */
export const tour = signal([]);

/** Whether somebody may be looking at the page. */
export const visible = signal(document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () => (visible.value = document.visibilityState === 'visible'));

/** The customer whose conversation the page shows. */
export const chosenPsid = signal('');

/** The emulator's time minus the browser's, in ms. */
const clockOffset = signal(0);
const tick = signal(Date.now());

/** The emulator's time, to the second. */
export const now = computed(() => tick.value + clockOffset.value);

/** @type {ReadonlySignal<Thread | undefined>} */
export const thread = computed(() => state.value?.threads[chosenPsid.value]);

/** The app id of the owner, `null` while nobody owns the conversation. */
export const owner = computed(() => {
  const { value } = thread;
  return value === undefined ? (state.value?.newThreadOwner ?? null) : value.owner;
});

export const customerName = computed(
  () => state.value?.customers.find(({ psid }) => psid === chosenPsid.value)?.name ?? 'The customer',
);

/** @typedef {(events: readonly EmulatorEvent[]) => void} EventListener */

/** @type {EventListener[]} */
const eventListeners = [];
/** @type {(() => void)[]} */
const startListeners = [];

/**
 * Gets everything that ever happened, in order and in groups, and hears when the emulator was restarted and event ids start over.
 *
 * @param {EventListener} onEvents
 * @param {() => void} onStart
 */
export function followEvents(onEvents, onStart) {
  eventListeners.push(onEvents);
  startListeners.push(onStart);
}

const flushMs = 30;
const retryMs = 700;

/** Connects to the emulator for as long as the page is open. */
export function connect() {
  setInterval(() => (tick.value = Date.now()), 1000);
  openStream();
}

/** @type {EmulatorEvent[]} */
let arrived = [];
let flushing = false;
let instance = '';
/** @type {Promise<void> | undefined} */
let reading;
let outdated = false;

/** The last event that came; the stream goes on behind it. */
let lastId = 0;

/** @type {EventSource | undefined} */
let current;

/** Whether the stream is known to come from the emulator that the page shows, not from one started since. */
let known = false;

function openStream() {
  const stream = new EventSource(`/_emulator/events?after=${lastId}`);
  current = stream;
  known = false;
  stream.onopen = async () => {
    await readState();
    if (current !== stream) return;
    known = true;
    flush();
  };
  stream.onerror = () => {
    connection.value = 'lost';
    stream.close();
    setTimeout(openStream, retryMs);
  };
  stream.onmessage = ({ data }) => {
    /** @type {unknown} */
    const parsed = JSON.parse(String(data));
    const event = /** @type {EmulatorEvent} */ (parsed);
    arrived.push(event);
    lastId = event.id;
    if (flushing) return;
    flushing = true;
    setTimeout(() => {
      flushing = false;
      if (known) flush();
    }, flushMs);
  };
}

/** Passes on what has arrived, and reads the new state. */
function flush() {
  if (arrived.length === 0) return;
  void readState();
  const events = arrived;
  arrived = [];
  batch(() => {
    for (const listener of eventListeners) listener(events);
  });
}

/**
 * Resolves when the state has been read since this was called, or could not be.
 *
 * @returns {Promise<void>}
 */
function readState() {
  outdated = true;
  return (reading ??= readUntilCurrent());
}

async function readUntilCurrent() {
  try {
    while (outdated) {
      outdated = false;
      await readOnce();
    }
  } catch {
    connection.value = 'lost';
  } finally {
    reading = undefined;
  }
}

async function readOnce() {
  const asked = chosenPsid.value;
  /** @type {EmulatorState} */
  const next = await read('state');
  if (instance !== '' && instance !== next.instance) {
    current?.close();
    arrived = [];
    lastId = 0;
    for (const listener of startListeners) listener();
    instance = next.instance;
    openStream();
    return;
  }
  instance = next.instance;
  const psid = next.customers.some((customer) => customer.psid === asked) ? asked : (next.customers[0]?.psid ?? '');
  const [means, { steps }] = await Promise.all([readMeanings(psid), readTour()]);
  batch(() => {
    state.value = withShownNames(next);
    clockOffset.value = next.now - Date.now();
    tick.value = Date.now();
    tour.value = steps;
    connection.value = 'live';
    // Another customer may have been chosen meanwhile, so it is read again.
    if (chosenPsid.value !== asked) return;
    chosenPsid.value = psid;
    meanings.value = means;
  });
}

/**
 * @param {string} psid
 * @returns {Promise<InboxMeanings>}
 */
const readMeanings = (psid) => read(`inbox/${psid}`);

/** @returns {Promise<{ steps: readonly TourStep[] }>} */
const readTour = () => read('tour');

/**
 * Shows another customer.
 *
 * @param {string} psid
 */
export async function choose(psid) {
  chosenPsid.value = psid;
  await readState();
}

/**
 * Whether to go on with something that forgets what was said; asks only where there is something to forget.
 *
 * @param {string} question
 */
export const mayForget = (question) => Object.keys(state.value?.threads ?? {}).length === 0 || confirm(question);
