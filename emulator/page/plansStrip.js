import { computed, signal } from '@preact/signals';
import { html } from 'htm/preact';
import { receiver } from './participants.js';
import { chosenPsid, followEvents, now } from './session.js';
import { spanInWords } from '../narration/time.js';
import { dayAndTimeOf } from './words.js';

/**
 * @import { Signal } from '@preact/signals'
 * @import { BotHandover } from '../botReports.ts'
 * @import { EmulatorEvent } from '../trace/emulatorEvent.ts'
 */

/** @typedef {Extract<EmulatorEvent, { type: 'botPlans' }>} Plans */

const mostTimers = 6;

/**
 * What each bot has told last, by app and customer.
 *
 * @type {Signal<ReadonlyMap<string, Plans>>}
 */
const plans = signal(new Map());

/** Remembers what the bots are going to do. What a process that has ended was going to do, nobody does. */
export function followPlans() {
  followEvents(
    (events) => {
      for (const event of events) {
        if (event.type === 'botPlans') plans.value = new Map(plans.value).set(`${event.appId} ${event.psid}`, event);
        if (event.type === 'botState' && event.state === 'down')
          plans.value = new Map([...plans.value].filter(([, { appId }]) => appId !== event.appId));
      }
    },
    () => (plans.value = new Map()),
  );
}

const shown = computed(() =>
  [...plans.value.values()].filter(
    ({ psid, timers, handover }) => psid === chosenPsid.value && (timers.length > 0 || handover !== undefined),
  ),
);

/** The timers of the conversation in view, and its handover to people: what comes although nobody does anything. */
export function PlansStrip() {
  if (shown.value.length === 0) return null;
  return html`
    <section class="plans" aria-label="What the bots are going to do">
      ${shown.value.map((one) => html`<${PlansOfBot} key=${one.appId} plans=${one} />`)}
    </section>
  `;
}

/** @param {{ plans: Plans }} props */
function PlansOfBot({ plans: { appId, timers, handover } }) {
  const { name, colour } = receiver(appId);
  return html`
    <div class="plans-of-bot" data-colour=${colour}>
      <strong title=${name}>${name}</strong>
      <div>
        ${handover !== undefined && html`<${Handover} handover=${handover} />`}
        ${
          timers.length > 0 &&
          html`<p>
            <span class="what">Timers</span>
            ${timers
              .slice(0, mostTimers)
              .map(
                (timer) =>
                  html`<span class="step" key=${timer.name}
                    ><code>${timer.name}</code> <${When} at=${timer.dueAt}
                  /></span>`,
              )}
            ${timers.length > mostTimers && html`<span class="step">and ${timers.length - mostTimers} more</span>`}
          </p>`
        }
      </div>
    </div>
  `;
}

/** @param {{ handover: BotHandover }} props */
function Handover({ handover: { reason, to, since, firstAnswerAt, next } }) {
  const answer = firstAnswerAt === undefined ? 'no answer yet' : `first answer ${dayAndTimeOf(firstAnswerAt)}`;
  return html`
    <p>
      <span class="what">Handover</span>
      <span>
        ${to === undefined ? 'waits for people' : html`to <b>${to}</b>`} since ${dayAndTimeOf(since)}:
        ${' '}${reason}${to !== undefined && `; ${answer}`}
      </span>
    </p>
    ${
      next.length > 0 &&
      html`<p>
        <span class="what">Then</span>
        ${next.map(({ what, at }) => html`<span class="step" key=${what}><${When} at=${at} /> ${what} </span>`)}
      </p>`
    }
  `;
}

/** @param {{ at: number }} props */
function When({ at }) {
  const ms = at - now.value;
  return html`<span class="when">${dayAndTimeOf(at)} <b>${ms > 0 ? `in ${spanInWords(ms)}` : 'due'}</b></span>`;
}
