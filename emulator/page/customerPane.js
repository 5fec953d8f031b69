import { useSignal, useSignalEffect } from '@preact/signals';
import { Chat, Composer } from './chat.js';
import { html } from 'htm/preact';
import { textAt } from '../narration/json.js';
import { CustomerMenu } from './customerMenu.js';
import { ask, mention } from './requests.js';
import { choose, chosenPsid, state, thread, visible } from './session.js';

/** The customer's phone. */
export function CustomerPane() {
  const psid = chosenPsid.value;
  const customers = state.value?.customers ?? [];
  const adding = useSignal(false);
  const path = `customers/${psid}`;
  const offered = thread.value?.quickReplies ?? [];

  useSignalEffect(() => {
    if (state.value?.switches.receipts !== 'automatic' || !visible.value) return;
    const last = thread.value?.messages.findLast(({ from }) => from === 'page');
    if (last !== undefined && last.at > (thread.value?.readUpTo ?? 0))
      void mention(`customers/${chosenPsid.value}/reads`);
  });

  const addCustomer = async () => {
    adding.value = true;
    const name = nextName(customers.map((customer) => customer.name));
    const psid = textAt(await ask('customers', { name }), 'psid');
    if (psid !== undefined) await choose(psid);
    adding.value = false;
  };

  return html`
    <section class="pane customer" aria-labelledby="customer-title">
      <header>
        <h2 id="customer-title">Customer</h2>
        <select
          aria-label="Which customer"
          value=${psid}
          onChange=${(/** @type {Event} */ { target }) => {
            if (target instanceof HTMLSelectElement) void choose(target.value);
          }}
        >
          ${customers.map((customer) => html`<option key=${customer.psid} value=${customer.psid}>${customer.name}</option>`)}
        </select>
        <button aria-label="New customer" title="New customer" onClick=${addCustomer} disabled=${adding.value}>
          + New
        </button>
      </header>
      <${Chat}
        thread=${thread.value}
        psid=${psid}
        side="customer"
        label="Conversation as the customer sees it"
        empty="Write something, as a customer of the Page would in Messenger."
        onButton=${(/** @type {Readonly<Record<string, string>>} */ button) => void ask(`${path}/postbacks`, button)}
        onReact=${(/** @type {Readonly<Record<string, string>>} */ reaction) => void ask(`${path}/reactions`, reaction)}
      >
        ${
          offered.length > 0 &&
          html`<div class="quick-replies" role="group" aria-label="Quick replies">
            ${offered.map(
              ({ title }, index) =>
                html`<button key=${`${index} ${title}`} onClick=${() => void ask(`${path}/quick-replies`, { title })}>
                  ${title}
                </button>`,
            )}
          </div>`
        }
      <//>
      <${Composer}
        label="Write to the Page"
        hint="Message"
        action="Send"
        onSend=${(/** @type {string} */ text) => ask(`${path}/messages`, { text })}
      >
        <${CustomerMenu} />
      <//>
    </section>
  `;
}

const names = ['Dora', 'Emil', 'Farida', 'Goran', 'Hana', 'Ivo', 'Jana', 'Kofi', 'Lina', 'Mara'];

/** @param {readonly string[]} taken */
function nextName(taken) {
  return names.find((name) => !taken.includes(name)) ?? `Customer ${taken.length + 1}`;
}
