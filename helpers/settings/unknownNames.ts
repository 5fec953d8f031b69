import { editDistance, nearestName } from './nearestName.ts';
import type { SettingsProblem } from './problems.ts';
import { settingDefinitions } from './schema.ts';
import type { SettingsSource } from './sources.ts';

const aliasNames = settingDefinitions.flatMap(({ alias }) => (alias === undefined ? [] : [alias.name]));
const knownNames = [...settingDefinitions.map(({ name }) => name), ...aliasNames];

/** Variables that Azure App Service sets by itself for its own sign-in feature; they begin like ours. */
const PLATFORM_VARIABLE = /^(?:MICROSOFT|FACEBOOK)_PROVIDER_AUTHENTICATION_/;

/** Names that nobody reads: they are almost always misspelt, and the setting that was meant is silently missing. */
export function findUnknownNames(sources: readonly SettingsSource[]): SettingsProblem[] {
  return sources.flatMap((source) =>
    source.names
      .filter((name) => !knownNames.includes(name) && isMeantForUs(name, source.kind))
      .map((name) => describeUnknown(name, source)),
  );
}

/**
 * Everything in our own JSON file. Of variables those that begin like ours, in `.env`, which tools of others read too, also those
 * that are near to a setting, and in the environment, which is full of others, also those that are a setting but for case and `_`.
 */
function isMeantForUs(name: string, kind: SettingsSource['kind']): boolean {
  if (kind === 'file') return true;
  if (PLATFORM_VARIABLE.test(name)) return false;
  if (/^(?:microsoft|facebook)/i.test(name)) return true;
  if (kind === 'dotenv') return isVeryNear(name);
  return settingDefinitions.some(({ name: known, commonName }) => commonName !== true && plain(known) === plain(name));
}

/** Nearer than a suggestion has to be: `HOME` and `TEST` are two letters from `Host`, and mean something else. */
function isVeryNear(name: string): boolean {
  const known = nearestName(name, knownNames);
  return known !== undefined && editDistance(plain(name), plain(known)) <= Math.floor(plain(known).length / 4);
}

/** Where a name of one's own belongs. */
const ownHint = "Names of your own bot's settings begin with My, as in MyApiKey.";

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

function describeUnknown(name: string, { place, nested }: SettingsSource): SettingsProblem {
  if (nested.includes(name) && plain(name) === 'my')
    return { setting: showName(name), problem: `in ${place} is not a known name`, fix: 'Did you mean My?' };
  if (nested.includes(name)) {
    const fix = `Nothing but My is nested here: write each setting by itself, as in appsettings.example.json. ${ownHint}`;
    return { setting: showName(name), problem: `in ${place} is not a known name`, fix };
  }
  const suggestion = nearestName(name, knownNames);
  return {
    setting: showName(name),
    problem: `in ${place} is not a known name`,
    fix:
      suggestion === undefined
        ? `Remove it, or look up its spelling in docs/settings.md. ${ownHint}`
        : `Did you mean ${suggestion}? If not, remove it. ${ownHint}`,
  };
}

/** A token that was put where a name belongs must not be shown, nor anything that moves the cursor of a terminal. */
function showName(name: string): string {
  return /^[\w.:-]{1,40}$/.test(name) ? name : 'A name that is too long or has unusual characters';
}
