import type { MessengerState } from '../core/state.ts';
import type { PendingDeliveries } from '../delivery/pendingDeliveries.ts';
import type { ArmedFault } from '../faults/faultSpec.ts';
import type { KeptFile } from '../files/fileStore.ts';
import type { StoredAccount } from '../graph/appAccounts.ts';

/** What a snapshot calls itself, and the version that this emulator writes and reads. */
export const snapshotFormat = 'messenger-handover/emulator';
export const snapshotVersion = 1;

/**
 * The whole of an emulator as JSON, to go on from later or elsewhere. It has no token and no secret: an emulator has these from its
 * seed. It has no events and no past deliveries, which are not state but what happened.
 */
export interface Snapshot {
  readonly format: typeof snapshotFormat;
  readonly version: typeof snapshotVersion;
  /** The emulator's time, in milliseconds since 1970. It goes on from here. */
  readonly now: number;
  readonly messenger: MessengerState;
  /** Until when tokens work and what for, and what Meta's dashboard says of webhooks. */
  readonly accounts: readonly StoredAccount[];
  /** Where webhooks go. */
  readonly callbacks: readonly { readonly appId: string; readonly callbackUrl: string }[];
  readonly faults: readonly ArmedFault[];
  readonly deliveries: PendingDeliveries;
  /** What customers and bots have sent, in base64. */
  readonly files: readonly KeptFile[];
}
