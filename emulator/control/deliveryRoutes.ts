import { batchings } from '../delivery/webhookEntries.ts';
import type { ControlRoute } from './controlRoute.ts';
import { oneOf, optionalText } from './readBody.ts';

const nothing = {};

/** How webhooks go out. */
export const deliveryRoutes: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: 'batching',
    body: 'batching',
    does: `How webhooks that wait at the same time are sent: ${batchings.join(', ')}.`,
    handle: ({ emulator, body }) => {
      emulator.setBatching(oneOf(optionalText(body, 'batching'), batchings, 'batching'));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/hold',
    does: "Keeps an app's webhooks back.",
    handle: ({ emulator, id }) => {
      emulator.holdWebhooks(id);
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/let-go',
    does: "Sends an app's webhooks that were held back, in order.",
    handle: ({ emulator, id }) => {
      emulator.releaseWebhooks(id);
      return nothing;
    },
  },
  {
    method: 'GET',
    path: 'deliveries',
    does: 'The latest POSTs to callbacks, the oldest first, with what was in them.',
    handle: ({ emulator }) => ({ deliveries: emulator.deliveries() }),
  },
  {
    method: 'POST',
    path: 'deliveries/:deliveryId/redeliver',
    does: 'Posts a delivery once more, byte for byte, and answers with the status of the callback.',
    handle: ({ emulator, id }) => emulator.redeliver(Number(id)),
  },
];
