import { html } from 'htm/preact';

/** @typedef {readonly { readonly id: string, readonly name: string }[]} Options */

/**
 * The filled-in fields of a form.
 *
 * @param {SubmitEvent} event
 */
export function fieldsOf(event) {
  event.preventDefault();
  const { target } = event;
  if (!(target instanceof HTMLFormElement)) return {};
  /** @type {Record<string, string>} */
  const fields = {};
  for (const [name, value] of new FormData(target)) {
    if (typeof value === 'string' && value !== '') fields[name] = value;
  }
  return fields;
}

/**
 * A choice that takes effect when its form is sent.
 *
 * @param {{ name: string, options: Options, onChoose?: (id: string) => void }} props
 */
export function Named({ name, options, onChoose }) {
  return html`<select
    name=${name}
    onChange=${(/** @type {Event} */ { target }) => {
      if (target instanceof HTMLSelectElement) onChoose?.(target.value);
    }}
  >
    ${options.map(({ id, name: shown }) => html`<option key=${id} value=${id}>${shown}</option>`)}
  </select>`;
}

/**
 * A choice that takes effect at once.
 *
 * @param {{ value: string, options: Options, onChoose: (id: string) => void }} props
 */
export function Choice({ value, options, onChoose }) {
  return html`<select
    value=${value}
    onChange=${(/** @type {Event} */ { target }) => {
      if (target instanceof HTMLSelectElement) onChoose(target.value);
    }}
  >
    ${options.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
  </select>`;
}

/**
 * An input line and a button that sends it.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.name
 * @param {string} props.action
 * @param {(fields: Readonly<Record<string, string>>) => void} props.onSend
 */
export function LineForm({ label, name, action, onSend }) {
  const send = (/** @type {SubmitEvent} */ event) => {
    const fields = fieldsOf(event);
    if (event.target instanceof HTMLFormElement) event.target.reset();
    onSend(fields);
  };
  return html`<form onSubmit=${send}>
    <label>${label}<input name=${name} autocomplete="off" required /></label>
    <button>${action}</button>
  </form>`;
}
