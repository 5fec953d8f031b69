import { printableLines } from './printable.ts';

export const logLevels = ['info', 'warn', 'error', 'fatal'] as const;
export type BotLogLevel = (typeof logLevels)[number];

/** `debugging`: it runs, and a debugger is attached. */
export const botStates = ['running', 'down', 'debugging'] as const;
export type BotState = (typeof botStates)[number];

/** `retried`: the turn runs again. `deadLetter`: it was given up. `unhandled`: nothing in the bot caught the error. */
export const exceptionOutcomes = ['retried', 'deadLetter', 'unhandled'] as const;
export type ExceptionOutcome = (typeof exceptionOutcomes)[number];

/** Something that a bot is going to do although nothing happens. */
export interface PlannedStep {
  /** In a few words. */
  readonly what: string;
  /** By the emulator's clock, in milliseconds since 1970. */
  readonly at: number;
}

/** A handover to people that has not ended, in the bot's words. */
export interface BotHandover {
  /** Why. */
  readonly reason: string;
  /** To whom. Absent while it waits until people are there. */
  readonly to?: string;
  readonly since: number;
  /** When a person first said something. */
  readonly firstAnswerAt?: number;
  readonly next: readonly PlannedStep[];
}

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
      /** All that the bot is going to do in a conversation although nothing happens; what was told of it before is no longer so. */
      readonly type: 'botPlans';
      readonly psid: string;
      readonly timers: readonly { readonly name: string; readonly dueAt: number }[];
      readonly handover?: BotHandover;
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
    case 'botPlans': {
      const { timers, handover } = report;
      return {
        ...report,
        timers: timers.map(({ name, dueAt }) => ({ name: safe(name), dueAt })),
        ...(handover === undefined ? {} : { handover: safeHandover(handover, safe) }),
      };
    }
    case 'botState':
      return { ...report, ...(report.because === undefined ? {} : { because: safe(report.because) }) };
  }
}

function safeHandover({ reason, to, next, ...times }: BotHandover, safe: (text: string) => string): BotHandover {
  return {
    ...{ ...times, reason: safe(reason), next: next.map(({ what, at }) => ({ what: safe(what), at })) },
    ...(to === undefined ? {} : { to: safe(to) }),
  };
}
