import { findFormatProblem } from './formats.ts';
import type { SettingsProblem } from './problems.ts';
import type { KnownSetting, SettingDefinition, SettingName } from './schema.ts';
import type { SettingsSource } from './sources.ts';

/** The value of each setting after precedence, defaults and format; rules that join several settings read them here. */
export class SettingsValues {
  readonly problems: SettingsProblem[];
  /** Settings that are written as in an earlier version, each with how to write it now, as a sentence. */
  readonly outdated: string[] = [];
  readonly #values = new Map<SettingName, string>();
  /** A source could not be read, so what is not there may only be out of sight. */
  readonly #incomplete: boolean;
  readonly #definitions: readonly KnownSetting[];

  /** Problems of the sources themselves go in first; `unreadable` ones mean that settings may be out of sight. */
  constructor(
    definitions: readonly KnownSetting[],
    sources: readonly SettingsSource[],
    unreadable: readonly SettingsProblem[],
    others: readonly SettingsProblem[],
  ) {
    this.problems = [...unreadable, ...others];
    this.#incomplete = unreadable.length > 0;
    this.#definitions = definitions;
    for (const definition of definitions) {
      const { value, disagree, where, outdated } = findValue(definition, sources);
      if (disagree && definition.alias !== undefined) {
        this.report(
          definition.name,
          `and ${definition.alias.name} are both set, to different values`,
          'Remove one of them.',
        );
      }
      if (value === undefined) continue;
      const wrong = findFormatProblem(definition, value);
      if (wrong === undefined) {
        this.#values.set(definition.name, value);
        if (outdated)
          this.outdated.push(
            `${definition.name} ${where} is written as in an earlier version. Write ${definition.name}=${value}.`,
          );
      } else this.report(definition.name, `${where} ${wrong.problem}`, wrong.fix);
    }
  }

  report(setting: SettingName, problem: string, fix: string): void {
    this.problems.push({ setting, problem, fix });
  }

  /** The value as it was set; undefined when it was not, or not in a way that can be used. */
  get(name: SettingName): string | undefined {
    return this.#values.get(name);
  }

  /** Whether it was set, also to a value that has a problem of its own. */
  isSet(name: SettingName): boolean {
    return this.#values.has(name) || this.problems.some(({ setting }) => setting === name);
  }

  /** Whether it was surely not set, so that a rule may ask for it. */
  isMissing(name: SettingName): boolean {
    return !this.#incomplete && !this.isSet(name);
  }

  /** The value or its default; '' for a setting without default. */
  getOrDefault(name: SettingName): string {
    return this.get(name) ?? this.#definitions.find((known) => known.name === name)?.default ?? '';
  }

  /** The value or its default as one of the choices. When neither is one, the problem is told already and the first stands in. */
  choose<Choice extends string>(name: SettingName, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.getOrDefault(name);
    return choices.find((choice) => choice === value) ?? choices[0];
  }
}

/**
 * The strongest source wins; within one source our own name wins over the alias. The value is in today's words, and `outdated` when it was
 * written in earlier ones. `where` goes behind the setting's name:
 * `in .env`, or `(as PORT in the environment)`.
 */
function findValue(
  { name, alias }: SettingDefinition,
  sources: readonly SettingsSource[],
): { value: string | undefined; disagree: boolean; where: string; outdated: boolean } {
  const earlier = new Map(Object.entries(alias?.earlierValues ?? {}));
  const today = (value: string | undefined) => (value === undefined ? undefined : (earlier.get(value) ?? value));
  const pairs = sources.map(({ values, place }) => ({
    place,
    written: values.get(name),
    own: today(values.get(name)),
    other: alias === undefined ? undefined : today(values.get(alias.name)),
  }));
  const strongest = pairs.find(({ own, other }) => (own ?? other) !== undefined);
  const compared =
    alias?.mustAgree === 'everywhere'
      ? [
          {
            own: pairs.find(({ own }) => own !== undefined)?.own,
            other: pairs.find(({ other }) => other !== undefined)?.other,
          },
        ]
      : pairs;
  const disagree = compared.some(({ own, other }) => own !== undefined && other !== undefined && own !== other);
  const { place = '' } = strongest ?? {};
  const where = strongest?.own === undefined ? `(as ${alias?.name ?? name} in ${place})` : `in ${place}`;
  const value = strongest?.own ?? strongest?.other;
  return { value, disagree, where, outdated: earlier.size > 0 && value !== strongest?.written };
}
