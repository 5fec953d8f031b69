import { graphFaults } from '../core/graphFaults.ts';
import { webhookFaultKinds } from '../faults/webhookFaultKinds.ts';
import type { ControlRoute } from './controlRoute.ts';
import { faultSpec, webhookFaultSpec } from './faultBody.ts';

const nothing = {};

/** What goes wrong on purpose. */
export const faultRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: 'faults',
    does: 'The faults that can be injected by name.',
    handle: () => graphFaults,
  },
  {
    method: 'GET',
    path: 'faults/armed',
    does: 'The faults of calls and webhooks that are armed, with their mode and how often each has hit.',
    handle: ({ emulator }) => ({ armed: emulator.faults.armed() }),
  },
  {
    method: 'POST',
    path: 'faults',
    body: 'fault?, connection?, body?, effect?, delayMs?, when?, mode?, times?, match?',
    does: "Makes matching calls go wrong, of Graph or, by match.at, of Azure's connector or token endpoint; without a mode, the next.",
    handle: ({ emulator, body }) => ({ faultId: emulator.faults.ofCalls(faultSpec(body)) }),
  },
  {
    method: 'POST',
    path: 'webhook-faults',
    body: 'fault, delayMs?, copies?, mode?, times?, match?',
    does: `Makes matching webhooks go wrong: ${webhookFaultKinds.join(', ')}; without a mode, the next.`,
    handle: ({ emulator, body }) => ({ faultId: emulator.faults.ofWebhooks(webhookFaultSpec(body)) }),
  },
  {
    method: 'POST',
    path: 'faults/:faultId/disarm',
    does: 'Takes back a fault of calls or webhooks.',
    handle: ({ emulator, id }) => {
      emulator.faults.disarm(Number(id));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'faults/disarm-all',
    does: 'Takes back every fault.',
    handle: ({ emulator }) => {
      emulator.faults.disarmAll();
      return nothing;
    },
  },
];
