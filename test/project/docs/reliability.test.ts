import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createMetrics } from '../../../metrics/metrics.ts';
import { idleTurns } from '../../support/idleTurns.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { readMarkdown } from '../../support/markdown.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const document = readFileSync(join(root, 'docs/reliability.md'), 'utf8');
const section = (title: string): string => document.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** Each metric with its labels, as in `turns_total{outcome}`, and its kind. */
async function metricsOfCode(): Promise<string[]> {
  const metrics = createMetrics({
    store: createMemoryStore(),
    turns: () => idleTurns,
    pages: () => new Map([['facebook 1', 'temporary']]),
  });
  const text = await metrics.text();
  metrics.close();
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => {
    const sample = new RegExp(`^${name}(?:_sum)?(?:{(.*)})? `, 'm').exec(text)?.[1] ?? '';
    const labels = [...sample.matchAll(/(\w+)="/g)].map(([, label]) => label);
    return `${name}${labels.length === 0 ? '' : `{${labels.join(',')}}`} ${kind}`;
  });
}

describe('docs/reliability.md', () => {
  it('lists every metric with its labels and kind, and no others', async () => {
    const rows = readMarkdown(section('Watching it')).rows;
    const listed = rows.flatMap(([names = '', kind = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `messenger_handover_${name} ${kind.replace(/s$/, '')}`),
    );
    const ours = (await metricsOfCode()).filter((metric) => metric.startsWith('messenger_handover_'));
    expect(listed).to.have.members(ours);
    expect(listed).to.have.length(ours.length);
  });

  it('names every other metric', async () => {
    for (const metric of await metricsOfCode()) {
      if (!metric.startsWith('messenger_handover_')) expect(document).to.contain(`\`${metric.split(' ', 1)[0]}\``);
    }
  });

  it('names no test and no measurement that is not there', () => {
    const named = [...document.matchAll(/`((?:test|bench)\/[\w./]+)`/g)].map(([, path = '']) => path);
    expect(named).to.have.length.above(10);
    expect(named.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
  });
});
