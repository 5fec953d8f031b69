import { isIP } from 'node:net';
import { durationOf } from '../duration.ts';
import { servedChannels, type SettingDefinition, type SettingFormat } from './schema.ts';

/** What a value has to look like: the test, what is wrong when it fails, and the fix. */
interface FormatRule {
  accepts: (value: string) => boolean;
  problem: string;
  fix: string;
  /** What it has to be besides. */
  also?: FormatRule;
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domainName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

const token: FormatRule = {
  accepts: (value) => /^[\x21-\x7e]+$/.test(value),
  problem: 'has white space or letters in it that cannot be part of it',
  fix: 'Copy it again from the dashboard of the Meta app.',
};

const longestDurationMs = 366 * 24 * 60 * 60 * 1000;

/** What stands in a list that is separated by commas. */
export function listIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function isServedChannel(name: string): boolean {
  return servedChannels.some((channel) => channel === name);
}

/**
 * Shorter ones are guessed in no time, and could not be kept out of the logs: taking every `a` out of a line leaves no line.
 */
const SHORTEST_SECRET = 8;

const formats: Record<Exclude<SettingFormat, 'choice'>, FormatRule> = {
  channels: {
    accepts: (value) => listIn(value).length > 0 && listIn(value).every(isServedChannel),
    problem: 'is not a list of channels that this bot can serve',
    fix: `Write some of ${servedChannels.join(', ')}, separated by commas.`,
  },
  count: {
    accepts: (value) => /^[1-9]\d{0,6}$/.test(value),
    problem: 'is not a number from 1 to 9999999',
    fix: 'Write a whole number, such as 100000.',
  },
  digits: {
    accepts: (value) => /^\d+$/.test(value),
    problem: 'is not a number',
    fix: 'Copy the app id from the dashboard of the Meta app; it consists of digits only.',
  },
  duration: {
    accepts: (value) => durationOf(value) > 0 && durationOf(value) <= longestDurationMs,
    problem: 'is not a duration of at most a year',
    fix: 'Write a number and a unit, such as 90s, 20m, 2h, 30d or 4w.',
  },
  graphVersion: {
    accepts: (value) => /^v\d+\.\d+$/.test(value),
    problem: 'is not a version of the Graph API',
    fix: 'Write it like v27.0.',
  },
  guid: {
    accepts: (value) => guid.test(value),
    problem: 'is not a GUID',
    fix: 'Copy the id from the Azure portal; it looks like 00000000-0000-0000-0000-000000000000.',
  },
  host: {
    accepts: (value) => isIP(value) !== 0 || /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(value),
    problem: 'is not a host name or IP address',
    fix: 'Write the address alone, without scheme, port or brackets, such as 127.0.0.1 or 0.0.0.0.',
  },
  identifier: {
    accepts: (value) => /^\S+$/.test(value),
    problem: 'has white space in it',
    fix: 'Write it without the white space.',
  },
  minutes: {
    accepts: (value) => /^\d{1,6}$/.test(value),
    problem: 'is not a number of minutes',
    fix: 'Write a whole number of minutes, such as 1440 for a day; 0 means never.',
  },
  pageId: {
    accepts: (value) => /^\d{1,20}$/.test(value),
    problem: 'is not the id of a Page',
    fix: 'Copy it from the Page: About, Page transparency; it consists of digits only.',
  },
  pageToken: {
    ...token,
    also: {
      accepts: (value) => !/^\d+$/.test(value),
      problem: 'is a number, such as the id of a Page or an app, and no access token',
      fix: 'Generate the token beside the Page in the dashboard of the Meta app.',
    },
  },
  phrases: {
    accepts: (value) => listIn(value).every((phrase) => /^[^\p{N}\p{Cc}]{1,100}$/u.test(phrase)),
    problem: 'is not a list of phrases',
    fix: 'Write words without digits, separated by commas, such as human, talk to a person; or standard, or none.',
  },
  port: {
    accepts: (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
    problem: 'is not a port',
    fix: 'Write a whole number from 0 to 65535; 0 takes any free port.',
  },
  receivers: {
    accepts: (value) => listIn(value).every((name) => /^(?:\d{1,20}|[^\p{N}\p{Cc}]{1,100})$/u.test(name)),
    problem: 'is not a list of receivers',
    fix: 'Write inbox, app ids, or names without digits, separated by commas; for a name with digits write the app id.',
  },
  role: {
    accepts: (value) => /^[a-z][\w-]{0,39}$/i.test(value),
    problem: 'is not the name of a role',
    fix: 'Write a name of letters and digits, one of `roles` in bots/createBot.ts.',
  },
  tenant: {
    accepts: (value) => guid.test(value) || domainName.test(value),
    problem: 'is neither a GUID nor a domain name',
    fix: 'Copy the directory (tenant) id from the Azure portal; it looks like 00000000-0000-0000-0000-000000000000.',
  },
  text: {
    accepts: (value) => value === value.trim() && /^[^\p{Cc}]*$/u.test(value),
    problem: 'begins or ends with white space, or has a line break in it',
    fix: 'Copy it again, without them.',
  },
  token,
  url: {
    accepts: isPlainUrl,
    problem: 'is not an http or https address without user, password, query and fragment',
    fix: 'Write it like https://host.example/path.',
  },
};

export function isPlainUrl(value: string): boolean {
  if (/\s/.test(value) || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  // A bare ? or # is an empty query or fragment, and whatever is joined to the address would land in it.
  return /^https?:$/.test(protocol) && `${username}${password}` === '' && !/[?#]/.test(value);
}

/**
 * App Service hands the reference itself over when it cannot follow it, and with that as a secret a bot would run and fail at every call.
 *
 * Source: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
 */
const unresolved: FormatRule = {
  accepts: (value) => !/^@Microsoft\.KeyVault\(/i.test(value),
  problem: 'is a reference to Key Vault that App Service could not follow',
  fix: 'The setting in the Azure portal, at the App Service, tells why. The role of the identity may take minutes to hold: then change any setting of the App Service, or restart it.',
};

/** What is wrong with the look of this value, or undefined. */
export function findFormatProblem(
  definition: SettingDefinition,
  value: string,
): { problem: string; fix: string } | undefined {
  if (definition.format === 'choice') {
    const choices = definition.choices ?? [];
    if (choices.includes(value)) return undefined;
    return {
      problem: 'has a value that it cannot have',
      fix: `Write one of ${choices.join(', ')}, spelled exactly so.`,
    };
  }
  const secret = definition.secret === true ? secretProblem(value) : undefined;
  if (secret !== undefined && !unresolved.accepts(value)) return secret;
  for (let rule: FormatRule | undefined = formats[definition.format]; rule !== undefined; rule = rule.also) {
    if (!rule.accepts(value)) return { problem: rule.problem, fix: rule.fix };
  }
  return secret;
}

/** What keeps this text from being a secret, or undefined. */
export function secretProblem(value: string): { problem: string; fix: string } | undefined {
  if (!unresolved.accepts(value)) return { problem: unresolved.problem, fix: unresolved.fix };
  if (value.length >= SHORTEST_SECRET) return undefined;
  return { problem: 'is too short for a secret', fix: `Use at least ${SHORTEST_SECRET} characters.` };
}
