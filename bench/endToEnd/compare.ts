import type { Contender } from './contender.ts';
import { closedLoop } from './loads.ts';
import { count, markdownTable, median, ms, spread } from './markdown.ts';
import { watchOtherWork } from './otherWork.ts';
import { endpoints, type Endpoint, type Stage } from './stage.ts';

export interface CompareOptions {
  rounds: number;
  /** How long each server has a load in each round. */
  seconds: number;
  connections: readonly number[];
}

interface Run {
  perSecond: number;
  p50: number;
  p99: number;
  /** Processor time of the server for an event, in microseconds. */
  cpu: number;
  /** What others used of the machine meanwhile, from 0 to 1. */
  others: number;
}

interface Row {
  endpoint: Endpoint;
  connections: number;
  contender: Contender;
  runs: Run[];
}

/**
 * The bot beside the other servers, on the same work: check, accept, one turn, one reply. Each round has all of them one after the other, so that
 * whatever else the machine does falls on all, and ratios are taken within a round.
 *
 * @returns a table of Markdown
 */
export async function compare(stage: Stage, { rounds, seconds, connections }: CompareOptions): Promise<string> {
  const contenders = [await stage.startBot(), await stage.startBare('axios'), await stage.startBare('raw')];
  const onEndpoint = { '/webhook': contenders, '/api/messages': [...contenders, await stage.startStock()] };
  const rows: Row[] = endpoints.flatMap((endpoint) =>
    connections.flatMap((number) =>
      onEndpoint[endpoint].map((contender) => ({ endpoint, connections: number, contender, runs: [] })),
    ),
  );
  for (const row of rows) await runOnce(stage, row, seconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const row of rows) row.runs.push(await runOnce(stage, row, seconds));
  }

  const others = (row: Row) =>
    rows.filter(({ endpoint, connections: number }) => endpoint === row.endpoint && number === row.connections);
  const [, axios, raw] = contenders;
  return markdownTable(
    [
      'endpoint',
      'connections',
      'server',
      'events/s',
      'of axios',
      'of node:http',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'CPU',
      'others',
    ],
    rows.map((row) => {
      const runsOf = (contender: Contender | undefined) =>
        others(row).find((other) => other.contender === contender)?.runs ?? [];
      return [
        row.endpoint,
        String(row.connections),
        row.contender.name,
        spread(row.runs.map(({ perSecond }) => perSecond)),
        ratio(row.runs, runsOf(axios), 'perSecond'),
        ratio(row.runs, runsOf(raw), 'perSecond'),
        ms(median(row.runs.map(({ p50 }) => p50))),
        ms(median(row.runs.map(({ p99 }) => p99))),
        count(median(row.runs.map(({ cpu }) => cpu))),
        ratio(runsOf(axios), row.runs, 'cpu'),
        `${Math.round(median(row.runs.map(({ others: share }) => share)) * 100)} %`,
      ];
    }),
  );
}

async function runOnce(stage: Stage, { contender, endpoint, connections }: Row, seconds: number): Promise<Run> {
  await contender.report();
  const watch = watchOtherWork();
  const load = await closedLoop(stage.target(contender, endpoint), connections, seconds * 1000);
  const { cpuMs } = await contender.report();
  const { perSecond, reply } = load;
  const others = watch.share(cpuMs);
  return { perSecond, p50: reply.p50, p99: reply.p99, cpu: (cpuMs * 1000) / load.events, others };
}

/** The median of what it is in each round. */
function ratio(ours: readonly Run[], theirs: readonly Run[], what: 'perSecond' | 'cpu'): string {
  return median(ours.map((run, round) => run[what] / (theirs[round]?.[what] ?? NaN))).toFixed(2);
}
