import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKills } from './killRun.ts';

/**
 * `node commands/launch.js test/long/kill.ts [runs] [messages] [kills] [bot] [azure|direct] [first]`: so many runs of each bot on each
 * endpoint, or of one; the first has this number, from which its seed is made. Prints what was lost, doubled, reordered and parked, and
 * where to read what happened when there was any of it. For the bot `random`, which says something else each time and throws, the platform and
 * its echoes are reliable and people take some seconds: of its turns none may be parked.
 */
const [runs = 1, messages = 1000, kills = 40] = process.argv.slice(2, 5).map(Number);
const [, , , , , onlyBot, onlyEndpoint, first = '1'] = process.argv;
let wrong = 0;
for (const bot of (['primary', 'secondary', 'liveChat', 'own', 'random', 'timer', 'outside'] as const).filter(
  (one) => (onlyBot ?? one) === one,
)) {
  for (const endpoint of (['azure', 'direct'] as const).filter((one) => (onlyEndpoint ?? one) === one)) {
    for (let run = Number(first); run < Number(first) + runs; run += 1) {
      const startedAt = performance.now();
      const lines: string[] = [];
      const size = { messages, kills, conversations: 20 };
      const [faultPercent, lostEchoPercent] = bot === 'random' ? [0, 0] : [15, 5];
      const personTakesMs = bot === 'random' ? 6_000 : 0;
      const faults = { seed: run * 7919, faultPercent, lostEchoPercent, personTakesMs, patienceMs: 5000 };
      const result = await runKills({ bot, endpoint, ...size, ...faults, report: (line) => void lines.push(line) });
      wrong += result.lost + result.doubled + result.reordered + result.failed + (bot === 'random' ? result.parked : 0);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${bot} ${endpoint} run ${run}: ${JSON.stringify(result)} in ${seconds} s\n`);
      if (lines.length === 0) continue;
      const file = join(mkdtempSync(join(tmpdir(), 'kill-report-')), 'report.txt');
      writeFileSync(file, lines.join('\n'));
      process.stdout.write(`  what happened is in ${file}\n`);
    }
  }
}
process.exitCode = wrong === 0 ? 0 : 1;
