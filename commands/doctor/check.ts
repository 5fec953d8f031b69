import type { Settings } from '../../helpers/settings/types.ts';
import type { BotProbe } from './botProbe.ts';
import type { DeskProbe } from './deskProbe.ts';
import type { GraphProbe } from './graphProbe.ts';
import type { LoginProbe } from './loginProbe.ts';

/**
 * The result of a check. `unknown`: it could not be told, for a reason that is not the fault of what is checked. `fix` says what to do and on
 * which page; it is there whenever something is wrong.
 */
export type Outcome =
  | { readonly state: 'ok'; readonly says: string }
  | { readonly state: 'warn' | 'fail'; readonly says: string; readonly fix: string }
  | { readonly state: 'unknown'; readonly says: string; readonly fix?: string };

export type Finding = { readonly id: string; readonly what: string } & Outcome;

/** What the checks may look at. Everything outside is asked once and remembered. */
export interface Patient {
  readonly settings: Settings;
  readonly graph: GraphProbe;
  readonly bot: BotProbe;
  readonly login: LoginProbe;
  readonly desk: DeskProbe;
  /** The machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** The Page that the bot is meant for, if given. */
  readonly pageId?: string;
  /** A customer of the Page (PSID), if given. */
  readonly userId?: string;
}

export interface Check {
  /** Stable, for machines: `token.valid`. */
  readonly id: string;
  readonly what: string;
  /** Checks that this one depends on: if one of them fails, this one is `unknown`. */
  readonly needs?: readonly string[];
  /** Throws only what a probe throws; that becomes `unknown`. */
  readonly run: (patient: Patient) => Outcome | Promise<Outcome>;
}

export const ok = (says: string): Outcome => ({ state: 'ok', says });
export const warn = (says: string, fix: string): Outcome => ({ state: 'warn', says, fix });
export const fail = (says: string, fix: string): Outcome => ({ state: 'fail', says, fix });
export const unknown = (says: string, fix?: string): Outcome => ({
  state: 'unknown',
  says,
  ...(fix === undefined ? {} : { fix }),
});
