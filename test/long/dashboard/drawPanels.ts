import type { Series } from './prometheus.ts';

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly unit: string;
  /** A line each, or the one number, with what it is called. */
  readonly lines: readonly { readonly name: string; readonly points: Series['points'] }[];
}

const colours = ['#1f77b4', '#e07b00', '#2a9d3f', '#c9302c', '#7d5bbe', '#8c564b', '#d6549b', '#5f6b76', '#a8a013'];
const [unitHeight, gap] = [38, 12];

/** A page with the panels where Grafana would put them. */
export function drawPanels(panels: readonly Panel[], { title, note, start, end }: PageAbout): string {
  const rows = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>
body { margin: 0; padding: 20px; width: 1240px; background: #f4f5f7; color: #1b1f24; font: 14px/1.4 "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 20px; } p { margin: 4px 0 16px; color: #57606a; }
.grid { display: grid; grid-template-columns: repeat(24, 1fr); grid-template-rows: repeat(${rows}, ${unitHeight}px); gap: 0; }
.panel { box-sizing: border-box; margin: ${gap / 2}px; padding: 10px 14px; border: 1px solid #d5d9de; border-radius: 6px; background: #fff; overflow: hidden; }
h2 { margin: 0 0 4px; font-size: 14px; font-weight: 600; } .big { font-size: 40px; font-weight: 600; color: #2a7d3f; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; } .legend i { display: inline-block; width: 12px; height: 3px; margin-right: 5px; vertical-align: middle; }
svg text { font: 11px "DejaVu Sans", sans-serif; fill: #57606a; }
</style></head><body><h1>${escaped(title)}</h1><p>${escaped(note)}</p><div class="grid">${panels
    .map((panel) => drawPanel(panel, start, end))
    .join('')}</div></body></html>`;
}

export interface PageAbout {
  readonly title: string;
  readonly note: string;
  /** In seconds since 1970. */
  readonly start: number;
  readonly end: number;
}

function drawPanel(panel: Panel, start: number, end: number): string {
  const { x, y, w, h } = panel.gridPos;
  const place = `grid-column: ${x + 1} / span ${w}; grid-row: ${y + 1} / span ${h}`;
  const content =
    panel.type === 'stat'
      ? `<div class="big">${inUnit(panel.lines[0]?.points.at(-1)?.[1], panel.unit)}</div>`
      : drawChart(panel, start, end);
  return `<section class="panel" style="${place}"><h2>${escaped(panel.title)}</h2>${content}</section>`;
}

function drawChart({ gridPos: { w, h }, lines, unit }: Panel, start: number, end: number): string {
  const [width, height] = [(1240 / 24) * w - gap - 30, h * unitHeight - gap - 72];
  const [left, bottom] = [58, 20];
  const top = niceTop(Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value))), unit);
  const xOf = (at: number): number => left + ((at - start) / (end - start)) * (width - left - 8);
  const yOf = (value: number): number => height - bottom - (value / top) * (height - bottom - 8);
  const rules = [0, 1, 2, 3, 4].map((quarter) => {
    const y = yOf((top * quarter) / 4).toFixed(1);
    return `<line x1="${left}" x2="${width - 8}" y1="${y}" y2="${y}" stroke="#e6e8eb"/><text x="${left - 8}" y="${Number(y) + 4}" text-anchor="end">${inUnit((top * quarter) / 4, unit)}</text>`;
  });
  const hours = Array.from({ length: 9 }, (_, n) => start + (n * (end - start)) / 8).map(
    (at) =>
      `<text x="${xOf(at).toFixed(1)}" y="${height - 4}" text-anchor="${at === end ? 'end' : 'middle'}">${new Date(at * 1000).toISOString().slice(11, 16)}</text>`,
  );
  const drawn = lines.map(({ points }, index) => {
    const path = points.map(([at, value], n) => `${n === 0 ? 'M' : 'L'}${xOf(at).toFixed(1)} ${yOf(value).toFixed(1)}`);
    return `<path d="${path.join('')}" fill="none" stroke="${colourOf(index)}" stroke-width="1.6"/>`;
  });
  const legend = lines.map(
    ({ name }, index) => `<span><i style="background:${colourOf(index)}"></i>${escaped(name)}</span>`,
  );
  return `<svg width="${width}" height="${height}">${rules.join('')}${hours.join('')}${drawn.join('')}</svg><div class="legend">${legend.join('')}</div>`;
}

const colourOf = (index: number): string => colours[index % colours.length] ?? '#000';

/** A quarter of it is a round number, in minutes where it is more than one. */
function niceTop(highest: number, unit: string): number {
  const size = unit === 's' && highest >= 60 ? 60 : 1;
  const whole = [1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 60, 80, 100, 120, 200, 400, 800].find(
    (top) => top * size >= highest,
  );
  return (whole ?? Math.ceil(highest / size / 400) * 400) * size;
}

function inUnit(value: number | undefined, unit: string): string {
  if (value === undefined) return 'No data';
  if (unit === 'percentunit') return `${Math.round(value * 100)}%`;
  if (unit === 's' && value >= 60) return `${Number((value / 60).toFixed(1))} min`;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))}${unit === 's' ? ' s' : ''}`;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
