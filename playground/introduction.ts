import { takeBackMinutes } from './cast.ts';
import type { Playground } from './startPlayground.ts';

const rules = {
  routing: "Conversation Routing, Meta's rules of today",
  classic: 'the classic Handover Protocol',
  exclusive: 'the Handover Protocol of 2021',
  open: 'no default app',
};

/** What is running, in a few lines. */
export function introductionOf({ platform, bots, cast }: Playground): string {
  const { emulator, azure } = platform;
  const { mode, apps, customers } = emulator.state();
  const rows = [
    ['Messenger', emulator.url, 'emulated; its page, and its control under /_emulator'],
    azure === undefined
      ? ['Azure', 'not running', 'Messenger calls /webhook of each bot, which uses the Send API']
      : ['Azure', azure.url, 'emulated; its Facebook channel, with tokens checked both ways'],
    ...bots.map(({ name, url, pid }) => [
      `${name} bot`,
      url,
      `process ${pid}, Facebook app ${apps.find((app) => app.name === name)?.id ?? ''}`,
    ]),
    ['customer', customers[0]?.name ?? '', 'who writes to the Page'],
    ...(cast === 'liveChat'
      ? [['page inbox', 'people', `when silent for ${takeBackMinutes} min, the bot takes the thread back`]]
      : []),
  ];
  const lines = rows.map(([who = '', where = '', what = '']) => `  ${who.padEnd(15)}${where.padEnd(24)}${what}`);
  return [
    `Open ${emulator.url} in a browser to see all of it.`,
    '',
    `A Facebook Page by the rules of mode ${mode}: ${rules[mode]}.`,
    ...lines,
    '',
    '',
  ].join('\n');
}
