/**
 * What the emulator's page costs: requests and bytes of a load, the time until it can be used, and how smoothly 10,000 events scroll.
 *
 * Run: node commands/launch.js test/long/pageLoad.ts [path of Chromium]
 */
import { chromium } from 'playwright-core';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { chromiumFlags } from '../page/chromiumFlags.ts';

const executablePath = process.argv[2] ?? '/usr/bin/chromium';
const events = 10_000;
const loads = 5;
const scrollMs = 5000;

const emulator = await startEmulator();
const browser = await chromium.launch({
  executablePath,
  args: chromiumFlags,
});
try {
  const times: number[] = [];
  let cost = { requests: 0, bytes: 0 };
  for (let load = 0; load < loads; load += 1) {
    // A context of its own has an empty cache.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(emulator.url);
    await page.getByText('live', { exact: true }).waitFor();
    times.push(performance.now() - started);
    cost = await page.evaluate<typeof cost>(`(() => {
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
      return { requests: entries.length, bytes: entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) };
    })()`);
    await context.close();
  }
  times.sort((one, other) => one - other);
  process.stdout.write(`requests ${cost.requests}, bytes ${cost.bytes}\n`);
  process.stdout.write(`ms until live, of ${loads} loads: ${times.map((ms) => Math.round(ms)).join(', ')}\n`);

  for (let count = 0; count < events; count += 1) {
    emulator.trace({ type: 'azureChannel.noise', activityType: `n${count}` });
  }
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(emulator.url);
  await page.getByLabel('Azure').check();
  await page.getByRole('button', { name: new RegExp(`n${events - 1}`) }).waitFor();
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const scroller = document.querySelector('.diagram');
    const gaps = [];
    const first = performance.now();
    let last = first;
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      const part = (now - first) / ${scrollMs};
      if (part >= 1) return resolve(gaps.slice(1));
      scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * (1 - part);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
  const sorted = frames.toSorted((one, other) => one - other);
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  const late = frames.filter((ms) => ms > 33.4).length;
  process.stdout.write(
    `${events} events in ${scrollMs} ms: ${frames.length} frames, ms between them: median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}; ${late} later than 33 ms\n`,
  );
} finally {
  await browser.close();
  await emulator.close();
}
