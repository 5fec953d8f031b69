import { describeCosts } from '../support/costBudget.ts';

describeCosts({
  ...{ warm: 100, honest: 200, each: 20, eachInPieces: 20 },
  ...{ unfinished: 120, byteByByte: 40, rounds: 5 },
});
