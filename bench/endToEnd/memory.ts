import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { closedLoop } from './loads.ts';
import { count, markdownTable, megabytes } from './markdown.ts';
import type { Stage } from './stage.ts';

/**
 * What the bot needs with so many conversations in its store, after its start and after some seconds under a full load.
 *
 * @returns a table of Markdown
 */
export async function memory(stage: Stage, conversations: readonly number[], seconds: number): Promise<string> {
  const rows: string[][] = [];
  for (const number of conversations) {
    const path = join(stage.folder, `memory${number}.db`);
    await seed(path, number);
    const fileSize = statSync(path).size;
    const begun = performance.now();
    const bot = await stage.startBot(path);
    const startedIn = performance.now() - begun;
    await bot.collectGarbage();
    const idle = await bot.report();
    const load = await closedLoop(stage.target(bot, '/webhook'), 32, seconds * 1000);
    await bot.collectGarbage();
    const worked = await bot.report();
    const wal = existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0;
    rows.push([
      count(number),
      megabytes(fileSize),
      count(startedIn),
      `${megabytes(idle.rss)} / ${megabytes(idle.heapUsed)}`,
      `${megabytes(worked.rss)} / ${megabytes(worked.heapUsed)}`,
      count(load.perSecond),
      megabytes(wal),
    ]);
  }
  const head = ['conversations', 'file MB', 'start ms', 'RSS / heap MB, idle', 'after load', 'events/s', 'WAL MB'];
  return markdownTable(head, rows);
}

async function seed(path: string, conversations: number): Promise<void> {
  const child = fork(join(import.meta.dirname, 'seedProcess.ts'), [path, String(conversations)], { env: {} });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The store could not be filled.');
}
