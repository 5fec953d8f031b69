import { describeCosts } from '../support/costBudget.ts';

describeCosts({ warm: 100, honest: 200, each: 20, unfinished: 600, rounds: 5 });
