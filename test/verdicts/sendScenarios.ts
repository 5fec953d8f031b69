import type { SendScenario } from './sendModel.ts';

const hour = 60 * 60 * 1000;
const others = { othersShare: 0.6, sameWordsShare: 0.5 };

/**
 * The worlds in which lost answers are judged. Where no echo is ever heard, others say no words of the bot's: nothing on such a page tells
 * whose they are. `unknownShare`: how much may stay unknown at most.
 */
export const sendScenarios: readonly (SendScenario & { name: string; unknownShare: number })[] = [
  { name: 'webhook, echoes', endpoint: 'webhook', echoShare: 1, unknownShare: 0.01 },
  { name: 'webhook, echoes, bursts', endpoint: 'webhook', echoShare: 1, words: 'burst', unknownShare: 0.01 },
  {
    ...{ name: 'webhook, echoes, others, crashes, clocks', endpoint: 'webhook', echoShare: 1, clockMs: hour },
    ...{ ...others, crashShare: 0.2, unknownShare: 0.02 },
  },
  {
    ...{ name: 'webhook, 3 of 10 echoes lost, others, crashes', endpoint: 'webhook', echoShare: 0.7, clockMs: 30_000 },
    ...{ ...others, words: 'burst', crashShare: 0.2, unknownShare: 0.35 },
  },
  { name: 'webhook, no echoes', endpoint: 'webhook', echoShare: 0, clockMs: hour, crashShare: 0.2, unknownShare: 0.03 },
  {
    ...{ name: 'webhook, no echoes, others', endpoint: 'webhook', echoShare: 0, clockMs: 30_000 },
    ...{ othersShare: 0.5, crashShare: 0.2, unknownShare: 0.4 },
  },
  { name: 'webhook, reading refused', endpoint: 'webhook', echoShare: 0.9, reading: 'refused', unknownShare: 0.65 },
  { name: 'webhook, reading troubled', endpoint: 'webhook', echoShare: 0.9, reading: 'troubled', unknownShare: 0.15 },
  { name: 'Azure, echoes', endpoint: 'azure', echoShare: 1, unknownShare: 0.05 },
  { name: 'Azure, echoes, bursts', endpoint: 'azure', echoShare: 1, words: 'burst', unknownShare: 0.15 },
  {
    name: 'Azure, echoes, others, clocks',
    endpoint: 'azure',
    echoShare: 1,
    clockMs: hour,
    ...others,
    unknownShare: 0.06,
  },
  { name: 'Azure, 1 of 20 echoes lost', endpoint: 'azure', echoShare: 0.95, clockMs: 3_000, unknownShare: 0.1 },
  {
    ...{ name: 'Azure, 3 of 10 echoes lost, others, bursts', endpoint: 'azure', echoShare: 0.7, clockMs: 30_000 },
    ...{ ...others, words: 'burst', unknownShare: 0.45 },
  },
  {
    ...{ name: 'Azure, crashes that miss echoes', endpoint: 'azure', echoShare: 0.95, clockMs: 3_000 },
    ...{ crashShare: 0.5, unknownShare: 0.12 },
  },
  {
    ...{ name: 'Azure, a quick chat, crashes', endpoint: 'azure', echoShare: 1, clockMs: 3_000, pace: 'quick' },
    ...{ crashShare: 0.8, unknownShare: 0.3 },
  },
  {
    ...{
      name: 'webhook, a quick chat, crashes, clocks',
      endpoint: 'webhook',
      echoShare: 1,
      clockMs: hour,
      pace: 'quick',
    },
    ...{ crashShare: 0.8, unknownShare: 0.12 },
  },
  {
    ...{ name: 'Azure, routing, others who take over, crashes', endpoint: 'azure', echoShare: 0.95, clockMs: 3_000 },
    ...{ ...others, words: 'burst', crashShare: 0.9, downMs: 4_000, routing: 'yes', unknownShare: 0.3 },
  },
  {
    ...{
      name: 'Azure, routing, others who take over, long crashes',
      endpoint: 'azure',
      echoShare: 0.95,
      clockMs: hour,
    },
    ...{ ...others, words: 'burst', crashShare: 0.5, routing: 'yes', unknownShare: 0.4 },
  },
  {
    ...{ name: 'webhook, routing, others who take over, crashes', endpoint: 'webhook', echoShare: 0.8, clockMs: hour },
    ...{ ...others, words: 'burst', crashShare: 0.5, routing: 'yes', unknownShare: 0.4 },
  },
  {
    ...{
      name: 'Azure, no routing, others who were heard, crashes',
      endpoint: 'azure',
      echoShare: 0.95,
      clockMs: 3_000,
    },
    ...{ ...others, words: 'burst', crashShare: 0.8, downMs: 4_000, routing: 'no', unknownShare: 0.6 },
  },
  { name: 'Azure, no echoes', endpoint: 'azure', echoShare: 0, clockMs: hour, crashShare: 0.2, unknownShare: 0.05 },
  {
    ...{ name: 'Azure, no echoes, bursts, others', endpoint: 'azure', echoShare: 0, words: 'burst', clockMs: 30_000 },
    ...{ othersShare: 0.5, crashShare: 0.2, unknownShare: 0.5 },
  },
  {
    ...{ name: 'Azure, words beyond recognition', endpoint: 'azure', echoShare: 0.9, strangeWordsShare: 1 },
    ...{ othersShare: 0.3, sameWordsShare: 0.3, unknownShare: 0.95 },
  },
  {
    ...{ name: 'Azure, pages without details', endpoint: 'azure', echoShare: 0.8, reading: 'withoutFrom' },
    ...{ othersShare: 0.3, sameWordsShare: 0.3, words: 'burst', unknownShare: 0.45 },
  },
  {
    ...{ name: 'Azure, the id of another app in the settings', endpoint: 'azure', echoShare: 0.9, appId: 'wrong' },
    ...{ othersShare: 0.3, sameWordsShare: 0.3, unknownShare: 0.8 },
  },
];
