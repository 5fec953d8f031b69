import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKills } from './killRun.ts';

/**
 * `node commands/launch.js test/long/kill.ts [runs] [messages] [kills] [azure|direct]`: so many runs on each entrance, or on one. Prints
 * what was lost, doubled, reordered and parked, and where to read what happened when there was any of it.
 */
const [runs = 1, messages = 1000, kills = 20] = process.argv.slice(2, 5).map(Number);
const entrances = (['azure', 'direct'] as const).filter((one) => (process.argv[5] ?? one) === one);
let wrong = 0;
for (const entrance of entrances) {
  for (let run = 1; run <= runs; run += 1) {
    const startedAt = performance.now();
    const lines: string[] = [];
    const size = { messages, kills, conversations: 20 };
    const options = { entrance, ...size, seed: run * 7919, faultPercent: 15, patienceMs: 2500 };
    const result = await runKills({ ...options, report: (line) => void lines.push(line) });
    wrong += result.lost + result.doubled + result.reordered + result.failed;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${entrance} run ${run}: ${JSON.stringify(result)} in ${seconds} s\n`);
    if (lines.length === 0) continue;
    const file = join(mkdtempSync(join(tmpdir(), 'kill-report-')), 'report.txt');
    writeFileSync(file, lines.join('\n'));
    process.stdout.write(`  what happened is in ${file}\n`);
  }
}
process.exitCode = wrong === 0 ? 0 : 1;
