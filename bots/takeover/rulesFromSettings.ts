import type { Settings } from '../../helpers/settings/types.ts';
import { openingHours } from './hours.ts';
import type { TakeoverRules } from './rules.ts';
import { personWishes } from './wishes.ts';

/**
 * The rules that the settings `Takeover…` say; undefined if they say nothing. What a bot has rules of its own for comes before or behind them.
 *
 * @example
 * const takeover = new Takeover(parts, { texts, ...rulesFromSettings(parts.settings) });
 */
export function rulesFromSettings({ takeover }: Pick<Settings, 'takeover'>): Partial<TakeoverRules> | undefined {
  if (takeover === undefined) return undefined;
  const { phrases, hours, ...rules } = takeover;
  return {
    ...rules,
    ...(phrases !== undefined && { phrases: phrases === 'standard' ? personWishes : { en: phrases } }),
    ...(hours !== undefined && { hours: openingHours(hours) }),
  };
}
