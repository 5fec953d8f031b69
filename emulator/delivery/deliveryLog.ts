import type { Webhook } from './webhookEntries.ts';

/** One POST that was made, or tried. */
export interface Delivery {
  readonly deliveryId: number;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly appId: string;
  readonly webhooks: readonly Webhook[];
  readonly bytes: Buffer;
}

/** The latest deliveries, to be sent again. */
export interface DeliveryLog {
  add(delivery: Omit<Delivery, 'deliveryId'>): Delivery;
  of(deliveryId: number): Delivery | undefined;
  /** Returns how often it has been sent again, this time included. */
  countRedelivery(deliveryId: number): number;
  /** The oldest first. */
  all(): readonly Delivery[];
}

const mostDeliveries = 1000;
const mostBytes = 20_000_000;

export function createDeliveryLog(): DeliveryLog {
  const log = new Map<number, Delivery>();
  const redelivered = new Map<number, number>();
  let count = 0;
  let bytes = 0;
  return {
    add(made) {
      count += 1;
      const delivery = { deliveryId: count, ...made };
      log.set(count, delivery);
      bytes += delivery.bytes.length;
      for (const old of log.values()) {
        if (log.size <= mostDeliveries && bytes <= mostBytes) break;
        log.delete(old.deliveryId);
        redelivered.delete(old.deliveryId);
        bytes -= old.bytes.length;
      }
      return delivery;
    },
    of: (deliveryId) => log.get(deliveryId),
    countRedelivery(deliveryId) {
      const times = (redelivered.get(deliveryId) ?? 0) + 1;
      redelivered.set(deliveryId, times);
      return times;
    },
    all: () => [...log.values()],
  };
}
