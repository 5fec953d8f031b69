import { computed, signal } from '@preact/signals';
import { html } from 'htm/preact';
import { metaAiId } from '../narration/names.js';
import { spanInWords } from '../narration/time.js';
import { receiver, receivers } from './participants.js';
import { chosenPsid, customerName, followEvents, now, owner, state, thread } from './session.js';
import { dayAndTimeOf, timeOf } from './words.js';

/**
 * @import { Signal } from '@preact/signals'
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 */

/** @typedef {Extract<EmulatorEvent, { type: 'ownershipChanged' }>} Change */

/**
 * The last change of each conversation.
 *
 * @type {Signal<ReadonlyMap<string, Change>>}
 */
const changes = signal(new Map());

/**
 * Who owned which conversation in the state that was imported, if one was.
 *
 * @type {Signal<Readonly<Record<string, string | null>>>}
 */
const imported = signal({});

/** Remembers why each conversation has its owner. */
export function followOwners() {
  const forget = () => {
    changes.value = new Map();
    imported.value = {};
  };
  followEvents((events) => {
    for (const event of events) {
      if (event.type === 'reset' || event.type === 'stateImported') forget();
      if (event.type === 'stateImported') imported.value = event.owners;
      if (event.type === 'ownershipChanged') changes.value = new Map(changes.value).set(event.psid, event);
    }
  }, forget);
}

const why = computed(() => {
  const change = changes.value.get(chosenPsid.value);
  if (change === undefined && owner.value !== null && imported.value[chosenPsid.value] === owner.value)
    return 'It was so in the state that was imported.';
  if (change === undefined)
    return owner.value !== null
      ? 'Every conversation starts there.'
      : state.value?.mode === 'open'
        ? 'No app has asked for it, so every app may answer.'
        : 'Nobody has written yet.';
  const before = receiver(change.from).name;
  const after = receiver(change.to).name;
  /** @type {Readonly<Record<Change['cause'], string>>} */
  const reasons = {
    pass: `${before} passed it.`,
    take: `${after} took it from ${before}.`,
    release: `${before} released it.`,
    expiry: `The ownership of ${before} expired.`,
    customer: `${customerName.value} wrote while nobody owned it.`,
    inbox: `An agent acted in the Page Inbox. Before that, ${before} owned it.`,
    metaAi: change.to === metaAiId ? `${after} took it from ${before}.` : `${before} handed it back.`,
    request: `${after} requested it.`,
    settings: 'The settings of the Page changed.',
  };
  return `${reasons[change.cause]} ${timeOf(change.at)}`;
});

/** Who owns the conversation: always in view, by name and by colour. */
export function OwnerStrip() {
  const { name, colour, role } = receiver(owner.value);
  const expiresAt = thread.value?.expiresAt ?? null;
  const idle = owner.value === null;
  return html`
    <section class="owner-strip" data-colour=${colour} aria-label="Who owns the conversation">
      <div class="owner-name" role="status">
        <span class="eyebrow">${customerName.value}’s conversation belongs to</span>
        <strong
          >${idle ? 'Nobody' : name}${idle ? html` <small>idle</small>` : role !== undefined && html` <small>${role}</small>`}</strong
        >
      </div>
      <dl>
        <div>
          <dt>Why</dt>
          <dd>${why}</dd>
        </div>
        <div>
          <dt>Until</dt>
          <dd>
            ${expiresAt === null ? untilChanged(idle) : html`${dayAndTimeOf(expiresAt)} <b>(in <${Left} until=${expiresAt} />)</b>`}
          </dd>
        </div>
      </dl>
      <ul class="others" aria-label="Receivers">
        ${receivers.value.map(
          ({ id, name: other, colour: own }) =>
            html`<li key=${id} data-colour=${own} class=${id === owner.value ? 'owns' : ''}>
              <span title=${other}>${other}</span>
              ${!idle && html`<small>${id === owner.value ? 'owns' : 'listens'}</small>`}
            </li>`,
        )}
      </ul>
    </section>
  `;
}

/** @param {boolean} idle */
const untilChanged = (idle) =>
  idle
    ? state.value?.mode === 'open'
      ? 'an app requests it or has it passed'
      : 'the customer writes or an app takes it'
    : state.value?.mode === 'classic'
      ? 'it is passed or taken'
      : 'further notice';

/** @param {{ until: number }} props */
function Left({ until }) {
  return html`${spanInWords(until - now.value)}`;
}
