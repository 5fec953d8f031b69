import type { BusyTracker } from '../runtime/busy.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { EmulatorUsageError } from '../usageError.ts';
import type { DeliveryLog } from './deliveryLog.ts';
import { isTaken, type Answer, type Attempts, type Receiver } from './postAttempts.ts';
import { forEachWebhook } from './webhookEntries.ts';

export interface RedeliveryParts {
  readonly log: DeliveryLog;
  readonly attempts: Attempts;
  readonly receiverOf: (appId: string) => Receiver | undefined;
  readonly trace: TraceLog;
  readonly busy: BusyTracker;
}

/**
 * Posts a delivery once more, byte for byte, to where the app's callback is now, and answers with what that said. A failure is not tried
 * again. Rejects with an `EmulatorUsageError` when the delivery is not known any more or its app has no callback.
 */
export async function redeliver(deliveryId: number, parts: RedeliveryParts): Promise<Answer> {
  const { log, attempts, receiverOf, trace, busy } = parts;
  const delivery = log.of(deliveryId);
  if (delivery === undefined) throw new EmulatorUsageError('There is no delivery of this id, or it is too long ago.');
  const receiver = receiverOf(delivery.appId);
  if (receiver === undefined) throw new EmulatorUsageError('The app has no callback URL.');
  const attempt = log.countRedelivery(deliveryId);
  const end = busy.begin();
  try {
    const { answer, post } = await attempts.post(delivery, receiver);
    const { status } = answer;
    forEachWebhook(delivery.webhooks, (about) => {
      const told = { ...about, attempt, post, deliveryId, redelivery: true } as const;
      if (isTaken(status)) trace.add({ type: 'webhookDelivered', ...told, status });
      else trace.add({ type: 'webhookFailed', ...told, ...answer });
    });
    return answer;
  } finally {
    end();
  }
}
