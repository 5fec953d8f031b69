import type { SeededRandom } from '../support/seededRandom.ts';

type Holder = Record<string, unknown>;

const strange: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e21, 2 ** 53 + 2, '', ' ', 'true', '-1', '1e9', '\0', '\ud800', '\u202e'],
  ...[
    [],
    [[]],
    {},
    { id: null },
    [null],
    'x'.repeat(2_100),
    '👋'.repeat(700),
    '__proto__',
    'constructor',
    '7601234509876543',
  ],
];

/** A list counts as an object whose names are its indices. */
function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

/** Every place of a value, as who holds it and under which name. */
export function placesOf(value: unknown): { holder: Holder; name: string }[] {
  if (!isHolder(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [{ holder: value, name }, ...placesOf(inner)]);
}

function mutateText(text: string, random: SeededRandom, other: string): string {
  const at = random.below(text.length + 1);
  const end = at + random.below(Math.min(20, text.length - at + 1));
  const sign = () => String.fromCharCode(random.below(random.pick([32, 128, 128, 65_536])));
  return random.pick([
    () => text.slice(0, at) + text.slice(end),
    () => text.slice(0, end) + text.slice(at),
    () => text.slice(0, at) + other.slice(0, 200) + text.slice(at),
    () => text.slice(0, at) + sign() + text.slice(at + 1),
    () => text.slice(0, at) + sign() + text.slice(at),
    () => text.toUpperCase(),
  ])();
}

function otherType(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? Number(value) : [value];
}

/** A copy of a JSON value that differs in one to four places; parts of `other` may stand in it. */
export function mutateJson(value: unknown, other: unknown, random: SeededRandom): unknown {
  const root: unknown[] = [structuredClone(value)];
  const others = placesOf([other]);
  const part = (): unknown => {
    const { holder, name } = random.pick(others);
    return structuredClone(holder[name]);
  };
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const { holder, name } = random.pick(placesOf(root));
    const old = holder[name];
    const put = (fresh: unknown): void => void (holder[name] = fresh);
    random.pick<() => void>([
      () => put(structuredClone(random.pick(strange))),
      () => put(part()),
      () => put(typeof old === 'string' ? mutateText(old, random, JSON.stringify(part())) : null),
      () => put(typeof old === 'string' ? mutateText(old, random, '') : otherType(old)),
      () => put(otherType(old)),
      () => takeAway(holder, name, root),
      () => {
        if (Array.isArray(old)) old.push(structuredClone(random.below(2) === 0 ? old[0] : part()));
        else if (isHolder(old)) old[random.pick(others).name] = part();
      },
      () => {
        if (Array.isArray(holder)) return;
        takeAway(holder, name, root);
        holder[random.pick(others).name] = old;
      },
    ])();
  }
  return root[0];
}

export function takeAway(holder: Holder, name: string, root: unknown): void {
  if (Array.isArray(holder)) {
    if (holder !== root) holder.splice(Number(name), 1);
  } else Reflect.deleteProperty(holder, name);
}
