import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { html } from 'htm/preact';
import { marksOf } from './marks.js';
import { Message } from './message.js';
import { receiver } from './participants.js';

/** @import { ComponentChild } from 'preact' */
/** @import { Thread, ThreadMessage } from '../core/state.ts' */
/** @import { MessageProps } from './message.js' */

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
 * @param {MessageProps['onButton']} [props.onButton] absent where buttons cannot be tapped
 * @param {MessageProps['onReact']} [props.onReact] absent where nobody can react
 * @param {ComponentChild} [props.children] below the last message
 */
export function Chat({ thread, psid, side, label, empty, onButton, onReact, children }) {
  const more = useSignal(0);
  /** @type {{ current: HTMLDivElement | null }} */
  const scroller = useRef(null);
  const atEnd = useRef(true);
  const messages = thread?.messages ?? [];
  const shown = messages.slice(-(shownAtOnce + more.value));
  const { typing, seenAt } = marksOf(psid);
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
    // Agents do not see the status of the customer's own messages.
    if (mid === lastOwn?.mid) return side === 'page' ? '' : seenAt >= at ? 'Seen' : 'Sent';
    if (mid !== lastPage?.mid) return '';
    if ((thread?.readUpTo ?? 0) >= at) return 'Read';
    return (thread?.receivedUpTo ?? 0) >= at ? 'Received' : '';
  };

  /** Keeps the chat at its end when a picture has loaded and takes up room. */
  const stayAtEnd = () => {
    const { current } = scroller;
    if (current !== null && atEnd.current) current.scrollTop = current.scrollHeight;
  };
  const noteEnd = () => {
    const { current } = scroller;
    if (current !== null) atEnd.current = current.scrollTop + current.clientHeight >= current.scrollHeight - 40;
  };

  return html`
    <div
      class="chat"
      ref=${scroller}
      tabindex="0"
      role="log"
      aria-label=${label}
      onScroll=${noteEnd}
      onLoadCapture=${stayAtEnd}
    >
      ${
        shown.length < messages.length &&
        html`<button class="quiet" onClick=${() => (more.value += shownAtOnce)}>
          Show earlier messages (${messages.length - shown.length})
        </button>`
      }
      ${messages.length === 0 && html`<p class="hint">${empty}</p>`}
      ${shown.map((message, index) => {
        const before = shown[index - 1];
        return html`<${Message}
          key=${message.mid}
          message=${message}
          side=${side}
          named=${before?.appId !== message.appId || before?.persona?.id !== message.persona?.id}
          mark=${markOf(message)}
          last=${message.mid === lastPage?.mid}
          onButton=${onButton}
          onReact=${onReact}
        />`;
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
 * An input line.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.hint] what stands in the line until something is written, instead of the label
 * @param {string} props.action the word on the button
 * @param {(text: string) => Promise<unknown>} props.onSend `undefined` when it was refused
 * @param {ComponentChild} [props.children] before the line
 */
export function Composer({ label, hint = label, action, onSend, children }) {
  const text = useSignal('');
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const given = text.value.trim();
    if (given === '') return;
    text.value = '';
    if ((await onSend(given)) === undefined) text.value = `${given} ${text.value}`.trim();
  };
  return html`
    <div class="composer">
      ${children}
      <form onSubmit=${submit}>
        <input
          aria-label=${label}
          placeholder=${hint}
          autocomplete="off"
          value=${text.value}
          onInput=${(/** @type {InputEvent} */ { target }) => {
            if (target instanceof HTMLInputElement) text.value = target.value;
          }}
        />
        <button class="primary">${action}</button>
      </form>
    </div>
  `;
}
