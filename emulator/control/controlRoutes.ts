import { modes, switchValues } from '../core/state.ts';
import { appControlRoutes } from './appControlRoutes.ts';
import { botRoutes } from './botRoutes.ts';
import type { ControlRoute } from './controlRoute.ts';
import { deliveryRoutes } from './deliveryRoutes.ts';
import { faultRoutes } from './faultRoutes.ts';
import { msUntilTimeOfDay } from '../narration/time.js';
import { longestSnapshot } from '../snapshot/readSnapshot.ts';
import { EmulatorUsageError } from '../usageError.ts';
import {
  entryPointsOf,
  oneOf,
  optionalText,
  optionalTexts,
  optionalWholeNumber,
  switchSettings,
  text,
  wholeNumber,
} from './readBody.ts';
import { customerRoutes } from './customerRoutes.ts';
import { inboxRoutes } from './inboxRoutes.ts';

const nothing = {};

function spanTo(timeOfDay: string, now: number): number {
  const ms = msUntilTimeOfDay(timeOfDay, now);
  if (ms === undefined) throw new EmulatorUsageError('to has to be a time of day such as 17:15.');
  return ms;
}

export const controlRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: 'state',
    does: 'Everything the emulator knows: mode, roles, threads and their owners, folders, settings.',
    handle: ({ emulator }) => emulator.state(),
  },
  {
    method: 'GET',
    path: 'state/export',
    does: 'The whole state, to go on from: conversations, clock, ends of tokens, switches, faults, files, pending deliveries; no secrets.',
    handle: ({ emulator }) => emulator.exportState(),
  },
  {
    method: 'POST',
    path: 'state/import',
    body: 'an exported state',
    does: 'Goes on from an exported state, in the place of everything there is; callbacks stay.',
    longestBody: longestSnapshot,
    handle: ({ emulator, body }) => {
      emulator.importState(body);
      return nothing;
    },
  },
  ...customerRoutes,
  ...inboxRoutes,
  {
    method: 'POST',
    path: 'entry-points',
    body: 'social?, ad?, links?',
    does: 'Sets which app, inbox or AI owns a conversation, by its entry point; links are app ids by the ref of m.me links.',
    handle: ({ emulator, body }) => {
      emulator.setEntryPoints(entryPointsOf(body));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'clock/advance',
    body: 'ms or to',
    does: 'Puts the clock forward by so long, or to the next time of day in UTC such as 17:15: ownership may end, and whatever falls due is sent.',
    handle: ({ emulator, body }) => {
      const { to } = body;
      emulator.advanceClock(to === undefined ? wholeNumber(body, 'ms') : spanTo(text(body, 'to'), emulator.clock()));
      return { now: emulator.clock() };
    },
  },
  {
    method: 'POST',
    path: 'mode',
    body: 'mode',
    does: `Changes the mode of the Page: ${modes.join(', ')}.`,
    handle: ({ emulator, body }) => {
      emulator.setMode(oneOf(optionalText(body, 'mode'), modes, 'mode'));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'roles',
    body: 'primaryAppId?, mayTakeControl?',
    does: 'Sets the primary receiver or default app, and the list of apps that may take conversations of others.',
    handle: ({ emulator, body }) => {
      const primaryAppId = optionalText(body, 'primaryAppId');
      const mayTakeControl = optionalTexts(body, 'mayTakeControl');
      emulator.setRoles({
        ...(primaryAppId === undefined ? {} : { primaryAppId }),
        ...(mayTakeControl === undefined ? {} : { mayTakeControl }),
      });
      return nothing;
    },
  },
  ...faultRoutes,
  {
    method: 'POST',
    path: 'switches',
    body: Object.keys(switchValues).join('?, ') + '?',
    does: 'Switches guesses; each takes the values in the table of switches.',
    handle: ({ emulator, body }) => {
      emulator.setSwitches(switchSettings(body));
      return nothing;
    },
  },
  {
    method: 'GET',
    path: 'tour',
    does: 'The steps that the page can play in the current mode.',
    handle: ({ emulator }) => ({ steps: emulator.tour() }),
  },
  {
    method: 'POST',
    path: 'tour/bots',
    body: 'bots?',
    does: 'Sets the bots up as a step of the tour says, and answers when they run so; without bots, as in the beginning.',
    handle: async ({ emulator, body }) => {
      await emulator.setUpBots(optionalText(body, 'bots'));
      return nothing;
    },
  },
  ...appControlRoutes,
  ...deliveryRoutes,
  ...botRoutes,
  {
    method: 'POST',
    path: 'settled',
    body: 'quietMs?',
    does: 'Answers when no webhook and no Graph call is under way and, with quietMs, nothing has happened for so long.',
    handle: async ({ emulator, body }) => {
      await emulator.settled({ quietMs: optionalWholeNumber(body, 'quietMs') ?? 0 });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'reset',
    does: 'Back to the beginning; webhooks stay registered and event ids go on.',
    handle: ({ emulator }) => {
      emulator.reset();
      return nothing;
    },
  },
];
