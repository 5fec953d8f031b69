import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { html } from 'htm/preact';
import { saidInWords } from './attachments.js';
import { buttonsOf, marksOf } from './marks.js';
import { receiver } from './participants.js';
import { timeOf } from './words.js';

/** @import { ComponentChild } from 'preact' */
/** @import { Thread, ThreadMessage } from '../core/state.ts' */

const shownAtOnce = 150;

/**
 * The messages of a conversation, seen by the customer or by an agent.
 *
 * @param {object} props
 * @param {Thread | undefined} props.thread
 * @param {string} props.psid
 * @param {'customer' | 'page'} props.side whose messages are on the right
 * @param {string} props.label
 * @param {string} props.empty
 * @param {(title: string, appId: string) => void} [props.onButton] absent where buttons cannot be tapped
 * @param {ComponentChild} [props.children] below the last message
 */
export function Chat({ thread, psid, side, label, empty, onButton, children }) {
  const more = useSignal(0);
  /** @type {{ current: HTMLDivElement | null }} */
  const scroller = useRef(null);
  const messages = thread?.messages ?? [];
  const shown = messages.slice(-(shownAtOnce + more.value));
  const { typing, seenAt, received, read } = marksOf(psid);
  const lastOwn = messages.findLast(({ from }) => from === 'customer');
  const lastPage = messages.findLast(({ from }) => from === 'page');

  useLayoutEffect(() => {
    const { current } = scroller;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [messages.length, psid, typing, thread?.quickReplies.length]);

  useEffect(() => {
    const { current } = scroller;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => (current.scrollTop = current.scrollHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  /** @param {ThreadMessage} message */
  const markOf = ({ mid, at }) => {
    if (mid === lastOwn?.mid) return seenAt >= at ? 'Seen' : 'Sent';
    if (mid !== lastPage?.mid) return '';
    if (read >= at) return 'Read';
    return received >= at ? 'Received' : '';
  };

  return html`
    <div class="chat" ref=${scroller} tabindex="0" role="log" aria-label=${label}>
      ${
        shown.length < messages.length &&
        html`<button class="quiet" onClick=${() => (more.value += shownAtOnce)}>
          Show earlier messages (${messages.length - shown.length})
        </button>`
      }
      ${messages.length === 0 && html`<p class="hint">${empty}</p>`}
      ${shown.map((message, index) => {
        const own = (message.from === 'customer') === (side === 'customer');
        const sender = message.from === 'customer' ? undefined : receiver(message.appId);
        const before = shown[index - 1];
        const named = sender !== undefined && before?.appId !== message.appId;
        return html`
          <div key=${message.mid} class=${`said ${own ? 'own' : 'other'}`} data-colour=${sender?.colour ?? 'customer'}>
            ${named && html`<span class="sender">${sender.name}</span>`}
            <div class="bubble" title=${timeOf(message.at)}>${saidInWords(message)}</div>
            ${
              buttonsOf(message.mid).length > 0 &&
              html`<div class="buttons">
                ${buttonsOf(message.mid).map((title) =>
                  onButton === undefined
                    ? html`<span>${title}</span>`
                    : html`<button onClick=${() => onButton(title, message.appId ?? '')}>${title}</button>`,
                )}
              </div>`
            }
            ${markOf(message) !== '' && html`<span class="mark">${markOf(message)}</span>`}
          </div>
        `;
      })}
      ${
        typing !== '' &&
        html`<p class="typing" data-colour=${receiver(typing).colour}>
          ${receiver(typing).name} is typing<i></i><i></i><i></i>
        </p>`
      }
      ${children}
    </div>
  `;
}

/**
 * A line to write in.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.action the word on the button
 * @param {(text: string) => Promise<unknown>} props.onSend `undefined` when it was refused
 */
export function Composer({ label, action, onSend }) {
  const text = useSignal('');
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const given = text.value.trim();
    if (given === '') return;
    text.value = '';
    if ((await onSend(given)) === undefined) text.value = given;
  };
  return html`
    <form class="composer" onSubmit=${submit}>
      <input
        aria-label=${label}
        placeholder=${label}
        autocomplete="off"
        value=${text.value}
        onInput=${(/** @type {InputEvent} */ { target }) => {
          if (target instanceof HTMLInputElement) text.value = target.value;
        }}
      />
      <button class="primary">${action}</button>
    </form>
  `;
}
