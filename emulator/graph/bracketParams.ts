import type { JsonObject } from '../json.ts';
import { ParameterError } from './graphCall.ts';

/** More than any call of Messenger has, since each piece costs many times its length. */
const mostPieces = 1000;
/** `persistent_menu[0][call_to_actions][0][title]` is 5 deep, a button of a card 9. */
const deepest = 12;

/** Reads `a=1&b[c]=2`. Throws a `ParameterError` if it has too many pieces or nests too deep. */
export function readForm(text: string): JsonObject {
  let pieces = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) pieces += 1;
  checkPieces(pieces);
  return nest(new URLSearchParams(text));
}

export function checkPieces(pieces: number): void {
  if (pieces > mostPieces) throw new ParameterError(`A request may have at most ${mostPieces} parameters.`);
}

type Branch = Map<string, string | Branch>;

/**
 * Puts `message[text]` into an object `message`, and `elements[0]` or `elements[]` into a list, as PHP reads names and its clients
 * write them.
 * Source: https://www.php.net/manual/en/faq.html.php#faq.html.arrays
 */
export function nest(pairs: Iterable<readonly [string, string]>): JsonObject {
  const root: Branch = new Map();
  for (const [name, value] of pairs) {
    const path = pathOf(name);
    let branch = root;
    for (const key of path.slice(0, -1)) branch = branchAt(branch, nameIn(branch, key));
    branch.set(nameIn(branch, path.at(-1) ?? ''), value);
  }
  return Object.fromEntries([...root].map(([name, value]) => [name, unfold(value)]));
}

function pathOf(name: string): readonly string[] {
  const open = name.indexOf('[');
  if (open < 1 || !name.endsWith(']')) return [name];
  const path = [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
  if (path.length > deepest) throw new ParameterError(`Names of parameters may be nested ${deepest} deep.`);
  return path;
}

/** `[]` is the next member of a list. */
const nameIn = (branch: Branch, key: string): string => (key === '' ? String(branch.size) : key);

function branchAt(branch: Branch, name: string): Branch {
  const there = branch.get(name);
  if (there instanceof Map) return there;
  const made: Branch = new Map();
  branch.set(name, made);
  return made;
}

function unfold(value: string | Branch): unknown {
  if (typeof value === 'string') return value;
  const names = [...value.keys()];
  const members = [...value.values()].map(unfold);
  return names.every((name, index) => name === String(index))
    ? members
    : Object.fromEntries(names.map((name, index) => [name, members[index]]));
}
