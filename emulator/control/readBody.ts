import { isJsonObject, type JsonObject } from '../json.ts';
import { switchValues, type EntryPoints, type RuleSwitches } from '../core/state.ts';
import { EmulatorUsageError } from '../usageError.ts';

/** Reading of control bodies: what is wrong is said in one sentence. */

export function text(body: JsonObject, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw new EmulatorUsageError(`${name} is required.`);
  return value;
}

export function optionalText(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new EmulatorUsageError(`${name} has to be a text, not empty.`);
  return value;
}

/** Those of the texts that the body has. */
export function optionalTextsOf<Name extends string>(
  body: JsonObject,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = optionalText(body, name);
    if (value !== undefined) texts[name] = value;
  }
  return texts;
}

/** App ids by the way that a customer comes. */
export function entryPointsOf(body: JsonObject): EntryPoints {
  const { links } = body;
  const ways = optionalTextsOf(body, ['social', 'ad']);
  if (links === undefined) return ways;
  if (!isJsonObject(links)) throw new EmulatorUsageError('links has to be an object of app ids by ref.');
  return { ...ways, links: Object.fromEntries(Object.keys(links).map((ref) => [ref, text(links, ref)])) };
}

export function wholeNumber(body: JsonObject, name: string): number {
  const value = optionalWholeNumber(body, name);
  if (value === undefined) throw new EmulatorUsageError(`${name} is required.`);
  return value;
}

export function optionalWholeNumber(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new EmulatorUsageError(`${name} has to be a whole number from 0.`);
  }
  return value;
}

export function optionalTexts(body: JsonObject, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((member) => typeof member === 'string')) {
    throw new EmulatorUsageError(`${name} has to be a list of texts.`);
  }
  return value;
}

/** The members of a list of objects; none where it is left out. */
export function objects(body: JsonObject, name: string): readonly JsonObject[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value) || !value.every(isJsonObject)) {
    throw new EmulatorUsageError(`${name} has to be a list of objects.`);
  }
  return value;
}

export function optionalObject(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw new EmulatorUsageError(`${name} has to be an object.`);
  return value;
}

export function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], name: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new EmulatorUsageError(`${name} has to be one of ${allowed.join(', ')}.`);
  return found;
}

/** Switches with one of their values each. */
export function switchSettings(body: JsonObject): Partial<RuleSwitches> {
  const names = Object.keys(switchValues).filter(isSwitch);
  const strange = Object.keys(body).find((name) => !names.some((known) => known === name));
  if (strange !== undefined) throw new EmulatorUsageError(`There is no switch ${strange}, only ${names.join(', ')}.`);
  return Object.fromEntries(
    names
      .filter((name) => body[name] !== undefined)
      .map((name) => [name, oneOf<string>(optionalText(body, name), switchValues[name], name)]),
  );
}

const isSwitch = (name: string): name is keyof RuleSwitches => Object.hasOwn(switchValues, name);
