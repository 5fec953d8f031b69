import { html } from 'htm/preact';
import { tokenInWords } from '../narration/words.js';
import { fieldsOf, Named } from './forms.js';
import { ask } from './requests.js';
import { now, state } from './session.js';

/** @import { TokenKind } from '../graph/accessTokens.ts' */

/** @type {readonly { id: TokenKind, name: string }[]} */
const kinds = [
  { id: 'page', name: 'page' },
  { id: 'user', name: 'user' },
  { id: 'app', name: 'app' },
];

/** @type {Readonly<Record<string, { name: string, life: object }>>} */
const lives = {
  expired: { name: 'expired', life: { expiresInSeconds: 0 } },
  minute: { name: 'ending in a minute', life: { expiresInSeconds: 60 } },
  hour: { name: 'ending in an hour', life: { expiresInSeconds: 3600 } },
  invalidated: { name: 'invalidated', life: { invalidated: 'passwordChanged' } },
  good: { name: 'good for ever', life: { expiresAt: 0, invalidated: 'no' } },
};

/** Until when the tokens of the apps work, where they do not for ever. */
export function TokensForm() {
  const apps = state.value?.apps ?? [];
  const ending = apps.flatMap(({ id, name, tokens }) =>
    kinds.flatMap(({ id: kind }) => {
      const { does, what } = tokenInWords(tokens[kind], now.value);
      const endless = tokens[kind].expiresAt === 0 && tokens[kind].invalidated === 'no';
      return endless ? [] : [html`<li key=${`${id} ${kind}`}>The ${kind} token of ${name} ${does} ${what}.</li>`];
    }),
  );
  return html`
    <form onSubmit=${set}>
      <h2>Tokens</h2>
      <label class="field wide">
        <span>the token of</span>
        <${Named} name="appId" options=${apps.map(({ id, name }) => ({ id, name }))} />
      </label>
      <label class="field"><span>for the</span><${Named} name="of" options=${kinds} /></label>
      <label class="field">
        <span>is</span>
        <${Named} name="life" options=${Object.entries(lives).map(([id, { name }]) => ({ id, name }))} />
      </label>
      <button class="primary">Set</button>
      ${
        ending.length > 0 &&
        html`<ul class="wide" aria-label="Tokens that end">
          ${ending}
        </ul>`
      }
    </form>
  `;
}

/** @param {SubmitEvent} event */
function set(event) {
  const { appId = '', of, life = '' } = fieldsOf(event);
  void ask(`apps/${appId}/token`, { of, ...lives[life]?.life });
}
