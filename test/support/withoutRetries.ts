import type { BotServerOptions } from '../../server.ts';

/** For tests that count attempts: a turn that failed is given up at once, and no echo is waited for. */
export const withoutRetries = {
  retries: { decide: () => ({ action: 'giveUp', reason: 'failed' }), hasCrashedTooOften: () => false },
  turnWork: { echoWaitMs: 0 },
} satisfies Partial<BotServerOptions>;
