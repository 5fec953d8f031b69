import type { BotReport } from '../botReports.ts';
import type { Effect } from '../core/effects.ts';
import type { Mode } from '../core/state.ts';
import type { FaultName } from '../core/graphFaults.ts';
import type { TokenChanged } from '../graph/appAccounts.ts';
import type { Channel, WebhookKind } from '../core/webhookKinds.ts';
import type { FaultMode } from '../faults/faultSpec.ts';
import type { WebhookFaultKind } from '../faults/webhookFaultKinds.ts';

/** One POST to an app's callback, or what became of it. */
interface WebhookAttempt {
  readonly appId: string;
  readonly channel: Channel;
  readonly kind: WebhookKind;
  readonly psid?: string;
  /** The item of the webhook as Meta would send it. */
  readonly payload: unknown;
  /** What went over the wire. Absent when nothing did. */
  readonly post?: WebhookPost;
  /** By which the POST can be sent again. Absent where there was none. */
  readonly deliveryId?: number;
  /** Somebody had it sent again; `attempt` counts how often. */
  readonly redelivery?: true;
}

/** A POST to a callback, byte for byte. */
export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface OfFault {
  /** What happens to webhooks. Absent when it is about calls. */
  readonly webhookFault?: WebhookFaultKind;
}

/** What happens in the emulator, in its own words. Effects of the core are recorded as they are, except webhooks: those when they are sent. */
export type EmulatorEventBody =
  | Exclude<Effect, { readonly type: 'webhook' }>
  | ({ readonly type: 'webhookDelivered'; readonly status: number; readonly attempt: number } & WebhookAttempt)
  | ({
      readonly type: 'webhookFailed';
      /** Absent when no answer came. */
      readonly status?: number;
      readonly attempt: number;
      readonly because: string;
    } & WebhookAttempt)
  | ({
      /** It is tried again after this many ms of the emulator's clock. */
      readonly type: 'webhookPostponed';
      readonly attempts: number;
      readonly pauseMs: number;
    } & WebhookAttempt)
  | ({ readonly type: 'webhookGaveUp'; readonly attempts: number } & WebhookAttempt)
  /** Meta tells the app's owner: its callback has failed for a quarter of an hour. */
  | { readonly type: 'webhooksFailing'; readonly appId: string }
  /** The callback has failed for an hour, and the app is unsubscribed from the Page. */
  | { readonly type: 'webhooksDisabled'; readonly appId: string }
  | ({ readonly type: 'webhookNotSent'; readonly because: string } & WebhookAttempt)
  | { readonly type: 'webhookRegistered'; readonly appId: string; readonly callbackUrl: string }
  | {
      readonly type: 'graphCall';
      /** Absent when the token is of no app. */
      readonly appId?: string;
      readonly method: string;
      /** With the version, without the query. */
      readonly path: string;
      /** Everything that was sent, as it was read, except token and proof. */
      readonly params: unknown;
      /** Absent when the connection was cut instead of an answer. */
      readonly status?: number;
      readonly answer?: unknown;
      readonly fault?: FaultName | 'injected';
    }
  | { readonly type: 'notModelled'; readonly method: string; readonly path: string; readonly what: string }
  | {
      /** Parts of a call that Graph would take no notice of either, by their names. */
      readonly type: 'passedOver';
      readonly appId: string;
      readonly method: string;
      readonly path: string;
      readonly what: readonly string[];
    }
  | {
      /** A request for another host than this machine, or of a page of another origin. */
      readonly type: 'hostRefused';
      readonly method: string;
      readonly path: string;
      readonly host: string;
      readonly because: string;
    }
  | { readonly type: 'clockAdvanced'; readonly ms: number }
  | TokenChanged
  /** Everything is as it was exported elsewhere, or some time ago. */
  | {
      readonly type: 'stateImported';
      readonly mode: Mode;
      readonly primaryAppId: string;
      /** Who owns which conversation now, by the customer; `null` is idle. */
      readonly owners: Readonly<Record<string, string | null>>;
    }
  | ({
      readonly type: 'faultInjected';
      readonly faultId: number;
      /** How often it hits, where that is known beforehand. */
      readonly times?: number;
      readonly mode?: FaultMode;
    } & OfFault)
  | ({
      readonly type: 'faultUsed';
      readonly faultId: number;
      readonly timesLeft?: number;
      /** How often it has hit by now, where it goes on. */
      readonly hits?: number;
    } & OfFault)
  | { readonly type: 'faultDisarmed'; readonly faultId: number }
  /** What somebody told of the inside of an app's bot. */
  | (BotReport & { readonly appId: string })
  | { readonly type: 'internalError'; readonly because: string }
  | { readonly type: 'reset' };

/** An event of a part beside the core, such as `azureChannel.activitySent`. */
export type AddedEventBody = { readonly type: `${string}.${string}` } & Readonly<Record<string, unknown>>;

/** A record of the event stream. */
export type EmulatorEvent = (EmulatorEventBody | AddedEventBody) & {
  /** Counts from 1 without a gap, also over a reset. */
  readonly id: number;
  /** The emulator's time, in milliseconds since 1970. */
  readonly at: number;
};
