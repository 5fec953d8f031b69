import { Secret } from '../secret.ts';
import { isPlainUrl, secretProblem } from './formats.ts';
import { nearestName } from './nearestName.ts';
import { isObject, isOwnName, parseOrNothing } from './ownNames.ts';
import type { SettingsProblem } from './problems.ts';
import type { SettingsSource } from './sources.ts';

/** How one setting of a bot of one's own looks. */
export interface OwnSettingDefinition {
  /** Default: `string`. In variables a `boolean` is `true` or `false`, and `json` is JSON as text. */
  readonly type?: 'string' | 'number' | 'boolean' | 'url' | 'json';
  /** Without it, and without a default, the value is undefined when nothing is set. */
  readonly required?: boolean;
  readonly default?: unknown;
  /** Kept out of logs, journals and dead letters. Texts only, of at least 8 characters. */
  readonly secret?: boolean;
  /** The only values that a text may have. */
  readonly choices?: readonly string[];
}

/** What the module of a bot exports as `ownSettings`: each of its settings by its name, which begins with `My`. */
export type OwnSettingsSchema = Readonly<Record<`My${string}`, OwnSettingDefinition>>;

type ValueOf<Definition> = Definition extends { type: 'number' }
  ? number
  : Definition extends { type: 'boolean' }
    ? boolean
    : Definition extends { type: 'json' }
      ? unknown
      : Definition extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/** The values that belong to a schema: `OwnSettings<typeof ownSettings>`. */
export type OwnSettings<Schema> = {
  readonly [Name in keyof Schema]: Schema[Name] extends
    { required: true } | { default: object | string | number | boolean }
    ? ValueOf<Schema[Name]>
    : ValueOf<Schema[Name]> | undefined;
};

export interface OwnValues {
  /** By name. What is not set and has no default is missing. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly secrets: readonly Secret[];
}

const types = ['string', 'number', 'boolean', 'url', 'json'] as const;

/** Without a schema a value is what stands there, and one whose name says that it is a secret is taken for one. */
const secretName = /(?:key|token|secret|password)$/i;

/** Reads the bot's own settings. The values of the strongest source win. `schema` is what the module exports, or undefined. */
export function readOwnSettings(
  sources: readonly SettingsSource[],
  schema: unknown,
): OwnValues & { readonly problems: readonly SettingsProblem[] } {
  const problems: SettingsProblem[] = [];
  const values: [string, unknown][] = [];
  const secrets: Secret[] = [];
  const strongest = (name: string) => sources.find(({ own }) => own.has(name));
  if (schema === undefined) {
    for (const name of new Set(sources.flatMap(({ own }) => [...own.keys()]))) {
      const value = strongest(name)?.own.get(name);
      values.push([name, value]);
      if (typeof value === 'string' && secretName.test(name) && secretProblem(value) === undefined)
        secrets.push(new Secret(value));
    }
    return { values: Object.fromEntries(values), secrets, problems };
  }
  const definitions = readSchema(schema, problems);
  for (const [name, definition] of definitions) {
    const source = strongest(name);
    if (source === undefined) {
      if (definition.default !== undefined) values.push([name, definition.default]);
      else if (definition.required === true) {
        problems.push({
          setting: name,
          problem: 'is missing; the bot needs it',
          fix: 'Set it in the environment, in .env or in appsettings.json.',
        });
      }
      continue;
    }
    const given = source.own.get(name);
    const read = readValue(definition, given, source.kind);
    if ('fix' in read) problems.push({ setting: name, problem: `in ${source.place} ${read.problem}`, fix: read.fix });
    else values.push([name, read.value]);
    // Also one that is refused: whatever stands there was meant to be a secret.
    if (definition.secret === true && typeof given === 'string' && given !== '') secrets.push(new Secret(given));
  }
  problems.push(...undeclared(sources, [...definitions.keys()]));
  return { values: Object.fromEntries(values), secrets, problems };
}

/** What a module exports is checked as well: one in JavaScript was checked by nobody. */
function readSchema(schema: unknown, problems: SettingsProblem[]): Map<string, OwnSettingDefinition> {
  const report = (setting: string, problem: string, fix: string) => void problems.push({ setting, problem, fix });
  const definitions = new Map<string, OwnSettingDefinition>();
  if (!isObject(schema)) {
    report('ownSettings', 'of the bot is no object', 'Write it like { MyLimit: { type: "number", default: 5 } }.');
    return definitions;
  }
  for (const [name, definition] of Object.entries(schema)) {
    const setting = `ownSettings.${name}`;
    if (!isOwnName(name)) report(setting, 'does not begin with My', 'Give it a name such as MyLimit.');
    else if (!isDefinition(definition)) {
      report(setting, 'is no description of a setting', `Write an object whose type is one of ${types.join(', ')}.`);
    } else if (unknownPart(definition) !== undefined) {
      const part = unknownPart(definition) ?? '';
      const meant = nearestName(part, parts);
      const fix = meant === undefined ? `There are ${parts.join(', ')}.` : `Did you mean ${meant}?`;
      report(setting, `has ${part.slice(0, 40)}, which no setting has`, fix);
    } else if (definition.secret === true && !['string', 'url', undefined].includes(definition.type)) {
      report(setting, `is a secret of type ${definition.type ?? ''}`, 'Leave the type out: secrets are texts.');
    } else if (definition.default !== undefined && 'fix' in readValue(definition, definition.default, 'file')) {
      report(setting, 'has a default that it could not be set to', 'Give the default the type of the setting.');
    } else definitions.set(name, definition);
  }
  return definitions;
}

const parts = ['type', 'required', 'default', 'secret', 'choices'] satisfies (keyof OwnSettingDefinition)[];

/** What nobody reads: a misspelt `required` would be no demand at all. */
const unknownPart = (definition: OwnSettingDefinition): string | undefined =>
  Object.keys(definition).find((name) => !parts.some((part) => part === name));

function isDefinition(value: unknown): value is OwnSettingDefinition {
  if (!isObject(value)) return false;
  const { type, choices, required, secret } = value as Record<string, unknown>;
  return (
    (type === undefined || types.some((known) => known === type)) &&
    (choices === undefined || Array.isArray(choices)) &&
    [required, secret].every((flag) => flag === undefined || typeof flag === 'boolean')
  );
}

type Read = { readonly value: unknown } | { readonly problem: string; readonly fix: string };

function readValue(definition: OwnSettingDefinition, given: unknown, kind: SettingsSource['kind']): Read {
  const wrong = (problem: string, fix: string): Read => ({ problem, fix });
  switch (definition.type) {
    case 'number': {
      const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      if (typeof number === 'number' && Number.isFinite(number)) return { value: number };
      return wrong('is not a number', 'Write digits, such as 5 or 0.5.');
    }
    case 'boolean':
      if (typeof given === 'boolean') return { value: given };
      if (given === 'true' || given === 'false') return { value: given === 'true' };
      return wrong('is neither true nor false', 'Write true or false.');
    case 'json': {
      if (kind === 'file' || typeof given !== 'string') return { value: given };
      const value = parseOrNothing(given);
      return value === undefined ? wrong('is not JSON', 'Write JSON, such as ["a", "b"].') : { value };
    }
    case 'url':
    case 'string':
    case undefined: {
      if (typeof given !== 'string') return wrong('has a value that is not text', 'Put it in quotes.');
      if (definition.type === 'url' && !isPlainUrl(given))
        return wrong('is not an http or https address', 'Write it like https://host.example/path.');
      if (definition.choices !== undefined && !definition.choices.includes(given))
        return wrong('has a value that it cannot have', `Write one of ${definition.choices.join(', ')}.`);
      const secret = definition.secret === true ? secretProblem(given) : undefined;
      return secret ?? { value: given };
    }
  }
}

/** Names that begin with `My` and that nobody reads. The environment is full of names of others, so there only near ones count. */
function undeclared(sources: readonly SettingsSource[], known: readonly string[]): SettingsProblem[] {
  const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');
  return sources.flatMap(({ kind, place, own, names }) => {
    const spelled = [...own.keys(), ...names].filter((name) => !known.includes(name));
    const wrong = spelled.filter((name) =>
      isOwnName(name) && kind !== 'environment' ? true : known.some((other) => plain(other) === plain(name)),
    );
    return wrong.map((name) => {
      const suggestion = nearestName(name, known);
      const all = known.length === 0 ? 'It has none.' : `It has ${known.join(', ')}.`;
      return {
        setting: /^\w{1,40}$/.test(name) ? name : 'A name that begins with My',
        problem: `in ${place} is none of the bot's own settings`,
        fix:
          suggestion === undefined ? `Remove it, or declare it in ownSettings. ${all}` : `Did you mean ${suggestion}?`,
      };
    });
  });
}
