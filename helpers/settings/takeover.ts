import { listIn } from './formats.ts';
import { HoursError, readPlan, type HoursPlan } from './hoursPlan.ts';
import { exceptionAnswers, outsideHoursAnswers, returnTimes, settingDefinitions, type SettingName } from './schema.ts';
import type { Settings } from './types.ts';
import type { SettingsValues } from './values.ts';

const names = [
  'TakeoverPhrases',
  'TakeoverReceivers',
  'TakeoverUnhelpfulAnswers',
  'TakeoverOnException',
  'TakeoverHours',
  'TakeoverTimeZone',
  'TakeoverHolidays',
  'TakeoverOutsideHours',
  'TakeoverSilenceMinutes',
  'TakeoverReturn',
  'TakeoverHardLimitMinutes',
  'TakeoverNoticeMinutes',
] as const satisfies readonly SettingName[];

/** How people take over, if a setting says anything about it. */
export function readTakeover(values: SettingsValues): Pick<Settings, 'takeover'> {
  if (!names.some((name) => isChosen(values, name))) return {};
  const [phrases, answers] = [values.get('TakeoverPhrases'), values.get('TakeoverUnhelpfulAnswers')];
  const hours = readHours(values);
  const receivers = listIn(values.getOrDefault('TakeoverReceivers')).map(inUsualCase);
  if (receivers.includes('desk') && values.isMissing('HandoffUrl')) {
    values.report(
      'TakeoverReceivers',
      'names the desk, although HandoffUrl is not set',
      'Set HandoffUrl and HandoffSecret, or remove desk from the list. An app named desk can be given by its app id.',
    );
  }
  return {
    takeover: {
      ...(phrases !== undefined && { phrases: phrasesIn(phrases) }),
      receivers,
      ...(answers !== undefined && { unhelpfulAnswers: Number(answers) }),
      onException: values.choose('TakeoverOnException', exceptionAnswers),
      ...(hours !== undefined && { hours }),
      outsideHours: values.choose('TakeoverOutsideHours', outsideHoursAnswers),
      ...minutes('silenceMs', values.get('TakeoverSilenceMinutes')),
      onSilence: values.choose('TakeoverReturn', returnTimes),
      ...minutes('hardLimitMs', values.get('TakeoverHardLimitMinutes')),
      ...minutes('noticeMs', values.get('TakeoverNoticeMinutes')),
    },
  };
}

/** After which silence of people the bot takes conversations back, in milliseconds; undefined: after none. */
export function silenceMsOf({
  role,
  liveChat,
  takeover,
}: Pick<Settings, 'role' | 'liveChat' | 'takeover'>): number | undefined {
  if (takeover !== undefined && 'silenceMs' in takeover) return takeover.silenceMs;
  return role === 'liveChat' ? liveChat.takeBackAfterMs : undefined;
}

/** What is written as it is anyway chooses nothing. */
function isChosen(values: SettingsValues, name: SettingName): boolean {
  const usual = settingDefinitions.find((known) => known.name === name)?.default;
  return values.isSet(name) && (usual === undefined || values.get(name) !== usual);
}

/** Names of apps are compared without their letter case too. */
function inUsualCase(receiver: string): string {
  return /^(?:inbox|desk|pause)$/i.test(receiver) ? receiver.toLowerCase() : receiver;
}

function phrasesIn(text: string): 'standard' | string[] {
  if (text === 'standard') return text;
  return text === 'none' ? [] : listIn(text);
}

/** In milliseconds; 0 minutes mean never, whatever the bot has by itself. */
function minutes<Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, number | undefined>>;
function minutes(name: string, value: string | undefined): object {
  if (value === undefined) return {};
  return { [name]: Number(value) === 0 ? undefined : Number(value) * 60_000 };
}

const settingOf: Readonly<Record<keyof HoursPlan, SettingName>> = {
  week: 'TakeoverHours',
  timeZone: 'TakeoverTimeZone',
  holidays: 'TakeoverHolidays',
};

function readHours(values: SettingsValues): HoursPlan | undefined {
  const week = values.get('TakeoverHours');
  const timeZone = values.get('TakeoverTimeZone');
  const holidays = values.get('TakeoverHolidays');
  if (week === undefined) {
    for (const name of ['TakeoverTimeZone', 'TakeoverHolidays'] as const) {
      if (values.isSet(name) && values.isMissing('TakeoverHours')) {
        values.report(name, 'is set without TakeoverHours', 'Set TakeoverHours too, such as Mo-Fr 09:00-17:00.');
      }
    }
    return undefined;
  }
  if (timeZone === undefined) {
    if (values.isMissing('TakeoverTimeZone')) {
      values.report(
        'TakeoverTimeZone',
        'is missing, although TakeoverHours is set',
        'Set it to the name of a time zone, such as Europe/Berlin.',
      );
    }
    return undefined;
  }
  const plan = { week, timeZone, ...(holidays !== undefined && { holidays }) };
  try {
    readPlan(plan);
    return plan;
  } catch (error) {
    if (!(error instanceof HoursError)) throw error;
    for (const { part, fix } of error.problems) values.report(settingOf[part], 'cannot be understood', fix);
    return undefined;
  }
}
