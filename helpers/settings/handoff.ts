import { durationOf } from '../duration.ts';
import { Secret } from '../secret.ts';
import type { Settings } from './types.ts';
import type { SettingsValues } from './values.ts';

/** The desk, and for how long the bot keeps what was said. */
export function readHandoff(values: SettingsValues): Pick<Settings, 'handoff' | 'keepTranscriptsMs'> {
  const [url, secret, keep] = [values.get('HandoffUrl'), values.get('HandoffSecret'), values.get('KeepTranscripts')];
  if (url !== undefined && values.isMissing('HandoffSecret')) {
    values.report(
      'HandoffSecret',
      'is missing, although HandoffUrl is set; the desk could not tell who tells it of handovers',
      'Set it to a long random text that the desk knows too, or remove HandoffUrl.',
    );
  }
  if (secret !== undefined && values.isMissing('HandoffUrl')) {
    values.report(
      'HandoffUrl',
      'is missing, although HandoffSecret is set; the bot could not tell the desk of handovers',
      'Set it to the address of the desk, or remove HandoffSecret.',
    );
  }
  return {
    ...(url === undefined || secret === undefined ? {} : { handoff: { url, secret: new Secret(secret) } }),
    ...(keep === undefined ? {} : { keepTranscriptsMs: durationOf(keep) }),
  };
}
