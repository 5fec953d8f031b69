import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { paced } from './loads.ts';
import { count, markdownTable, megabytes, ms } from './markdown.ts';
import type { Stage } from './stage.ts';

export interface SoakOptions {
  seconds: number;
  perSecond: number;
  /** Is told each row as soon as it is known: a soak takes long. */
  tell: (line: string) => void;
}

interface Sample {
  minute: number;
  rss: number;
}

/** One row after so many seconds. */
const rowSeconds = 30;

/**
 * The bot under a steady load: does its memory grow, does its write-ahead log, do its answers slow down?
 *
 * @returns a table of Markdown and a line about the growth
 */
export async function soak(stage: Stage, { seconds, perSecond, tell }: SoakOptions): Promise<string> {
  const path = join(stage.folder, 'soak.db');
  const bot = await stage.startBot(path);
  const rows: string[][] = [];
  const samples: Sample[] = [];
  let events = 0;
  for (let passed = 0; passed < seconds; passed += rowSeconds) {
    const load = await paced(stage.target(bot, '/webhook'), perSecond, Math.min(rowSeconds, seconds - passed));
    const { rss, heapUsed, loop } = await bot.report();
    const wal = existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0;
    events += load.events;
    const minute = Math.min(passed + rowSeconds, seconds) / 60;
    samples.push({ minute, rss });
    const times = [load.ack.p50, load.ack.p99, loop.p99].map(ms);
    const sizes = [rss, heapUsed, statSync(path).size, wal].map(megabytes);
    rows.push([minute.toFixed(1), count(events), ...sizes, ...times]);
    tell(`${minute.toFixed(1)} min: RSS ${megabytes(rss)} MB, WAL ${megabytes(wal)} MB\n`);
  }
  await bot.collectGarbage();
  const { heapUsed } = await bot.report();
  const head = ['min', 'events', 'RSS MB', 'heap MB', 'file MB', 'WAL MB', 'ack p50 ms', 'ack p99 ms', 'loop p99 ms'];
  const later = samples.filter(({ minute }) => minute > seconds / 60 / 3);
  const growth = (slopeOf(later) * 10) / 1e6;
  const last = `RSS after the first third: ${growth.toFixed(1)} MB in 10 minutes. Heap after a collection at the end: ${megabytes(heapUsed)} MB.\n`;
  return `${markdownTable(head, rows)}\n${last}`;
}

/** Bytes a minute, by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [time, size] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(({ rss }) => rss))];
  const over = samples.reduce((sum, { minute, rss }) => sum + (minute - time) * (rss - size), 0);
  const under = samples.reduce((sum, { minute }) => sum + (minute - time) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
