import { z } from 'zod';
import { isFaultName, type GraphFault } from '../core/graphFaults.ts';
import type { FailingApp } from '../delivery/failingApps.ts';
import type { PendingDeliveries, PendingRetry, WaitingWebhook } from '../delivery/pendingDeliveries.ts';
import { batchings, type Webhook } from '../delivery/webhookEntries.ts';
import {
  faultPlaces,
  type FaultMatch,
  type FaultSpec,
  type WebhookFaultMatch,
  type WebhookFaultSpec,
} from '../faults/faultSpec.ts';
import { webhookFaultKinds } from '../faults/webhookFaultKinds.ts';
import { allOf, anything, channel, digits, exactly, time, webhookKind, whole } from './pieces.ts';

const webhook = allOf<Webhook>({
  type: z.literal('webhook'),
  appId: digits,
  channel,
  kind: webhookKind,
  psid: digits.optional(),
  timestamp: time,
  item: anything,
  lists: z.array(z.enum(['messaging', 'standby', 'messaging_handovers'])).optional(),
  hopContext: exactly({ is_ai_thread_owner: z.literal(true) }).optional(),
  copies: whole.optional(),
});

/** Deliveries that are not over. */
export const pendingSchema = allOf<PendingDeliveries>({
  batching: z.enum(batchings),
  waiting: z.array(allOf<WaitingWebhook>({ webhook, copies: whole })),
  held: z.array(exactly({ appId: digits, webhooks: z.array(webhook) })),
  heldByFault: z.array(exactly({ until: z.enum(['released', 'overtaken']), webhook })),
  delayed: z.array(exactly({ dueAt: time, webhook })),
  retries: z.array(
    allOf<PendingRetry>({
      dueAt: time,
      at: time,
      appId: digits,
      webhooks: z.array(webhook).min(1),
      attempts: whole,
      round: whole,
      // eslint-disable-next-line no-control-regex -- ASCII is what webhooks are written in
      body: z.string().regex(/^[\x00-\x7f]+$/, 'has to be ASCII'),
    }),
  ),
  failing: z.array(allOf<FailingApp>({ appId: digits, since: time, alerted: z.boolean() })),
});

const hits = {
  mode: z.union([z.literal('always'), exactly({ next: whole.min(1) }), exactly({ every: whole.min(1) })]).optional(),
  times: whole.min(1).optional(),
};
const count = { faultId: whole.min(1), matched: whole, hits: whole, timesLeft: whole.min(1).optional() };
const mode = hits.mode.unwrap();

const graphFault = allOf<GraphFault>({
  status: whole.min(200).max(599),
  type: z.enum(['OAuthException', 'GraphMethodException']),
  message: z.string(),
  code: z.number().int(),
  subcode: whole.optional(),
  transient: z.literal(true).optional(),
  retryAfterSeconds: whole.optional(),
  guessed: z.enum(['body', 'status']).optional(),
  open: z.literal(true).optional(),
});

const ofCalls = allOf<FaultSpec>({
  ...hits,
  match: allOf<FaultMatch>({
    at: z.enum(faultPlaces).optional(),
    method: z.string().optional(),
    edge: z.string().optional(),
    appId: z.string().optional(),
    psid: z.string().optional(),
  }).optional(),
  when: z.enum(['before', 'after']).optional(),
  effect: z.literal('twice').optional(),
  delayMs: time.optional(),
  fault: z.union([z.string().refine(isFaultName, 'is no fault'), graphFault]).optional(),
  connection: z.enum(['reset', 'silent']).optional(),
  body: z.enum(['html', 'cut', 'drip']).optional(),
});

const ofWebhooks = allOf<WebhookFaultSpec>({
  ...hits,
  fault: z.enum(webhookFaultKinds),
  match: allOf<WebhookFaultMatch>({
    appId: z.string().optional(),
    kind: webhookKind.optional(),
    channel: channel.optional(),
    psid: z.string().optional(),
  }).optional(),
  delayMs: time.optional(),
  copies: whole.optional(),
});

/** Faults that are armed. */
export const armedSchema = z.array(
  z.discriminatedUnion('of', [
    exactly({ of: z.literal('calls'), mode, ...count, spec: ofCalls }),
    exactly({ of: z.literal('webhooks'), mode, ...count, spec: ofWebhooks }),
  ]),
);
