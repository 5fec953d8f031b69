import { describeCosts } from './support/costBudget.ts';

/** A few of each kind; `test/long/costBudget.long.ts` sends many. */
describeCosts({
  ...{ warm: 50, honest: 80, each: 20, eachInPieces: 2, unfinished: 30, byteByByte: 5, rounds: 1 },
  without: ['200,000 pieces of one byte without a token', '256 kB of zeros with a junk token'],
});
