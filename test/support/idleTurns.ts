import type { RunnerState } from '../../turns/turnRunner.ts';

/** How the turns of a bot stand that has nothing to do. */
export const idleTurns: RunnerState = {
  ...{ running: 0, slow: 0, slots: 256, oldestMs: 0, standingMs: 0, suspects: 0 },
  ...{ inline: 0, inlineRefused: 0, strays: 0, timedOut: 0, interrupted: 0 },
};
