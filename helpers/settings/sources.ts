import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { findJsonSyntaxError } from './jsonSyntaxError.ts';
import type { SettingsProblem } from './problems.ts';
import { isObject, isOwnName, ownEntries, parseOrNothing } from './ownNames.ts';
import type { KnownSetting, SettingDefinition } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names and texts of one source, as they stand there. */
export interface SettingsSource {
  kind: 'environment' | 'dotenv' | 'file';
  /** For messages: where a person has to look. */
  place: string;
  /** All names that stand there, known or not; of the variables only those that are not blank. */
  names: readonly string[];
  values: ReadonlyMap<string, string>;
  /** The names that hold an object or a list instead of a text. */
  nested: readonly string[];
  /** The bot's own settings by name, as they stand there. */
  own: ReadonlyMap<string, unknown>;
}

export type ReadTextFile = (path: string) => string;

const FILE = 'appsettings.json';
const DOTENV = '.env';

/** The three places where settings stand, strongest first: the environment, `.env`, `appsettings.json`. */
export function readSources(
  env: Environment,
  directory: string,
  readFile: ReadTextFile | undefined,
  definitions: readonly KnownSetting[],
): { sources: readonly SettingsSource[]; unreadable: SettingsProblem[]; wrongTypes: SettingsProblem[] } {
  const unreadable: SettingsProblem[] = [];
  const wrongTypes: SettingsProblem[] = [];
  const read = (name: string): string => {
    try {
      const text =
        readFile === undefined ? readFileSync(join(directory, name), 'utf8') : readFile(join(directory, name));
      return text.replace(/^\uFEFF/, ''); // editors on Windows like to put a byte order mark first
    } catch (error) {
      if (isMissingFile(error)) return '';
      unreadable.push({
        setting: name,
        problem: 'is there but cannot be read',
        fix: 'Make it a plain file that the user who runs the bot may read, or remove it.',
      });
      return '';
    }
  };
  const file = read(FILE);
  const dotenv = read(DOTENV);
  const sources: SettingsSource[] = [
    { kind: 'environment', place: 'the environment', nested: [], ...fromVariables(env, 'the environment', wrongTypes) },
    { kind: 'dotenv', place: DOTENV, nested: [], ...fromVariables(parse(dotenv), DOTENV, wrongTypes) },
    { kind: 'file', place: FILE, ...fromJson(file, definitions, unreadable, wrongTypes) },
  ];
  return { sources, unreadable, wrongTypes };
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The names that are not the bot's own. */
const otherNames = (names: readonly string[]): string[] => names.filter((name) => name !== 'My' && !isOwnName(name));

/** A blank text is a setting that is not set, so that an example file can list what it leaves open. */
function withoutBlanks(entries: Iterable<readonly [string, string | undefined]>): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of entries) {
    if (value !== undefined && value.trim() !== '') values.set(name, value);
  }
  return values;
}

function fromVariables(
  variables: Environment,
  place: string,
  wrongTypes: SettingsProblem[],
): Pick<SettingsSource, 'names' | 'values' | 'own'> {
  const values = withoutBlanks(Object.entries(variables));
  const together = values.get('My');
  if (together !== undefined && !isObject(parseOrNothing(together))) {
    wrongTypes.push({
      setting: 'My',
      problem: `in ${place} is not the JSON of an object`,
      fix: 'Write My={"ApiKey":"…"}, or MyApiKey=… by itself.',
    });
  }
  return { names: otherNames([...values.keys()]), values, own: ownEntries(values) };
}

function fromJson(
  text: string,
  definitions: readonly KnownSetting[],
  unreadable: SettingsProblem[],
  wrongTypes: SettingsProblem[],
): Pick<SettingsSource, 'names' | 'values' | 'nested' | 'own'> {
  const entries = readJson(text, unreadable);
  const texts = entries.map(([name, value]) => [name, readJsonValue(name, value, definitions, wrongTypes)] as const);
  const nested = entries.filter(([, value]) => typeof value === 'object' && value !== null).map(([name]) => name);
  const names = otherNames(entries.map(([name]) => name));
  return { names, values: withoutBlanks(texts), nested, own: ownEntries(entries) };
}

function readJson(text: string, problems: SettingsProblem[]): [string, unknown][] {
  if (text.trim() === '') return [];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text, so only the place is told.
    const { line, column } = findJsonSyntaxError(text) ?? { line: 1, column: 1 };
    problems.push({
      setting: FILE,
      problem: `is not valid JSON: line ${line}, column ${column}`,
      fix: 'Correct it there; comments and a comma after the last entry are not allowed.',
    });
    return [];
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push({
      setting: FILE,
      problem: 'is not a JSON object',
      fix: 'Write the names and values between { and }, as in appsettings.example.json.',
    });
    return [];
  }
  return Object.entries(content);
}

function readJsonValue(
  name: string,
  value: unknown,
  definitions: readonly KnownSetting[],
  problems: SettingsProblem[],
): string | undefined {
  if (name === 'My' && (typeof value !== 'object' || Array.isArray(value))) {
    problems.push({
      setting: name,
      problem: `in ${FILE} is not an object`,
      fix: 'Write "My": { "ApiKey": "…" }, or "MyApiKey": "…" by itself.',
    });
  }
  const definition = definitions.find((known) => known.name === name || known.alias?.name === name);
  // An unknown name is reported as such, whatever stands there. `null` says that nothing is set.
  if (definition === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && ['count', 'digits', 'minutes', 'port'].includes(definition.format)) {
    if (Number.isSafeInteger(value)) return String(value);
    problems.push({
      setting: name,
      problem: `in ${FILE} is a number that JSON cannot carry exactly`,
      fix: 'Put it in quotes.',
    });
    return undefined;
  }
  problems.push({
    setting: name,
    problem: `in ${FILE} has a value that is not text`,
    fix: cureOfType(definition, value),
  });
  return undefined;
}

function cureOfType({ choices }: SettingDefinition, value: unknown): string {
  const nothingNested = typeof value === 'object' ? '; nothing is nested here' : '';
  if (choices === undefined) {
    return nothingNested === '' ? 'Put it in quotes.' : `Write one text in quotes${nothingNested}.`;
  }
  return `Write one of ${choices.map((choice) => `"${choice}"`).join(', ')}${nothingNested}.`;
}
