import { describeCosts } from './support/costBudget.ts';

/** A few of each kind; `test/long/costBudget.long.ts` sends many. */
describeCosts({
  ...{ warm: 50, honest: 60, each: 10, eachInPieces: 1, unfinished: 24, byteByByte: 2, rounds: 1 },
  without: [
    '200,000 pieces of one byte without a token',
    '200,000 pieces with GET',
    '256 kB of zeros with a junk token',
  ],
});
