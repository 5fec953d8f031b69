import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, type Scrape } from './simulatedDay.ts';

/** One line of a panel: what tells it from the others, and its points. Times are in seconds since 1970. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

export interface Prometheus {
  range(query: string, times: { start: number; end: number; step: number }): Promise<readonly Series[]>;
  instant(query: string, at: number): Promise<readonly Series[]>;
}

/** Of these the dashboard asks. */
const asked = /^messenger_handover_(?:handover|desk|timers_overdue)/;

/** The scrapes in the format of OpenMetrics, each family by itself, with the time behind each value. */
export function openMetricsOf(scrapes: readonly Scrape[]): string {
  const families = new Map<string, { type: string; samples: string[] }>();
  for (const { at, text } of scrapes) {
    let family: { type: string; samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name !== '') {
        const known = families.get(name) ?? { type, samples: [] };
        family = asked.test(name) ? known : undefined;
        if (family !== undefined) families.set(name, family);
      } else if (family !== undefined && line !== '' && !line.startsWith('#')) {
        family.samples.push(`${line} ${at / 1000}`);
      }
    }
  }
  const parts = [...families].map(([name, { type, samples }]) =>
    [`# TYPE ${type === 'counter' ? name.replace(/_total$/, '') : name} ${type}`, ...samples].join('\n'),
  );
  return `${parts.join('\n')}\n# EOF\n`;
}

/**
 * Lets a Prometheus of this machine answer queries about the scrapes, and ends it afterwards. Needs `prometheus` and `promtool`, for example by
 * `apt-get install prometheus`.
 */
export async function withPrometheus<T>(
  scrapes: readonly Scrape[],
  work: (prometheus: Prometheus) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'messenger-handover-prometheus-'));
  const data = join(folder, 'data');
  try {
    await writeFile(join(folder, 'day.txt'), openMetricsOf(scrapes));
    await writeFile(join(folder, 'prometheus.yml'), 'scrape_configs: []\n');
    await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'day.txt'), data]);
    const address = `127.0.0.1:${await freePort()}`;
    const server = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=10y',
        `--web.listen-address=${address}`,
      ],
      { stdio: 'ignore' },
    );
    const ended = once(server, 'exit');
    try {
      await untilReady(`http://${address}/-/ready`);
      return await work(clientOf(`http://${address}/api/v1/`));
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await wait(100);
  }
  throw new Error('Prometheus is not ready.');
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

function clientOf(base: string): Prometheus {
  const ask = async (path: string, query: Readonly<Record<string, string>>): Promise<readonly Series[]> => {
    const answer = await fetch(`${base}${path}?${new URLSearchParams(query).toString()}`);
    const { status, error, data } = (await answer.json()) as Answer;
    if (status !== 'success') throw new Error(`Prometheus refuses ${query['query'] ?? ''}: ${error ?? ''}`);
    return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      labels: metric,
      points: values
        .map(([at, number]) => [at, Number(number)] as const)
        .filter(([, number]) => Number.isFinite(number)),
    }));
  };
  return {
    range: (query, { start, end, step }) =>
      ask('query_range', { query, start: String(start), end: String(end), step: String(step) }),
    instant: (query, at) => ask('query', { query, time: String(at) }),
  };
}
