import type { FailingApp } from './failingApps.ts';
import type { Batching, Webhook } from './webhookEntries.ts';

/** A POST that failed and is tried again. */
export interface PendingRetry {
  /** By the emulator's clock, in milliseconds since 1970. */
  readonly dueAt: number;
  /** When the POST was made. */
  readonly at: number;
  readonly appId: string;
  readonly webhooks: readonly Webhook[];
  /** The bytes, which are ASCII. */
  readonly body: string;
  readonly attempts: number;
  readonly round: number;
}

/** A webhook that is not delivered yet. */
export interface WaitingWebhook {
  readonly webhook: Webhook;
  /** How many more times it is sent. */
  readonly copies: number;
}

/** Everything about deliveries that is not over yet, as plain JSON. */
export interface PendingDeliveries {
  readonly batching: Batching;
  /** In order for each app and conversation. */
  readonly waiting: readonly WaitingWebhook[];
  /** Of apps whose webhooks are held. */
  readonly held: readonly { readonly appId: string; readonly webhooks: readonly Webhook[] }[];
  readonly heldByFault: readonly { readonly until: 'released' | 'overtaken'; readonly webhook: Webhook }[];
  readonly delayed: readonly { readonly dueAt: number; readonly webhook: Webhook }[];
  readonly retries: readonly PendingRetry[];
  readonly failing: readonly FailingApp[];
}
