import { isJsonObject, type JsonObject } from '../emulator/json.ts';
import { textAt } from '../emulator/narration/json.js';

/** Nobody reads further. */
const deepest = 5;

/** An error that a bot logged and what caused it, the outermost first. Of several errors the first stands for all. */
function chainOf(error: JsonObject): readonly JsonObject[] {
  const chain: JsonObject[] = [];
  for (let next: unknown = error; isJsonObject(next) && chain.length < deepest;) {
    chain.push(next);
    const { cause, errors } = next;
    next = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return chain;
}

/** `TypeError: fetch failed, because of Error: connect ECONNREFUSED 127.0.0.1:4777`: an error with the causes that say more. */
export function errorInWords(error: JsonObject): string {
  return chainOf(error).reduce((said, one, depth) => {
    if (depth === 0) return inWords(one);
    return said.includes(textAt(one, 'message') ?? '') ? said : `${said}, because of ${inWords(one)}`;
  }, '');
}

/** Where it was thrown, and where its causes were: the error around another one may lead into a package only. */
export function stackInWords(error: JsonObject): string | undefined {
  const stacks = chainOf(error).flatMap((one) => textAt(one, 'stack') ?? []);
  return stacks.length === 0 ? undefined : stacks.join('\nbecause of ');
}

function inWords(error: JsonObject): string {
  const name = textAt(error, 'name') ?? 'Error';
  const message = textAt(error, 'message') ?? '';
  return message === '' ? name : `${name}: ${message}`;
}
