import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createMetrics } from '../../../metrics/metrics.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { idleTurns } from '../../support/idleTurns.ts';

interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string; legendFormat: string; datasource: { uid: string } }[];
}

describe('docs/grafana.json', () => {
  const text = readFileSync(new URL('../../../docs/grafana.json', import.meta.url), 'utf8');
  const { panels, templating } = JSON.parse(text) as { panels: Panel[]; templating: { list: { name: string }[] } };

  async function printed(): Promise<string> {
    const metrics = createMetrics({ store: createMemoryStore(), turns: () => idleTurns, pages: () => new Map() });
    const all = await metrics.text();
    metrics.close();
    return all;
  }

  it('asks only for metrics, labels and values that there are', async () => {
    const all = await printed();
    const kinds = new Map([...all.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => [name, kind]));
    for (const { title, targets } of panels) {
      expect(targets, title).not.to.be.empty;
      for (const { expr, legendFormat } of targets) {
        const asked = [...expr.matchAll(/\b(messenger_handover_\w+)(?:\{(\w+)[=!]~?"([^"]*)"\})?/g)];
        expect(asked, expr).not.to.be.empty;
        const labels = [...expr.matchAll(/by \(([\w, ]+)\)/g), ...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].flatMap(
          ([, names = '']) => names.split(', '),
        );
        for (const [, series = '', label, values = ''] of asked) {
          const name = kinds.has(series) ? series : series.replace(/_bucket$/, '');
          expect(kinds.has(name), series).to.equal(true);
          // A counter without its increase only tells how long the process has been running.
          const isCounted = kinds.get(name) === 'counter' || series.endsWith('_bucket');
          if (isCounted) expect(expr).to.match(new RegExp(`(?:increase|rate)\\(${series}[^)]*\\[`));
          for (const asking of labels)
            expect(all, `${series} ${asking}`).to.match(new RegExp(`^${series}\\{.*\\b${asking}="`, 'm'));
          for (const value of label === undefined ? [] : values.split('|')) {
            expect(all, expr).to.match(new RegExp(`^${name}\\{(?:.*,)?${label}="${value}"`, 'm'));
          }
        }
      }
    }
  });

  it('shows every metric of handovers', async () => {
    const ours = [...(await printed()).matchAll(/^# TYPE (messenger_handover_(?:handover|desk)\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(ours).to.have.length(6);
    for (const name of ours) expect(text).to.contain(name);
  });

  it('has a place of its own for each panel, and one data source to choose', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).to.be.at.most(24);
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    expect(templating.list.map(({ name }) => name)).to.deep.equal(['datasource']);
    const uids = panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource.uid));
    expect(new Set(uids)).to.deep.equal(new Set(['${datasource}']));
  });
});
