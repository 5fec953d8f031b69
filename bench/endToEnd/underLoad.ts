import type { Contender } from './contender.ts';
import { startDiskProbe } from './diskProbe.ts';
import { closedLoop, flood, paced, type LoadResult } from './loads.ts';
import { count, markdownTable, ms } from './markdown.ts';
import type { ProcessReport, Spread } from './measuredProcess.ts';
import type { Endpoint, Stage } from './stage.ts';

interface Measured {
  name: string;
  load: LoadResult;
  report: ProcessReport;
  disk: Spread;
}

const slowMs = 3_000;

/**
 * The bot alone under loads of several kinds: how fast it acknowledges, and what holds its event loop.
 *
 * @returns tables of Markdown
 */
export async function underLoad(stage: Stage, seconds: number): Promise<string> {
  const bot = await stage.startBot();
  const target = (endpoint: Endpoint) => stage.target(bot, endpoint);
  const run = (name: string, load: () => Promise<LoadResult>) => measure(stage, bot, name, load);
  const slowly = (endpoint: Endpoint) => () => {
    stage.platform.answerAfter(slowMs);
    return paced(target(endpoint), 100, seconds);
  };
  // Not measured: the first events come to code that is not compiled yet.
  await closedLoop(target('/webhook'), 32, seconds * 200);
  await closedLoop(target('/api/messages'), 32, seconds * 200);

  const all = [
    await run('100 a second', () => paced(target('/webhook'), 100, seconds)),
    await run('300 a second', () => paced(target('/webhook'), 300, seconds)),
    await run('100 a second, Graph takes 3 s', slowly('/webhook')),
    await run('100 a second, Azure', () => paced(target('/api/messages'), 100, seconds)),
    await run('100 a second, Azure, the Connector takes 3 s', slowly('/api/messages')),
    await run('32 at a time', () => closedLoop(target('/webhook'), 32, seconds * 1000)),
    await run('32 connections, as fast as it acknowledges', () => flood(target('/webhook'), 32, seconds * 500)),
  ];
  return `${latencies(all)}\n${loopTimes(all)}`;
}

async function measure(stage: Stage, bot: Contender, name: string, run: () => Promise<LoadResult>): Promise<Measured> {
  const probe = await startDiskProbe(stage.folder);
  await bot.report();
  const load = await run();
  const report = await bot.report();
  return { name, load, report, disk: await probe.end() };
}

function latencies(all: readonly Measured[]): string {
  return markdownTable(
    ['load', 'events', 'acknowledged/s', 'replied/s', 'ack p50 ms', 'ack p99 ms', 'reply p50 ms', 'reply p99 ms'],
    all.map(({ name, load }) => [
      name,
      count(load.events),
      count(load.acksPerSecond),
      count(load.perSecond),
      ms(load.ack.p50),
      ms(load.ack.p99),
      ms(load.reply.p50),
      ms(load.reply.p99),
    ]),
  );
}

function loopTimes(all: readonly Measured[]): string {
  const three = ({ p50, p99, max }: Spread): string => [p50, p99, max].map(ms).join(' / ');
  const none: Spread = { count: 0, p50: 0, p99: 0, max: 0 };
  return markdownTable(
    ['load', 'loop busy', 'loop held', 'commits', 'events in a commit', 'COMMIT', 'transaction', 'disk alone'],
    all.map(({ name, load, report, disk }) => {
      const { commit = none, transaction = none } = report.commits;
      return [
        name,
        `${Math.round(report.busy * 100)} %`,
        three(report.loop),
        count(commit.count),
        (load.events / commit.count).toFixed(1),
        three(commit),
        three(transaction),
        three(disk),
      ];
    }),
  );
}
