import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { findJsonSyntaxError } from './jsonSyntaxError.ts';
import type { SettingsProblem } from './problems.ts';
import { settingDefinitions, type SettingDefinition } from './schema.ts';

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
}

export type ReadTextFile = (path: string) => string;

const FILE = 'appsettings.json';
const DOTENV = '.env';

/** The three places where settings stand, strongest first: the environment, `.env`, `appsettings.json`. */
export function readSources(
  env: Environment,
  directory: string,
  readFile: ReadTextFile | undefined,
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
    { kind: 'environment', place: 'the environment', nested: [], ...fromVariables(env) },
    { kind: 'dotenv', place: DOTENV, nested: [], ...fromVariables(parse(dotenv)) },
    { kind: 'file', place: FILE, ...fromJson(file, unreadable, wrongTypes) },
  ];
  return { sources, unreadable, wrongTypes };
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** A blank text is a setting that is not set, so that an example file can list what it leaves open. */
function withoutBlanks(entries: Iterable<readonly [string, string | undefined]>): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of entries) {
    if (value !== undefined && value.trim() !== '') values.set(name, value);
  }
  return values;
}

function fromVariables(variables: Environment): { names: readonly string[]; values: ReadonlyMap<string, string> } {
  const values = withoutBlanks(Object.entries(variables));
  return { names: [...values.keys()], values };
}

function fromJson(
  text: string,
  unreadable: SettingsProblem[],
  wrongTypes: SettingsProblem[],
): Pick<SettingsSource, 'names' | 'values' | 'nested'> {
  const entries = readJson(text, unreadable);
  const texts = entries.map(([name, value]) => [name, readJsonValue(name, value, wrongTypes)] as const);
  const nested = entries.filter(([, value]) => typeof value === 'object' && value !== null).map(([name]) => name);
  return { names: entries.map(([name]) => name), values: withoutBlanks(texts), nested };
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

function readJsonValue(name: string, value: unknown, problems: SettingsProblem[]): string | undefined {
  const definition = settingDefinitions.find((known) => known.name === name || known.alias?.name === name);
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
