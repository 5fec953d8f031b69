import { useLayoutEffect, useRef } from 'preact/hooks';
import { computed, signal, useSignalEffect } from '@preact/signals';
import { saidInWords } from '../narration/attachments.js';
import { Chat, Composer } from './chat.js';
import { html } from 'htm/preact';
import { ask, mention } from './requests.js';
import { choose, chosenPsid, customerName, meanings, owner, state, thread, visible } from './session.js';
import { MetaAiSheet } from './metaAiSheet.js';
import { inboxId } from '../narration/names.js';

/** @import { Folder } from '../core/state.ts' */
/** @import { InboxMeaning } from '../core/inboxMeaning.ts' */

/** @type {readonly Folder[]} */
const folders = ['Main', 'Done'];

const conversations = computed(() => {
  const { customers = [], threads = {} } = state.value ?? {};
  return customers.flatMap(({ psid, name }) => {
    const conversation = threads[psid];
    if (conversation === undefined) return [];
    const last = conversation.messages.at(-1);
    const { unread } = conversation;
    return [{ psid, name, conversation, unread, last: last === undefined ? '' : saidInWords(last) }];
  });
});

/** How many of the customers' messages no agent has seen. */
export const unreadCount = computed(() => conversations.value.reduce((sum, { unread }) => sum + unread, 0));

const chosenFolder = signal(/** @type {Folder | undefined} */ (undefined));
const folder = computed(() => chosenFolder.value ?? thread.value?.folder ?? 'Main');

/**
 * What the pane calls new: not what is being looked at, which is seen before the emulator has been told so.
 *
 * @param {{ psid: string, unread: number }} conversation
 */
const unseen = ({ psid, unread }) => (psid === chosenPsid.value ? 0 : unread);

/** What people at the Page see. */
export function InboxPane() {
  useSignalEffect(() => {
    // What an agent is looking at is not unread.
    if (visible.value && (thread.value?.unread ?? 0) > 0) void mention(`inbox/${chosenPsid.value}/open`);
  });
  useSignalEffect(() => {
    // The inbox follows the conversation into its folder.
    if (thread.value?.folder !== undefined) chosenFolder.value = undefined;
  });
  /** @type {{ current: HTMLUListElement | null }} */
  const list = useRef(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [chosenPsid.value, folder.value]);
  const inFolder = conversations.value.filter(({ conversation }) => conversation.folder === folder.value);
  const path = `inbox/${chosenPsid.value}`;
  const means = meanings.value;
  return html`
    <section class="pane inbox" aria-labelledby="inbox-title">
      <header>
        <h2 id="inbox-title">Page Inbox</h2>
        <${MetaAiSheet} />
        <div class="segments" role="group" aria-label="Folder">
          ${folders.map((name) => {
            const there = conversations.value.filter(({ conversation }) => conversation.folder === name);
            const unread = there.reduce((sum, conversation) => sum + unseen(conversation), 0);
            return html`<button
              key=${name}
              aria-pressed=${String(name === folder.value)}
              onClick=${() => (chosenFolder.value = name)}
            >
              ${name}${' '}
              <span class="count">${there.length}</span
              >${' '}${unread > 0 && html`<span class="badge">${unread} new</span>`}
            </button>`;
          })}
        </div>
      </header>
      <ul class="conversations" ref=${list} aria-label=${`Conversations in ${folder.value}`}>
        ${inFolder.length === 0 && html`<li class="hint">No conversation in ${folder.value}.</li>`}
        ${inFolder.map(
          ({ psid, name, unread, last }) =>
            html`<li key=${psid}>
              <button aria-current=${psid === chosenPsid.value ? 'true' : undefined} onClick=${() => void choose(psid)}>
                <strong>${name}</strong>
                <span class="last">${last}</span>
                ${unseen({ psid, unread }) > 0 && html`<span class="badge">${unread} new</span>`}
              </button>
            </li>`,
        )}
      </ul>
      <${Chat}
        thread=${thread.value}
        psid=${chosenPsid.value}
        side="page"
        label=${`Conversation with ${customerName.value} as agents see it`}
        empty=${`${customerName.value} has not written yet.`}
      />
      <div class="moves">
        <${Move} title="Move to Main" meaning=${means?.moveToMain} onClick=${() => void ask(`${path}/move-to-main`)} />
        <${Move} title="Mark as done" meaning=${means?.markAsDone} onClick=${() => void ask(`${path}/mark-as-done`)} />
      </div>
      <${Composer}
        label="Answer as an agent"
        action="Reply"
        onSend=${(/** @type {string} */ text) => ask(`${path}/reply`, { text })}
      />
      <p class="meaning">
        <strong>Reply</strong> ${sentence(means?.reply)} ${owner.value === inboxId ? ' A person is answering now.' : ''}
      </p>
    </section>
  `;
}

/** @param {{ title: string, meaning: InboxMeaning | undefined, onClick: () => void }} props */
function Move({ title, meaning, onClick }) {
  const id = `means-${title.replaceAll(' ', '-')}`;
  return html`
    <div class="move">
      <button onClick=${onClick} aria-describedby=${id}>${title}</button>
      <p class="meaning" id=${id}>${sentence(meaning)}</p>
    </div>
  `;
}

/** @param {InboxMeaning | undefined} meaning */
const sentence = (meaning) =>
  meaning === undefined ? '' : html`${meaning.does}${meaning.guessed && html` <${Guessed} />`}`;

/** Marks what nobody has seen Meta do. */
export function Guessed() {
  return html`<abbr class="guessed" title="Nobody has recorded Meta doing this. It is what the emulator argues for."
    >guessed</abbr
  >`;
}
