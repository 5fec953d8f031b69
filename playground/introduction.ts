import { takeBackMinutes, takeoverSettings } from './scenarios.ts';
import { modeNames } from './modeNames.ts';
import { paragraph, table } from './paragraph.ts';
import type { Playground } from './startPlayground.ts';

const takeoverInWords = `there ${takeoverSettings.TakeoverHours} ${takeoverSettings.TakeoverTimeZone}; the customer is told when nobody has answered for ${takeoverSettings.TakeoverNoticeMinutes} min; after ${takeoverSettings.TakeoverSilenceMinutes} min of silence the bot comes back`;

/** What is running, in a few lines of at most `width` columns. */
export function introductionOf(
  { platform, bots, scenario, firstSetup }: Playground,
  width: number,
  page: 'stays' | 'goes' = 'stays',
): string {
  const { emulator, azure } = platform;
  const { mode, apps, customers } = emulator.state();
  const rows = [
    ['Messenger', emulator.url, page === 'stays' ? 'emulated; its page, and its control under /_emulator' : 'emulated'],
    azure === undefined
      ? ['Azure', 'not running', 'Messenger calls /webhook of each bot, which uses the Send API']
      : ['Azure', azure.url, 'emulated; its Facebook channel, tokens checked both ways'],
    ...bots.map(({ name, url, pid }) => [
      `${name} bot`,
      url,
      `process ${pid}, Facebook app ${apps.find((app) => app.name === name)?.id ?? ''}`,
    ]),
    ['customer', customers[0]?.name ?? '', 'who writes to the Page'],
    ...(firstSetup === 'takeover'
      ? [['Page Inbox', 'people', takeoverInWords]]
      : scenario === 'liveChat'
        ? [['Page Inbox', 'people', `when silent for ${takeBackMinutes} min, the bot takes the thread back`]]
        : []),
  ];
  return [
    // Nobody can look at a page that is gone when this has been read.
    ...(page === 'stays' ? [paragraph(`Open ${emulator.url} in a browser to see all of it.`, width), ''] : []),
    paragraph(`A Facebook Page by the rules of mode ${mode}: ${modeNames[mode]}.`, width),
    table(rows, [15, 24], width),
    '',
    paragraph('Messenger tells the apps what happens in two ways:', width),
    table(
      [
        ['messaging', 'for the app that owns the thread or is to get it: it may answer'],
        ['standby', 'a copy for the other apps, which may only listen'],
      ],
      [15],
      width,
    ),
    '',
    '',
  ].join('\n');
}
