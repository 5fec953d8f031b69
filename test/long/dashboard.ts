/**
 * Draws a picture of `docs/grafana.json` into `docs/images/dashboard.png`, without Grafana: the figures are those of a bot over a simulated day,
 * a real Prometheus answers the panels' own queries, and `dashboard/drawPanels.ts` draws what it answers. Needs `prometheus`, `promtool` and Chromium.
 */
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { chromiumFlags } from '../page/chromiumFlags.ts';
import { executablePath } from '../page/browser.ts';
import { drawPanels, type Panel } from './dashboard/drawPanels.ts';
import { withPrometheus, type Prometheus } from './dashboard/prometheus.ts';
import { scrapeMs, simulateDay } from './dashboard/simulatedDay.ts';

interface PanelOfGrafana {
  readonly title: string;
  readonly type: string;
  readonly gridPos: Panel['gridPos'];
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const daySeconds = 86_400;
const stepSeconds = 900;
/** As Grafana computes it, from the step and how often Prometheus asks. */
const rateSeconds = Math.max(stepSeconds + scrapeMs / 1000, (4 * scrapeMs) / 1000);

async function answered(
  prometheus: Prometheus,
  { title, type, gridPos, fieldConfig, targets }: PanelOfGrafana,
  { start, end }: { start: number; end: number },
): Promise<Panel> {
  const lines = await Promise.all(
    targets.map(async ({ expr, legendFormat }) => {
      const query = expr.replaceAll('$__range', `${daySeconds}s`).replaceAll('$__rate_interval', `${rateSeconds}s`);
      const series =
        type === 'stat'
          ? await prometheus.instant(query, end)
          : await prometheus.range(query, { start, end, step: stepSeconds });
      return series.map(({ labels, points }) => ({
        name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? ''),
        points,
      }));
    }),
  );
  const all = lines.flat();
  // What never happened is a line at 0, and many of them hide the others.
  const happened = all.filter(({ points }) => points.some(([, value]) => value > 0));
  return { title, type, gridPos, unit: fieldConfig.defaults.unit, lines: happened.length === 0 ? all : happened };
}

const dashboard = JSON.parse(await readFile(new URL('../../docs/grafana.json', import.meta.url), 'utf8')) as {
  readonly title: string;
  readonly panels: readonly PanelOfGrafana[];
};
const scrapes = await simulateDay();
const start = ((scrapes[0]?.at ?? 0) - scrapeMs) / 1000;
const times = { start, end: start + daySeconds };
const panels = await withPrometheus(scrapes, (prometheus) =>
  Promise.all(dashboard.panels.map((panel) => answered(prometheus, panel, times))),
);
const note = `A simulated day, ${scrapes.length} scrapes. Prometheus answered the panels' queries; this picture was drawn by the project's own script, not by Grafana.`;
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: chromiumFlags,
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.setContent(drawPanels(panels, { title: dashboard.title, note, ...times }));
  await page.screenshot({ path: 'docs/images/dashboard.png', fullPage: true });
} finally {
  await browser.close();
}
for (const { title, lines } of panels) {
  process.stdout.write(
    `${title}: ${lines.map(({ name, points }) => `${name} (${points.length})`).join(', ') || 'nothing'}\n`,
  );
}
