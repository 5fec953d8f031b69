import { expect } from 'chai';
import { createMetrics } from '../../../metrics/metrics.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { idleTurns } from '../../support/idleTurns.ts';
import { readYaml } from '../../support/readYaml.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}

describe('docs/alerts.yml', () => {
  const { groups } = readYaml('docs/alerts.yml') as { groups: { name: string; rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it('asks only for metrics and labels that there are', async () => {
    const pages = () => new Map([['facebook 1', 'temporary'] as const]);
    const metrics = createMetrics({ store: createMemoryStore(), turns: () => idleTurns, pages });
    const text = await metrics.text();
    metrics.close();
    const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
    for (const { alert, expr } of rules) {
      const asked = [...expr.matchAll(/\b(messenger_handover_\w+|process_\w+|nodejs_\w+)(?:\{(\w+)=~?"([^"]*)")?/g)];
      expect(asked, alert).to.have.length.above(0);
      for (const [, series = '', label, values = ''] of asked) {
        const name = names.has(series) ? series : series.replace(/_(?:bucket|sum|count)$/, '');
        expect([...names], alert).to.include(name);
        for (const value of label === undefined ? [] : values.split('|')) {
          expect(text, alert).to.match(new RegExp(`^${name}\\{(?:.*,)?${label}="${value}"`, 'm'));
        }
      }
    }
  });

  it('has a name of its own, a severity and a sentence for each rule', () => {
    expect(rules.length).to.be.above(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
    for (const { labels, annotations } of rules) {
      expect(labels.severity).to.be.oneOf(['page', 'ticket']);
      expect(annotations.summary).to.match(/^[A-Z]/);
    }
  });
});
