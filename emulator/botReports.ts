import { printableLines } from './printable.ts';

export const logLevels = ['info', 'warn', 'error', 'fatal'] as const;
export type BotLogLevel = (typeof logLevels)[number];

/** `debugging`: it runs, and a debugger is attached. */
export const botStates = ['running', 'down', 'debugging'] as const;
export type BotState = (typeof botStates)[number];

/** `retried`: the turn runs again. `deadLetter`: it was given up. `unhandled`: nothing in the bot caught the error. */
export const exceptionOutcomes = ['retried', 'deadLetter', 'unhandled'] as const;
export type ExceptionOutcome = (typeof exceptionOutcomes)[number];

/** What happened inside a bot, as somebody tells who runs it: the emulator sees only what passes over the network. */
export type BotReport =
  | {
      readonly type: 'botLog';
      readonly level: BotLogLevel;
      readonly message: string;
      /** The customer whose conversation it is about. */
      readonly psid?: string;
      /** The bot was kept from saying something. */
      readonly suppressed?: true;
    }
  | {
      readonly type: 'botException';
      readonly message: string;
      readonly stack?: string;
      readonly psid?: string;
      /** Which attempt at the turn it was, from 1. */
      readonly attempt?: number;
      readonly outcome?: ExceptionOutcome;
    }
  | {
      readonly type: 'botState';
      readonly state: BotState;
      /** A sentence. */
      readonly because?: string;
    };

const longestText = 4_000;

/** A report whose texts are safe to print and of limited length: a bot can log anything. */
export function safeReport(report: BotReport): BotReport {
  const safe = (text: string): string => printableLines(text.slice(0, longestText));
  switch (report.type) {
    case 'botLog':
      return { ...report, message: safe(report.message) };
    case 'botException':
      return {
        ...report,
        message: safe(report.message),
        ...(report.stack === undefined ? {} : { stack: safe(report.stack) }),
      };
    case 'botState':
      return { ...report, ...(report.because === undefined ? {} : { because: safe(report.because) }) };
  }
}
