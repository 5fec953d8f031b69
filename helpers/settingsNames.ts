import { nearestName } from './nearestName.ts';
import type { SettingsProblem } from './settingsProblems.ts';
import { settingDefinitions } from './settingsSchema.ts';
import type { SettingsSource } from './settingsSources.ts';

const aliasNames = settingDefinitions.flatMap(({ alias }) => (alias === undefined ? [] : [alias.name]));
const knownNames = [...settingDefinitions.map(({ name }) => name), ...aliasNames];

/** Variables that Azure App Service sets by itself for its own sign-in feature; they begin like ours. */
const PLATFORM_VARIABLE = /^(?:MICROSOFT|FACEBOOK)_PROVIDER_AUTHENTICATION_/;

/** Names that nobody reads: they are almost always misspelt, and the setting that was meant is silently missing. */
export function findUnknownNames(sources: readonly SettingsSource[]): SettingsProblem[] {
  return sources.flatMap((source) =>
    source.names
      .filter((name) => !knownNames.includes(name) && (source.kind === 'file' || isMeantForUs(name)))
      .map((name) => describeUnknown(name, source.place)),
  );
}

/** Of the variables, only those that look like ours: the environment is full of others. */
function isMeantForUs(name: string): boolean {
  if (PLATFORM_VARIABLE.test(name)) return false;
  const lowerCase = name.toLowerCase();
  return (
    lowerCase.startsWith('microsoft') ||
    lowerCase.startsWith('facebook') ||
    settingDefinitions.some((known) => known.commonName === undefined && known.name.toLowerCase() === lowerCase)
  );
}

function describeUnknown(name: string, place: string): SettingsProblem {
  const suggestion = nearestName(name, knownNames);
  return {
    setting: showName(name),
    problem: `in ${place} is not a known name`,
    cure:
      suggestion === undefined
        ? 'Remove it, or look up its spelling in docs/settings.md.'
        : `Did you mean ${suggestion}? If not, remove it.`,
  };
}

/** A token that was put where a name belongs must not be shown, nor anything that moves the cursor of a terminal. */
function showName(name: string): string {
  return /^[\w.:-]{1,40}$/.test(name) ? name : 'A name that is too long or has unusual characters';
}
