import { closedLoop } from './loads.ts';
import { markdownTable } from './markdown.ts';
import { summarize } from './profileSummary.ts';
import { endpoints, type Stage } from './stage.ts';

/**
 * Where the bot's processor time goes under a full load, for each endpoint: self time by package and folder, microseconds for an event.
 *
 * @returns tables of Markdown
 */
export async function profile(stage: Stage, seconds: number, most = 25): Promise<string> {
  const tables: string[] = [];
  for (const endpoint of endpoints) {
    const bot = await stage.startBot();
    const target = stage.target(bot, endpoint);
    await closedLoop(target, 32, 3_000);
    let events = 0;
    await bot.report();
    const taken = await bot.profile(async () => {
      events = (await closedLoop(target, 32, seconds * 1000)).events;
    });
    // The samples tell the shares; how much that is tells the system, which does not count the time that others had the processor.
    const { cpuMs } = await bot.report();
    const rows = summarize(taken)
      .slice(0, most)
      .map(({ place, share }) => [
        place,
        `${(share * 100).toFixed(1)} %`,
        ((share * cpuMs * 1000) / events).toFixed(0),
      ]);
    tables.push(markdownTable([endpoint, 'share', 'µs an event'], rows));
  }
  return tables.join('\n');
}
