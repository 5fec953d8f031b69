import { describeInterruptedTakeover } from '../../support/describeInterruptedTakeover.ts';

/** Where it matters most; `test/long/interruptedTakeover.long.ts` interrupts everywhere. */
describeInterruptedTakeover({
  direct: {
    restarts: [2, 4, 7, 9, 10],
    failingHooks: [0, 1, 3],
    lostCalls: { pass_thread_control: [1], take_thread_control: [9], messages: [1, 9] },
  },
  azure: {
    restarts: [4],
    failingHooks: [3],
    lostCalls: { pass_thread_control: [1], take_thread_control: [9], messages: [3] },
  },
});
